"""EPR identifiers: for each waste stream and country, the number that shows who pays for the waste.

France: Code de l'environnement, articles L541-10-9, L541-10-10 and L541-10-13 (the marketplace counts as
producer for whoever shows none). Germany: VerpackG § 9 (LUCID), ElektroG § 6 and BattDG (stiftung ear).
Spain: Real Decreto 1055/2022 (packaging), 110/2015 (electrical goods), 106/2008 (batteries).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from merchants.services.families import STREAMS, streams_of


@dataclass(frozen=True, slots=True)
class Register:
    """Where identifiers of a stream come from, and what they look like once spaces are gone."""

    name: str
    pattern: re.Pattern[str]
    example: str


IDU: Final = re.compile(r"FR\d{6}_\d{2}[0-9A-Z]{4}")
_EAR: Final = re.compile(r"DE\d{8}")
# Numbers of the German and Spanish registers as they are printed before the number itself.
_PREFIXES: Final = re.compile(r"^(IDU|LUCID|WEEE-?REG\.?-?NR\.?|BATT-?REG\.?-?NR\.?)[:\s]*")

REGISTERS: Final[Mapping[str, Mapping[str, Register]]] = {
    "FR": {
        stream: Register("SYDEREP (ADEME)", IDU, f"FR123456_{stream}ABCD")
        for stream in STREAMS
    },
    "DE": {
        "01": Register("LUCID", re.compile(r"DE\d{13}"), "DE1234567890123"),
        "05": Register("stiftung ear", _EAR, "DE12345678"),
        "06": Register("stiftung ear", _EAR, "DE12345678"),
    },
    "ES": {
        "01": Register("Registro de Productores", re.compile(r"ENV/\d{4}/\d{9}"), "ENV/2026/000012345"),
        "05": Register("RII-AEE", re.compile(r"(RII-?AEE)?\d{3,9}"), "12345"),
        "06": Register("RII-PyA", re.compile(r"(RII-?PYA)?\d{3,9}"), "12345"),
    },
}  # fmt: skip


def demanded(families: Iterable[str], country: str) -> list[str]:
    """Return the streams for which the country wants an identifier from who sells these families."""
    return [stream for stream in streams_of(families) if stream in REGISTERS.get(country, {})]


def normalized(typed: str) -> str:
    """Return an identifier in capitals, without spaces nor the name of its register."""
    text = unicodedata.normalize("NFKC", typed).upper().strip()
    return re.sub(r"\s", "", _PREFIXES.sub("", text)).replace("–", "-")


def looks_right(country: str, stream: str, identifier: str) -> bool:
    """Tell whether the identifier has the shape of its register; another is read by a person."""
    register = REGISTERS.get(country, {}).get(stream)
    return register is not None and register.pattern.fullmatch(identifier) is not None


def code_of(country: str) -> str:
    """Return the code of the requirement that asks for the country's identifiers."""
    return f"epr_{country.lower()}"
