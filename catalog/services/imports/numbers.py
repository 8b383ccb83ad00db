"""Numbers as people type them into spreadsheets, in French and in English."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.money import minor_units

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_SYMBOLS = {"€": "EUR", "£": "GBP", "zł": "PLN", "¥": "CNY", "元": "CNY", "$": "USD", "kč": "CZK"}
_CURRENCY = re.compile(r"^(?P<before>[^\d.,+-]{1,4})?(?P<number>[+-]?[^€£¥$]*?)(?P<after>[^\d.,]{1,4})?$")
_DIGITS = re.compile(r"[+-]?\d+")
MAX_AMOUNT = Decimal("9999999999.99")


class NotANumber(ValueError):
    """``code`` says what is wrong, ``params`` the figures to say it with."""

    def __init__(self, code: str, **params: str) -> None:
        self.code, self.params = code, params
        super().__init__(code, params)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, and the currency that was written beside it, if one was."""

    value: Decimal
    currency: str | None


def parse_decimal(text: str) -> Decimal:
    """Read ``1 234,50``, ``1,234.50``, ``1.234,50``, ``1234.5``. Raises ``NotANumber``.

    One separator before exactly three digits (``1,234``) could be a thousand or a decimal point: refused as
    ``ambiguous_number`` rather than guessed.
    """
    compact = _SPACES.sub("", text).replace("\u2212", "-")
    if not compact:
        raise NotANumber("not_a_number", character="")
    for character in compact:
        if not (character.isascii() and character.isdigit()) and character not in "+-.,":
            raise NotANumber("not_a_number", character=character)
    whole, _mark, fraction = _split(compact)
    if not _DIGITS.fullmatch(whole) or (fraction and not fraction.isdigit()):
        raise NotANumber("not_a_number", character="")
    return Decimal(f"{whole}.{fraction}") if fraction else Decimal(whole)


def _split(compact: str) -> tuple[str, str, str]:
    """Cut at the decimal mark, and take the thousands separators out."""
    dots, commas = compact.count("."), compact.count(",")
    if dots and commas:
        mark = "." if compact.rfind(".") > compact.rfind(",") else ","
        thousands = "," if mark == "." else "."
        whole, _, fraction = compact.rpartition(mark)
        if whole.count(mark) or not _grouped(whole, thousands):
            raise NotANumber("not_a_number", character=mark)
        return whole.replace(thousands, ""), mark, fraction
    mark = "." if dots else ","
    if dots + commas > 1:
        if not _grouped(compact, mark):
            raise NotANumber("not_a_number", character=mark)
        return compact.replace(mark, ""), mark, ""
    whole, _, fraction = compact.partition(mark)
    if len(fraction) == 3 and whole.lstrip("+-") not in {"", "0"} and len(whole.lstrip("+-")) <= 3:
        raise NotANumber("ambiguous_number", value=compact)
    if (dots or commas) and not fraction:
        raise NotANumber("not_a_number", character=mark)
    return whole or "0", mark, fraction


def _grouped(whole: str, separator: str) -> bool:
    head, *groups = whole.split(separator)
    return 1 <= len(head.lstrip("+-")) <= 3 and all(len(group) == 3 for group in groups)


def parse_amount(text: str) -> Amount:
    """Read a price, with or without its currency: ``1 234,50 €``, ``EUR 12.90``, ``£8``."""
    compact = _SPACES.sub("", text)
    found = _CURRENCY.match(compact)
    if not found or not (found["number"] or ""):
        return Amount(parse_decimal(text), None)
    mark = found["before"] or found["after"] or ""
    if not mark:
        return Amount(parse_decimal(compact), None)
    currency = _SYMBOLS.get(mark.lower()) or (
        mark.upper() if len(mark) == 3 and mark.isascii() and mark.isalpha() else None
    )
    if currency is None:
        raise NotANumber("not_a_number", character=mark[0])
    return Amount(parse_decimal(found["number"]), currency)


def check_price(amount: Decimal, currency: str) -> Decimal:
    """Return the amount at the currency's own precision; raises ``NotANumber`` when it cannot be a price."""
    if amount <= 0:
        raise NotANumber("price_not_positive")
    if amount > MAX_AMOUNT:
        raise NotANumber("number_too_large")
    decimals = minor_units(currency)
    exact = round(amount, decimals)
    if exact != amount:
        raise NotANumber("too_many_decimals", currency=currency, decimals=str(decimals))
    return exact


def parse_quantity(text: str, *, most: int = 2_000_000_000) -> int:
    """Read a whole number, zero or more: ``12``, ``1 200``, ``12,0``."""
    value = parse_decimal(text)
    if value != value.to_integral_value():
        raise NotANumber("not_whole")
    if value < 0:
        raise NotANumber("negative")
    if value > most:
        raise NotANumber("number_too_large")
    return int(value)
