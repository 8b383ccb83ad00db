"""Which registers this instance asks: those of ``settings.REGISTERS``, or the embedded samples."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from merchants.adapters import sample_registry, sample_vies
from merchants.adapters.recherche_entreprises import RechercheEntreprises
from merchants.adapters.registry import RegisteredCompany, Registry
from merchants.adapters.sirene import Sirene
from merchants.adapters.vies import Vies


def registry() -> Registry:
    """Return the register that is asked first."""
    known = settings.REGISTERS
    if known.url:
        return RechercheEntreprises(known.url, timeout=known.timeout)
    return RechercheEntreprises(
        sample_registry.URL, name="sample", session=sample_registry.session(), timeout=known.timeout, limit=0
    )


def registries() -> list[Registry]:
    """Return the registers in the order they are asked: the next when the one before is silent."""
    known = settings.REGISTERS
    if not known.sirene_key:
        return [registry()]
    return [registry(), Sirene(known.sirene_url, known.sirene_key, timeout=known.timeout)]


def read(register: str, raw: Mapping[str, Any], siren: str) -> RegisteredCompany | None:
    """Read again the company of an answer kept as evidence, as the register that gave it writes them."""
    known: Registry = Sirene("", "") if register == Sirene.name else RechercheEntreprises("")
    return known.read(raw, siren)


def vies() -> Vies:
    known = settings.REGISTERS
    if known.vies_url:
        return Vies(known.vies_url, requester=known.vies_requester, timeout=known.timeout)
    return Vies(
        sample_vies.URL,
        name="sample-vies",
        requester=sample_vies.REQUESTER,
        session=sample_vies.session(),
        timeout=known.timeout,
        limit=0,
    )
