"""The public API "Recherche d'entreprises" (https://recherche-entreprises.api.gouv.fr, no key).

Seven requests a second and address; beyond it answers 429. Its answers join Sirene (INSEE) and the RNE.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import requests

from merchants.adapters import http
from merchants.adapters.registry import (
    Answer,
    Establishment,
    Officer,
    RegisteredCompany,
    Suggestions,
    country_of,
    day_of,
    text_of,
)
from merchants.enums import CompanyState, RegistryOutcome

LIMIT: Final = 7  # a second
SOLE_TRADER_FORM: Final = "1000"
ASSOCIATION_FORMS: Final = ("92",)
UNREADABLE: Final = (KeyError, TypeError, AttributeError, ValueError)


class RechercheEntreprises:
    """Client of the API. ``session`` may carry another transport, as the embedded sample does."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "recherche-entreprises",
        session: requests.Session | None = None,
        timeout: float = 5.0,
        limit: int = LIMIT,
    ) -> None:
        self.name = name
        self.client = http.Client(name, url, timeout, limit, session=session or requests.Session())

    def find(self, siren: str, siret: str = "") -> Answer:
        try:
            found = self._find(siren, siret or siren)
            if found is not None and not siret:
                self._add_establishments(found)
            company = None if found is None else _company(found)
        except http.Fault as fault:
            return Answer(RegistryOutcome.UNAVAILABLE, raw={"error": str(fault)})
        except UNREADABLE as error:
            return Answer(RegistryOutcome.UNAVAILABLE, raw={"error": f"unreadable: {type(error).__name__}"})
        if found is None or company is None:
            return Answer(RegistryOutcome.NOT_FOUND, raw={"status": 200, "results": []})
        return Answer(RegistryOutcome.FOUND, company, {"status": 200, "results": [found]})

    def search(self, text: str) -> Suggestions:
        try:
            results = self._results(text, limite_matching_etablissements=1, per_page=8)
            return Suggestions(RegistryOutcome.FOUND, tuple(_company(result) for result in results))
        except (http.Fault, *UNREADABLE):
            return Suggestions(RegistryOutcome.UNAVAILABLE)

    def read(self, raw: Mapping[str, Any], siren: str) -> RegisteredCompany | None:
        try:
            found = next((r for r in raw.get("results", []) if r.get("siren") == siren), None)
            return None if found is None else _company(found)
        except UNREADABLE:
            return None

    def _find(self, siren: str, asked: str) -> dict[str, Any] | None:
        results = self._results(asked, limite_matching_etablissements=100, per_page=5)
        return next((result for result in results if result.get("siren") == siren), None)

    def _add_establishments(self, found: dict[str, Any]) -> None:
        """Add the establishments that the search by name matches: a search by SIREN names the seat alone.

        They may be missing, as may some of them; whoever sells from another types its SIRET.
        """
        name, number = text_of(found.get("nom_raison_sociale")), found.get("nombre_etablissements_ouverts")
        if not name or not isinstance(number, int) or number < 2:
            return
        try:
            more = self._results(name, limite_matching_etablissements=100, per_page=5)
        except (http.Fault, *UNREADABLE):
            return
        same = next((result for result in more if result.get("siren") == found["siren"]), {})
        matching = same.get("matching_etablissements")
        found["matching_etablissements"] = matching if isinstance(matching, list) else []

    def _results(self, text: str, **options: int) -> list[dict[str, Any]]:
        status, answer = self.client.ask("GET", "/search", params={"q": text, "page": 1, **options})
        if status == 404:
            return []
        if status != 200:
            self.client.fail(f"HTTP {status}")
        results: list[dict[str, Any]] = answer["results"]
        return [dict(result) for result in results]


def _company(found: Mapping[str, Any]) -> RegisteredCompany:
    more = found.get("complements") or {}
    form = text_of(found.get("nature_juridique"))
    seat = found.get("siege") or {}
    others = [e for e in found.get("matching_etablissements") or [] if e.get("siret") != seat.get("siret")]
    is_sole_trader = bool(more.get("est_entrepreneur_individuel")) or form == SOLE_TRADER_FORM
    count = found.get("nombre_etablissements_ouverts")
    return RegisteredCompany(
        siren=found["siren"],
        legal_name=_name(found)[:200],
        legal_form_code=form[:4],
        naf_code=text_of(found.get("activite_principale"))[:6],
        naf_nomenclature="NAFRev2" if found.get("activite_principale") else "",
        registered_on=day_of(found.get("date_creation")),
        ceased_on=day_of(found.get("date_fermeture")),
        state=CompanyState.CEASED if found.get("etat_administratif") == "C" else CompanyState.OPEN,
        is_sole_trader=is_sole_trader,
        is_association=bool(more.get("est_association")) or form.startswith(ASSOCIATION_FORMS),
        is_disclosed=found.get("statut_diffusion", "O") == "O",
        establishments=tuple(_establishment(e) for e in [seat, *others] if e.get("siret")),
        officers=tuple(_officer(o) for o in found.get("dirigeants") or []),
        rna_number=text_of(more.get("identifiant_association"))[:10],
        naf25_code=text_of(found.get("activite_principale_naf25"))[:6],
        open_count=count if isinstance(count, int) else 0,
    )


def _name(found: Mapping[str, Any]) -> str:
    """Return the registered name; a sole trader's without the trade name that follows in parentheses."""
    whole = text_of(found.get("nom_complet"))
    return text_of(found.get("nom_raison_sociale")) or re.sub(r"\s*\([^()]*\)$", "", whole)


def _establishment(found: Mapping[str, Any]) -> Establishment:
    number = " ".join(text_of(found.get(key)) for key in ("numero_voie", "indice_repetition")).strip()
    words = (number, text_of(found.get("type_voie")), text_of(found.get("libelle_voie")))
    street = " ".join(part for part in words if part)
    postcode = text_of(found.get("code_postal"))
    if not street:
        # Establishments other than the seat have their address in one line, postcode and town at its end.
        street = text_of(found.get("adresse")).split(f" {postcode}")[0] if postcode else ""
    street = "" if "[ND]" in street else street
    signs = found.get("liste_enseignes") or []
    return Establishment(
        siret=text_of(found["siret"]),
        name=text_of(found.get("nom_commercial")) or (text_of(signs[0]) if signs else ""),
        street=street[:200],
        street2=text_of(found.get("complement_adresse"))[:200],
        postcode=postcode[:10],
        city=(text_of(found.get("libelle_cedex")) or text_of(found.get("libelle_commune")))[:100],
        country=country_of(postcode),
        is_head=bool(found.get("est_siege")),
        is_open=found.get("etat_administratif", "A") == "A",
        closed_on=day_of(found.get("date_fermeture")),
        is_abroad=bool(text_of(found.get("code_pays_etranger"))),
        is_disclosed=found.get("statut_diffusion_etablissement", "O") == "O",
    )


def _officer(found: Mapping[str, Any]) -> Officer:
    if found.get("type_dirigeant") == "personne morale":
        return Officer(
            last_name=text_of(found.get("denomination")),
            role=text_of(found.get("qualite")),
            siren=text_of(found.get("siren")) or "-",
        )
    return Officer(
        last_name=text_of(found.get("nom")),
        first_names=text_of(found.get("prenoms")),
        role=text_of(found.get("qualite")),
        nationality=text_of(found.get("nationalite")),
        birth_month=text_of(found.get("date_de_naissance")),
    )
