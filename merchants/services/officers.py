"""The register's officers, proposed as the people of a file."""

from dataclasses import dataclass
from typing import Final

from merchants.adapters.registry import Officer
from merchants.services.company import folded
from merchants.services.requirements import File

#: Who audits a company does not represent it.
AUDITORS: Final = "COMMISSAIRE AUX COMPTES"
#: Who represents a company, the usual first (Code de commerce, L223-18, L225-51-1, L227-6).
FIRST: Final = ("PRESIDENT", "GERANT", "DIRECTEUR GENERAL", "ENTREPRENEUR INDIVIDUEL")
#: As the register writes nationalities; the rest is chosen by the person.
NATIONALITIES: Final = {
    "FRANCAISE": "FR",
    "ALLEMANDE": "DE",
    "BELGE": "BE",
    "BRITANNIQUE": "GB",
    "ESPAGNOLE": "ES",
    "ITALIENNE": "IT",
    "LUXEMBOURGEOISE": "LU",
    "MONEGASQUE": "MC",
    "NEERLANDAISE": "NL",
    "POLONAISE": "PL",
    "PORTUGAISE": "PT",
    "SUISSE": "CH",
}


@dataclass(frozen=True, slots=True)
class ProposedOfficer:
    """An officer that the register names. ``nationality`` is ISO 3166-1, empty when it is not clear;
    ``birth_month`` as ``1984-05``: the register gives no day.

    A company among them (``siren``) represents through its own representative: that person is to be named,
    with a power of attorney where another one acts.
    """

    first_names: str
    last_name: str
    role: str
    nationality: str
    birth_month: str
    siren: str

    @property
    def is_person(self) -> bool:
        return not self.siren


def proposed_officers(file: File) -> list[ProposedOfficer]:
    """Return the officers of the file's company, who represents it usually first; no auditors, nobody twice.

    Empty while no register that knows officers has answered.
    """
    found = file.registered.officers if file.registered else ()
    kept: dict[str, ProposedOfficer] = {}
    for officer in sorted(found, key=_rank):
        if not folded(officer.role).startswith(AUDITORS):
            key = officer.siren or folded(f"{officer.first_names} {officer.last_name}")
            kept.setdefault(key, _proposed(officer))
    return list(kept.values())


def _rank(officer: Officer) -> int:
    role = folded(officer.role)
    return next((place for place, word in enumerate(FIRST) if role.startswith(word)), len(FIRST))


def _proposed(officer: Officer) -> ProposedOfficer:
    return ProposedOfficer(
        first_names=officer.first_names.title(),
        last_name=officer.last_name if officer.siren else officer.last_name.title(),
        role=officer.role,
        nationality=NATIONALITIES.get(folded(officer.nationality), ""),
        birth_month=officer.birth_month,
        siren=officer.siren,
    )
