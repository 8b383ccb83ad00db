"""EPR identifiers: for each waste stream and country, the number that shows who pays for the waste.

France: Code de l'environnement, articles L541-10-9, L541-10-10 and L541-10-13 (the marketplace counts as
producer for whoever shows none). Germany: VerpackG § 9 (LUCID), ElektroG § 6 and BattDG (stiftung ear).
Spain: Real Decreto 1055/2022 (packaging), 110/2015 (electrical goods), 106/2008 (batteries).
Belgium, Italy, Poland and every other member state: packaging by Regulation (EU) 2025/40 (since 2026-08-12),
batteries by Regulation (EU) 2023/1542, electrical goods by Directive 2012/19/EU.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from merchants.services.families import STREAMS, streams_of


@dataclass(frozen=True, slots=True)
class Register:
    """Where identifiers of a stream come from, and what they look like once spaces are gone.

    Without a ``pattern``, no one form is known: a person looks each of them up.
    """

    name: str
    pattern: re.Pattern[str] | None = None
    example: str = ""


IDU: Final = re.compile(r"FR\d{6}_\d{2}[0-9A-Z]{4}")
# One number for all that a company puts on the Polish market.
_BDO: Final = Register("BDO", re.compile(r"\d{9}"), "000123456")
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
    "BE": {
        "01": Register("Fost Plus"),
        "05": Register("Recupel"),
        "06": Register("Bebat"),
    },
    "IT": {
        "01": Register("CONAI"),
        "05": Register("Registro AEE"),
        "06": Register("Registro Pile"),
    },
    "PL": {"01": _BDO, "05": _BDO, "06": _BDO},
    "ES": {
        "01": Register("Registro de Productores", re.compile(r"ENV/\d{4}/\d{9}"), "ENV/2026/000012345"),
        "05": Register("RII-AEE", re.compile(r"(RII-?AEE)?\d{3,9}"), "12345"),
        "06": Register("RII-PyA", re.compile(r"(RII-?PYA)?\d{3,9}"), "12345"),
    },
}  # fmt: skip


def demanded(families: Iterable[str], country: str) -> list[str]:
    """Return the streams for which the country wants an identifier from who sells these families."""
    return asked_of(streams_of(families), country)


def asked_of(streams: Iterable[str], country: str) -> list[str]:
    """Return those of these streams for which the country wants an identifier."""
    return [stream for stream in streams if stream in REGISTERS.get(country, {})]


def normalized(typed: str) -> str:
    """Return an identifier in capitals, without spaces nor the name of its register."""
    text = unicodedata.normalize("NFKC", typed).upper().strip()
    return re.sub(r"\s", "", _PREFIXES.sub("", text)).replace("–", "-")


def looks_right(country: str, stream: str, identifier: str) -> bool:
    """Tell whether the identifier has the shape of its register; another is read by a person."""
    register = REGISTERS.get(country, {}).get(stream)
    if register is None or register.pattern is None:
        return False
    return register.pattern.fullmatch(identifier) is not None


def code_of(country: str) -> str:
    """Return the code of the requirement that asks for the country's identifiers."""
    return f"epr_{country.lower()}"
