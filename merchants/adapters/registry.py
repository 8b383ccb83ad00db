"""What we ask of a register of companies, whichever it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from merchants.enums import CompanyState, RegistryOutcome


@dataclass(frozen=True, slots=True)
class Establishment:
    """A place of business. ``street`` is empty where the register does not disclose it."""

    siret: str
    name: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    is_head: bool = False
    is_open: bool = True
    closed_on: date | None = None
    is_abroad: bool = False
    is_disclosed: bool = True


@dataclass(frozen=True, slots=True)
class Officer:
    """A person or a company that the register names as running the company."""

    last_name: str
    first_names: str = ""
    role: str = ""
    nationality: str = ""
    birth_month: str = ""
    siren: str = ""

    @property
    def is_person(self) -> bool:
        return not self.siren


@dataclass(frozen=True, slots=True)
class RegisteredCompany:
    """A company as a register describes it. Undisclosed texts are empty."""

    siren: str
    legal_name: str
    legal_form_code: str
    naf_code: str
    naf_nomenclature: str
    registered_on: date | None
    ceased_on: date | None
    state: CompanyState
    is_sole_trader: bool
    is_association: bool
    is_disclosed: bool
    establishments: tuple[Establishment, ...] = ()
    officers: tuple[Officer, ...] = ()
    rna_number: str = ""
    naf25_code: str = ""
    open_count: int = 0

    def establishment(self, siret: str) -> Establishment | None:
        return next((one for one in self.establishments if one.siret == siret), None)

    @property
    def head(self) -> Establishment | None:
        return next((one for one in self.establishments if one.is_head), None)

    def shown_first(self, siret: str = "") -> Establishment | None:
        """The establishment that was asked for, else the head office, else any."""
        return self.establishment(siret) or self.head or next(iter(self.establishments), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, kept as evidence: ``raw`` is the register's answer or what went wrong."""

    outcome: RegistryOutcome
    company: RegisteredCompany | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a search by name found, best first; ``UNAVAILABLE`` is not the same as none."""

    outcome: RegistryOutcome
    companies: tuple[RegisteredCompany, ...] = ()


class Registry(Protocol):
    """A register. It never raises for the register's faults: it answers ``UNAVAILABLE``."""

    name: str

    def find(self, siren: str, siret: str = "") -> Answer:
        """Look a company up by its SIREN; with a SIRET, that establishment is among those answered."""
        ...

    def search(self, text: str) -> Suggestions:
        """Find companies by name, town or number of association."""
        ...

    def read(self, raw: Mapping[str, Any], siren: str) -> RegisteredCompany | None:
        """Read again the company of an answer kept as evidence; None when it cannot be read."""
        ...


def text_of(value: Any) -> str:
    """Return a register's text, empty where it does not disclose it (``[ND]``) or gives no text at all."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return "" if text.startswith("[N") and text.endswith("]") else text


def day_of(value: Any) -> date | None:
    try:
        return date.fromisoformat(text_of(value)[:10])
    except ValueError:
        return None


_OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


def country_of(postcode: str) -> str:
    """Return the ISO 3166 code of a French postcode: overseas departments have their own, as has Monaco."""
    if re.fullmatch(r"980\d\d", postcode):
        return "MC"
    return _OVERSEAS.get(postcode[:3], "FR")
