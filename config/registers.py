"""Which registers this instance asks, read from the environment (docs/deploy.md)."""

from dataclasses import dataclass
from datetime import timedelta

from environ import Env


@dataclass(frozen=True, slots=True)
class Registers:
    """Addresses of registers, empty to ask the embedded sample; ``timeout`` in seconds of silence.

    ``sirene_key`` adds INSEE's Sirene behind "Recherche d'entreprises", for when that one is silent.
    ``vies_requester``: our own VAT number, for which VIES gives each answer a consultation number.
    """

    url: str
    timeout: float
    sirene_url: str
    sirene_key: str
    vies_url: str
    vies_requester: str
    check_again_after: timedelta


def configuration(env: Env, *, production: bool) -> Registers:
    def real(address: str) -> str:
        return address if production else ""

    return Registers(
        url=env.str("REGISTRY_URL", default=real("https://recherche-entreprises.api.gouv.fr")),
        timeout=env.float("REGISTRY_TIMEOUT", default=5.0),
        sirene_url=env.str("SIRENE_URL", default="https://api.insee.fr/api-sirene/3.11"),
        sirene_key=env.str("SIRENE_API_KEY", default=""),
        vies_url=env.str("VIES_URL", default=real("https://ec.europa.eu/taxation_customs/vies/rest-api")),
        vies_requester=env.str("VIES_REQUESTER", default=""),
        check_again_after=timedelta(days=env.int("REGISTRY_CHECK_DAYS", default=30)),
    )
