"""Amounts, numbers and shares, written as readers of the page's language expect."""

from decimal import Decimal

from babel.numbers import format_decimal, format_percent
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

from core.money import Money, format_money


def locale() -> str:
    """Return Babel's name of the page's language."""
    return to_locale(get_language() or "fr")


def money(amount: "Money | Decimal | None", currency: str = "", sign: bool = False) -> SafeString:
    """Write ``Money``, or an amount and its currency. ``sign`` puts a plus before what is gained."""
    if amount is None:
        return format_html('<span class="ps-none">{}</span>', "–")
    if isinstance(amount, Money):
        amount, currency = amount.amount, amount.currency
    text = format_money(abs(amount), currency)
    mark = "\u2212\u202f" if amount < 0 else "+\u202f" if sign and amount > 0 else ""
    return format_html('<span class="ps-nw">{}{}</span>', mark, text)


def number(value: "int | float | Decimal | None") -> str:
    """Write a number with its groups of thousands: 17 212."""
    return "–" if value is None else format_decimal(value, locale=locale())


def rate(points: "float | Decimal | None") -> str:
    """Write a rate that is kept in percentage points (5.50) as 5,5 %."""
    return percent(None if points is None else points / 100, 2)


def percent(share: "float | Decimal | None", decimals: int = 1) -> str:
    """Write a share of one (0.018) as 1,8 %."""
    if share is None:
        return "–"
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    space = "\u202f" if locale().startswith("fr") else ""
    return format_percent(share, format=f"{pattern}{space}%", locale=locale())
