"""What we know of a carrier without asking it: how it numbers parcels, what its codes mean."""

import json
from functools import lru_cache
from pathlib import Path

from orders.enums import ParcelStatus

CODES = Path(__file__).resolve().parent / "codes"
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10_SERIALS = 10**8


def s10(serial: int, *, service: str = "P", country: str = "FR") -> str:
    """Return an identifier of UPU standard S10: service indicator, eight digits, check digit, country.

    ``service`` is the indicator's first letter; the second counts the blocks of 10^8 serial numbers.
    """
    block, digits = divmod(serial, S10_SERIALS)
    if not 0 <= block < 26:
        raise ValueError("S10 has no more numbers for this service")
    text = f"{digits:08}"
    return f"{service}{chr(ord('A') + block)}{text}{s10_check_digit(text)}{country}"


def s10_check_digit(digits: str) -> int:
    """UPU S10-12: weighted sum modulo 11, from 11; 10 is written 0 and 11 is written 5."""
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(check, check)


def meaning(adapter: str, code: str) -> ParcelStatus | None:
    """Return what a carrier's code says in our vocabulary; None when it is not in the carrier's map."""
    return code_map(adapter).get(code)


@lru_cache
def code_map(adapter: str) -> dict[str, ParcelStatus]:
    """Read a carrier's map, ``codes/<adapter>.json``. A carrier without one has an empty map."""
    known = {path.stem: path for path in CODES.glob("*.json")}
    if adapter not in known:
        return {}
    entries = json.loads(known[adapter].read_text(encoding="utf-8"))["codes"]
    return {code: ParcelStatus(status) for code, status in entries.items()}
