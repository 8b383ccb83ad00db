"""INSEE's Sirene API 3.11 (https://portail-api.insee.fr, a key): asked when the free register is silent.

Thirty requests a minute. It knows no officers; a company is read from its establishments, whose answer
carries the legal unit. 404 is unknown, 403 not disclosed at all, 301 a SIREN merged into another.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import requests

from merchants.adapters import http
from merchants.adapters.recherche_entreprises import ASSOCIATION_FORMS, SOLE_TRADER_FORM, UNREADABLE
from merchants.adapters.registry import (
    Answer,
    Establishment,
    RegisteredCompany,
    Suggestions,
    country_of,
    day_of,
    text_of,
)
from merchants.enums import CompanyState, RegistryOutcome

KEY_HEADER: Final = "X-INSEE-Api-Key-Integration"
UNKNOWN: Final = frozenset({301, 403, 404})


class Sirene:
    """Client of the API. ``session`` may carry another transport."""

    name = "sirene"

    def __init__(
        self, url: str, key: str, *, session: requests.Session | None = None, timeout: float = 5.0
    ) -> None:
        self.client = http.Client(
            self.name,
            url,
            timeout,
            limit=30,
            per=timedelta(minutes=1),
            headers={KEY_HEADER: key},
            session=session or requests.Session(),
        )

    def find(self, siren: str, siret: str = "") -> Answer:
        query = f"siret:{siret}" if siret else f"siren:{siren}"
        try:
            status, answer = self.client.ask("GET", "/siret", params={"q": query, "nombre": 100})
            if status in UNKNOWN:
                return Answer(RegistryOutcome.NOT_FOUND, raw={"status": status})
            if status != 200:
                self.client.fail(f"HTTP {status}")
            raw = {"status": 200, "etablissements": answer["etablissements"]}
            company = _company(raw["etablissements"], siren)
        except http.Fault as fault:
            return Answer(RegistryOutcome.UNAVAILABLE, raw={"error": str(fault)})
        except UNREADABLE as error:
            return Answer(RegistryOutcome.UNAVAILABLE, raw={"error": f"unreadable: {type(error).__name__}"})
        if company is None:
            return Answer(RegistryOutcome.NOT_FOUND, raw={"status": 200, "etablissements": []})
        return Answer(RegistryOutcome.FOUND, company, raw)

    def search(self, text: str) -> Suggestions:
        """Answer nothing: at thirty requests a minute it cannot follow people who type."""
        return Suggestions(RegistryOutcome.UNAVAILABLE)

    def read(self, raw: Mapping[str, Any], siren: str) -> RegisteredCompany | None:
        try:
            return _company(raw.get("etablissements") or [], siren)
        except UNREADABLE:
            return None


def _company(found: list[Mapping[str, Any]], siren: str) -> RegisteredCompany | None:
    mine = [one for one in found if one["siren"] == siren]
    if not mine:
        return None
    unit = mine[0]["uniteLegale"]
    form = text_of(unit.get("categorieJuridiqueUniteLegale"))
    is_ceased = unit.get("etatAdministratifUniteLegale") == "C"
    places = tuple(_establishment(one) for one in mine)
    return RegisteredCompany(
        siren=siren,
        legal_name=_name(unit)[:200],
        legal_form_code=form[:4],
        naf_code=text_of(unit.get("activitePrincipaleUniteLegale"))[:6],
        naf_nomenclature=text_of(unit.get("nomenclatureActivitePrincipaleUniteLegale"))[:10],
        registered_on=day_of(unit.get("dateCreationUniteLegale")),
        ceased_on=max((p.closed_on for p in places if p.closed_on), default=None) if is_ceased else None,
        state=CompanyState.CEASED if is_ceased else CompanyState.OPEN,
        is_sole_trader=form == SOLE_TRADER_FORM,
        is_association=form.startswith(ASSOCIATION_FORMS),
        is_disclosed=unit.get("statutDiffusionUniteLegale", "O") == "O",
        establishments=places,
        rna_number=text_of(unit.get("identifiantAssociationUniteLegale"))[:10],
        naf25_code=text_of(unit.get("activitePrincipaleNAF25UniteLegale"))[:6],
        open_count=sum(place.is_open for place in places),
    )


def _name(unit: Mapping[str, Any]) -> str:
    name = text_of(unit.get("denominationUniteLegale"))
    first = text_of(unit.get("prenomUsuelUniteLegale")) or text_of(unit.get("prenom1UniteLegale"))
    last = text_of(unit.get("nomUsageUniteLegale")) or text_of(unit.get("nomUniteLegale"))
    return name or f"{first} {last}".strip()


def _establishment(found: Mapping[str, Any]) -> Establishment:
    place = found.get("adresseEtablissement") or {}
    current: Mapping[str, Any] = next(
        (p for p in found.get("periodesEtablissement") or [] if not p.get("dateFin")), {}
    )
    street = " ".join(
        part
        for part in (
            text_of(place.get(f"{name}Etablissement"))
            for name in ("numeroVoie", "indiceRepetition", "typeVoie", "libelleVoie")
        )
        if part
    )
    postcode = text_of(place.get("codePostalEtablissement"))
    is_open = current.get("etatAdministratifEtablissement", "A") == "A"
    return Establishment(
        siret=text_of(found["siret"]),
        name=text_of(current.get("denominationUsuelleEtablissement"))
        or text_of(current.get("enseigne1Etablissement")),
        street=street[:200],
        street2=text_of(place.get("complementAdresseEtablissement"))[:200],
        postcode=postcode[:10],
        city=(
            text_of(place.get("libelleCedexEtablissement"))
            or text_of(place.get("libelleCommuneEtablissement"))
        )[:100],
        country=country_of(postcode),
        is_head=bool(found.get("etablissementSiege")),
        is_open=is_open,
        # The period that runs began on the day it was closed.
        closed_on=None if is_open else day_of(current.get("dateDebut")),
        is_abroad=bool(text_of(place.get("codePaysEtrangerEtablissement"))),
        is_disclosed=found.get("statutDiffusionEtablissement", "O") == "O",
    )
