"""The public API "Recherche d'entreprises" (https://recherche-entreprises.api.gouv.fr, no key).

Seven requests a second and address; beyond it answers 429. Its answers join Sirene (INSEE) and the RNE.
"""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import requests

from merchants.adapters.registry import Answer, Establishment, Officer, RegisteredCompany, country_of
from merchants.enums import CompanyState, RegistryOutcome

logger = logging.getLogger(__name__)

TIMEOUT: Final = (2.0, 5.0)
SOLE_TRADER_FORM: Final = "1000"
ASSOCIATION_FORMS: Final = ("92",)


class RechercheEntreprises:
    """Client of the API. ``session`` may carry another transport, as the embedded sample does."""

    name = "recherche-entreprises"

    def __init__(
        self,
        url: str,
        *,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self.url = url.rstrip("/")
        self.session = session or requests.Session()
        self.session.headers["User-Agent"] = "Passerelle"
        self.timeout = timeout

    def find(self, siren: str, siret: str = "") -> Answer:
        query: dict[str, str | int] = {
            "q": siret or siren,
            "page": 1,
            "per_page": 5,
            "limite_matching_etablissements": 100,
        }
        try:
            response = self.session.get(f"{self.url}/search", params=query, timeout=self.timeout)
        except requests.RequestException as error:
            return self._unavailable(type(error).__name__)
        if response.status_code == 404:
            return Answer(RegistryOutcome.NOT_FOUND, raw={"status": 404})
        if response.status_code != 200:
            return self._unavailable(f"HTTP {response.status_code}")
        try:
            results = response.json()["results"]
            found = next((r for r in results if r.get("siren") == siren), None)
            company = None if found is None else _company(found)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return self._unavailable(f"unreadable answer: {type(error).__name__}")
        if found is None or company is None:
            return Answer(RegistryOutcome.NOT_FOUND, raw={"status": 200, "results": []})
        return Answer(RegistryOutcome.FOUND, company, {"status": 200, "results": [found]})

    def read(self, raw: Mapping[str, Any], siren: str) -> RegisteredCompany | None:
        found = next((r for r in raw.get("results", []) if r.get("siren") == siren), None)
        return None if found is None else _company(found)

    def _unavailable(self, what: str) -> Answer:
        logger.warning("register unavailable", extra={"register": self.name, "fault": what})
        return Answer(RegistryOutcome.UNAVAILABLE, raw={"error": what})


def _company(found: Mapping[str, Any]) -> RegisteredCompany:
    more = found.get("complements") or {}
    form = _text(found.get("nature_juridique"))
    seat = found.get("siege") or {}
    others = [e for e in found.get("matching_etablissements") or [] if e.get("siret") != seat.get("siret")]
    return RegisteredCompany(
        siren=found["siren"],
        legal_name=(_text(found.get("nom_raison_sociale")) or _text(found.get("nom_complet")))[:200],
        legal_form_code=form[:4],
        naf_code=_text(found.get("activite_principale"))[:6],
        naf_nomenclature="NAFRev2" if found.get("activite_principale") else "",
        registered_on=_day(found.get("date_creation")),
        ceased_on=_day(found.get("date_fermeture")),
        state=CompanyState.CEASED if found.get("etat_administratif") == "C" else CompanyState.OPEN,
        is_sole_trader=bool(more.get("est_entrepreneur_individuel")) or form == SOLE_TRADER_FORM,
        is_association=bool(more.get("est_association")) or form.startswith(ASSOCIATION_FORMS),
        is_disclosed=found.get("statut_diffusion", "O") == "O",
        establishments=tuple(_establishment(e) for e in [seat, *others] if e.get("siret")),
        officers=tuple(_officer(o) for o in found.get("dirigeants") or []),
    )


def _establishment(found: Mapping[str, Any]) -> Establishment:
    number = " ".join(_text(found.get(key)) for key in ("numero_voie", "indice_repetition") if found.get(key))
    street = " ".join(
        part for part in (number, _text(found.get("type_voie")), _text(found.get("libelle_voie"))) if part
    )
    postcode = _text(found.get("code_postal"))
    if not street:
        # Establishments other than the seat have their address in one line, postcode and town at its end.
        street = _text(found.get("adresse")).split(f" {postcode}")[0] if postcode else ""
    signs = found.get("liste_enseignes") or []
    return Establishment(
        siret=found["siret"],
        name=_text(found.get("nom_commercial")) or (_text(signs[0]) if signs else ""),
        street=street[:200],
        street2=_text(found.get("complement_adresse"))[:200],
        postcode=postcode[:10],
        city=(_text(found.get("libelle_cedex")) or _text(found.get("libelle_commune")))[:100],
        country=country_of(postcode),
        is_head=bool(found.get("est_siege")),
        is_open=found.get("etat_administratif", "A") == "A",
        closed_on=_day(found.get("date_fermeture")),
    )


def _officer(found: Mapping[str, Any]) -> Officer:
    if found.get("type_dirigeant") == "personne morale":
        return Officer(
            last_name=_text(found.get("denomination")),
            role=_text(found.get("qualite")),
            siren=_text(found.get("siren")) or "-",
        )
    return Officer(
        last_name=_text(found.get("nom")),
        first_names=_text(found.get("prenoms")),
        role=_text(found.get("qualite")),
        nationality=_text(found.get("nationalite")),
        birth_month=_text(found.get("date_de_naissance")),
    )


def _text(value: Any) -> str:
    """Return the text, empty where the register writes that it does not disclose it (``[ND]``)."""
    text = str(value or "").strip()
    return "" if text.startswith("[N") and text.endswith("]") else text


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
