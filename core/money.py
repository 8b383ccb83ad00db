"""Amounts of money: exact, in a currency, rounded as the currency asks.

Minor units per currency come from the Unicode CLDR, which Babel carries: those of ISO 4217 for the currencies
we trade in. Rounding is to the nearest minor unit, the half up (away from zero, so that a refund mirrors its
payment), the rule of Council Regulation (EC) No 1103/97, article 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Self

from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import get_language, to_locale


class MixedCurrencies(TypeError):
    """Amounts of two currencies were added or compared: a fault of the caller, not of its input."""


@cache
def minor_units(currency: str) -> int:
    """Return the number of decimals of a currency (ISO 4217); an unknown one raises ``ValueError``."""
    if currency not in list_currencies():
        raise ValueError(f"unknown currency {currency!r}")
    return get_currency_precision(currency)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's minor unit, the half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def format_money(amount: Decimal, currency: str, locale: str | None = None) -> str:
    """Write the amount as readers of the locale expect; the active language by default: ``1 234,50 €``."""
    name = to_locale(locale or get_language() or "fr")
    return format_currency(amount, currency, locale=name)


def allocate(amount: Decimal, currency: str, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Split a rounded amount in proportion to the weights; the parts sum up to it exactly.

    What rounding leaves over goes one minor unit each to the parts with the largest remainders, the earlier
    first (Hamilton's method). Weights are not negative and not all zero, else ``ValueError``.
    """
    ratios = [Fraction(weight) for weight in weights]
    whole = sum(ratios)
    if not whole or min(ratios) < 0:
        raise ValueError("weights must not be negative, nor all zero")
    total = Money(amount, currency).minor
    sign, size = (-1 if total < 0 else 1), abs(total)
    shares = [divmod(size * ratio / whole, 1) for ratio in ratios]
    parts = [int(share) for share, _rest in shares]
    by_rest = sorted(range(len(parts)), key=lambda index: (-shares[index][1], index))
    for index in by_rest[: size - sum(parts)]:
        parts[index] += 1
    return [Money.from_minor(sign * part, currency).amount for part in parts]


@dataclass(frozen=True, slots=True)
class Money:
    """A rounded amount in a currency. More decimals than the currency has raise ``ValueError``; to round,
    use ``Money.rounded``.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        exact = round_amount(self.amount, self.currency)
        if exact != self.amount:
            raise ValueError(f"{self.amount} has more decimals than {self.currency}")
        object.__setattr__(self, "amount", exact)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        return cls(round_amount(amount, currency), currency)

    @classmethod
    def from_minor(cls, units: int, currency: str) -> Self:
        """Build from cents, pence, yen."""
        return cls(Decimal(units).scaleb(-minor_units(currency)), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(Decimal(0), currency)

    @property
    def minor(self) -> int:
        return int(self.amount.scaleb(minor_units(self.currency)))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money.rounded(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def allocate(self, weights: Sequence[Decimal | int]) -> "list[Money]":
        """Split without losing a minor unit, see ``allocate``."""
        return [Money(part, self.currency) for part in allocate(self.amount, self.currency, weights)]

    def format(self, locale: str | None = None) -> str:
        return format_money(self.amount, self.currency, locale)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} with {other.currency}")
        return other.amount
