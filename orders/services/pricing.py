"""VAT and commission of an order, as they are frozen when it is placed.

Prices include VAT. The VAT of a rate is computed once on all that bears it (goods, and their share of the
shipping, which follows the goods it accompanies: Court of Justice, C-41/04 on single supplies), then split
over the lines, so that ``85.90 × 20 / 120`` is exactly what the page shows. The commission likewise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import allocate, round_amount

HUNDRED = Decimal(100)
#: French VAT on our service to a merchant established in France (CGI, articles 259 and 278). Elsewhere in the
#: Union the merchant declares it (directive 2006/112/EC, article 196).
COMMISSION_VAT = {"FR": Decimal("20.00")}


@dataclass(frozen=True, slots=True)
class Sold:
    """One line as sold. Rates are percentages."""

    total: Decimal
    vat_rate: Decimal
    commission_rate: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What was computed for one rate."""

    rate: Decimal
    base: Decimal
    amount: Decimal

    def facts(self) -> dict[str, str]:
        return {"rate": str(self.rate), "base": str(self.base), "amount": str(self.amount)}


@dataclass(frozen=True, slots=True)
class Priced:
    """The figures of one merchant's order; ``line_vat`` and ``line_commission`` follow the lines' order."""

    goods: Decimal
    shipping: Decimal
    vat: tuple[Share, ...]
    commission: tuple[Share, ...]
    commission_vat_rate: Decimal
    commission_vat: Decimal
    line_vat: tuple[Decimal, ...]
    line_commission: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return self.goods + self.shipping

    @property
    def vat_total(self) -> Decimal:
        return sum((share.amount for share in self.vat), Decimal(0))

    @property
    def commission_total(self) -> Decimal:
        return sum((share.amount for share in self.commission), Decimal(0))


def price(lines: Sequence[Sold], *, shipping: Decimal, currency: str, merchant_country: str) -> Priced:
    """Compute the figures of one merchant's lines; every amount is rounded to the currency's minor unit."""
    goods = sum((line.total for line in lines), Decimal(0))
    shipping_shares = _split(shipping, currency, [line.total for line in lines])
    vat_bases = _by_rate([line.vat_rate for line in lines], [line.total for line in lines])
    with_shipping = _by_rate(
        [line.vat_rate for line in lines],
        [line.total + share for line, share in zip(lines, shipping_shares, strict=True)],
    )
    commission_bases = _by_rate([line.commission_rate for line in lines], [line.total for line in lines])
    commission = tuple(
        Share(rate, base, round_amount(base * rate / HUNDRED, currency))
        for rate, base in commission_bases.items()
    )
    commission_total = sum((share.amount for share in commission), Decimal(0))
    commission_vat_rate = COMMISSION_VAT.get(merchant_country, Decimal(0))
    return Priced(
        goods=goods,
        shipping=shipping,
        vat=tuple(
            Share(rate, base, vat_included(base, rate, currency)) for rate, base in with_shipping.items()
        ),
        commission=commission,
        commission_vat_rate=commission_vat_rate,
        commission_vat=round_amount(commission_total * commission_vat_rate / HUNDRED, currency),
        line_vat=_to_lines(
            lines,
            [line.vat_rate for line in lines],
            {rate: vat_included(base, rate, currency) for rate, base in vat_bases.items()},
            currency,
        ),
        line_commission=_to_lines(
            lines,
            [line.commission_rate for line in lines],
            {share.rate: share.amount for share in commission},
            currency,
        ),
    )


def vat_included(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Return the VAT contained in an amount that includes it."""
    return round_amount(amount * rate / (HUNDRED + rate), currency)


def _by_rate(rates: Sequence[Decimal], amounts: Sequence[Decimal]) -> dict[Decimal, Decimal]:
    sums: dict[Decimal, Decimal] = {}
    for rate, amount in zip(rates, amounts, strict=True):
        sums[rate] = sums.get(rate, Decimal(0)) + amount
    return dict(sorted(sums.items(), reverse=True))


def _to_lines(
    lines: Sequence[Sold], rates: Sequence[Decimal], amounts: dict[Decimal, Decimal], currency: str
) -> tuple[Decimal, ...]:
    """Split the amount of each rate over the lines that bear it, in proportion to their totals."""
    of_line = [Decimal(0)] * len(lines)
    for rate, amount in amounts.items():
        bearing = [index for index, own in enumerate(rates) if own == rate]
        parts = _split(amount, currency, [lines[index].total for index in bearing])
        for index, part in zip(bearing, parts, strict=True):
            of_line[index] = part
    return tuple(of_line)


def _split(amount: Decimal, currency: str, weights: Sequence[Decimal]) -> list[Decimal]:
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    return allocate(amount, currency, weights)
