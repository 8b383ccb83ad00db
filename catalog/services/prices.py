"""What variants cost in each market. A price is never changed: it is ended, and another one begins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog.enums import PriceSource
from catalog.models import Market, Price, Variant
from catalog.services import readiness
from core.money import round_amount
from core.refusals import Refusal
from core.services.copying import copy_rows

MOST = Decimal("9999999999.99")


class WrongCurrency(Refusal):
    """A market has one currency, and its prices are in it."""

    code = "wrong_currency"
    status = 422


class BadAmount(Refusal):
    """A price is more than zero, at its currency's precision; a strike-through price is above it."""

    code = "bad_amount"
    status = 422


class UnknownVariant(Refusal):
    """A variant or a market does not exist, or is not this merchant's."""

    code = "unknown_variant"
    status = 404


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price to set, VAT included, in the market's currency."""

    variant_id: int
    market_id: int
    amount: Decimal
    strike_amount: Decimal | None = None


_FIELDS = (
    "merchant_id",
    "variant_id",
    "market_id",
    "amount",
    "currency",
    "strike_amount",
    "source",
    "starts_at",
)

_END = """
WITH ended AS (
    SELECT p.id, p.starts_at FROM catalog_price AS p
    JOIN unnest(%(variants)s::bigint[], %(markets)s::bigint[]) AS new (variant_id, market_id)
        ON p.variant_id = new.variant_id AND p.market_id = new.market_id
    WHERE p.ends_at IS NULL ORDER BY p.id FOR UPDATE OF p
)
UPDATE catalog_price AS p SET ends_at = GREATEST(%(at)s, p.starts_at) FROM ended WHERE p.id = ended.id
"""


@transaction.atomic
def set_many(
    *,
    merchant_id: int,
    prices: Iterable[NewPrice],
    source: PriceSource,
    at: datetime,
    refresh: bool = True,
    keeps: Collection[str] = (),
) -> int:
    """Set prices, in a fixed number of statements; answers how many differ from those in force.

    All or nothing. Raises ``BadAmount`` and ``UnknownVariant``. ``refresh=False`` leaves readiness to the
    caller. Prices in force that come from a source in ``keeps`` stay.
    """
    wanted = {(price.variant_id, price.market_id): price for price in prices}
    if not wanted:
        return 0
    currencies = dict(Market.objects.values_list("pk", "currency"))
    products = _lock_variants(merchant_id, {variant_id for variant_id, _market in wanted})
    _check(wanted.values(), currencies)
    standing = _standing(merchant_id, wanted)
    kept = {key for key, old in standing.items() if old.source in keeps or _same(old, wanted.get(key))}
    changed = [price for key, price in wanted.items() if key not in kept]
    _end([price for price in changed if (price.variant_id, price.market_id) in standing], at)
    rows = (
        (
            *(merchant_id, price.variant_id, price.market_id, price.amount),
            *(currencies[price.market_id], price.strike_amount, source, at),
        )
        for price in changed
    )
    copy_rows(Price, _FIELDS, rows)
    if refresh and changed:
        readiness.refresh(
            product_ids={products[price.variant_id] for price in changed},
            market_ids={price.market_id for price in changed},
            at=at,
        )
    return len(changed)


def _standing(merchant_id: int, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Price]:
    """Return the prices in force of variants in markets, by both keys. The variants are locked."""
    pairs = list(wanted)
    prices = Price.objects.for_merchant(merchant_id).filter(
        ends_at__isnull=True,
        variant_id__in={variant_id for variant_id, _market in pairs},
        market_id__in={market_id for _variant, market_id in pairs},
    )
    return {(price.variant_id, price.market_id): price for price in prices}


def _same(old: Price, new: NewPrice | None) -> bool:
    return new is not None and (old.amount, old.strike_amount) == (new.amount, new.strike_amount)


def _end(prices: Sequence[NewPrice], at: datetime) -> None:
    if not prices:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            {
                "variants": [price.variant_id for price in prices],
                "markets": [price.market_id for price in prices],
                "at": at,
            },
        )


def set_many_by_sku(
    *,
    merchant_id: int,
    market_id: int,
    amounts: Mapping[str, tuple[int, Decimal]],
    source: PriceSource,
    at: datetime,
) -> set[str]:
    """Set prices given by SKU with the variant's key; answers the SKUs whose price differs.

    A price that changes loses its strike-through price. Readiness is left to the caller.
    """
    standing = dict(
        Price.objects.for_merchant(merchant_id)
        .filter(market_id=market_id, ends_at__isnull=True, variant_id__in=[pk for pk, _a in amounts.values()])
        .values_list("variant_id", "amount")
    )
    changed = {sku for sku, (pk, amount) in amounts.items() if standing.get(pk) != amount}
    new = [NewPrice(amounts[sku][0], market_id, amounts[sku][1]) for sku in changed]
    set_many(merchant_id=merchant_id, prices=new, source=source, at=at, refresh=False)
    return changed


def _lock_variants(merchant_id: int, variant_ids: Collection[int]) -> dict[int, int]:
    """Lock the variants, lowest key first, and return the product of each."""
    rows = (
        Variant.objects.for_merchant(merchant_id)
        .filter(pk__in=variant_ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", "product_id")
    )
    products = dict(rows)
    if len(products) != len(variant_ids):
        raise UnknownVariant(_("This product does not exist."))
    return products


def _check(prices: Iterable[NewPrice], currencies: dict[int, str]) -> None:
    for price in prices:
        currency = currencies.get(price.market_id)
        if currency is None:
            raise UnknownVariant(_("This market does not exist."), market=price.market_id)
        for amount in (price.amount, price.strike_amount):
            if amount is not None and (
                not amount.is_finite() or not 0 < amount <= MOST or amount != round_amount(amount, currency)
            ):
                raise BadAmount(
                    _("%(amount)s is not a price in %(currency)s.")
                    % {"amount": amount, "currency": currency},
                    variant_id=price.variant_id,
                )
        if price.strike_amount is not None and price.strike_amount <= price.amount:
            raise BadAmount(_("A strike-through price is above the price."), variant_id=price.variant_id)


def set_price(
    *,
    merchant_id: int,
    variant_id: int,
    country: str,
    amount: Decimal,
    currency: str,
    at: datetime,
    strike_amount: Decimal | None = None,
    source: PriceSource = PriceSource.MANUAL,
) -> bool:
    """Set one price; answers whether it differs. Raises ``WrongCurrency``, and what ``set_many`` raises."""
    market = Market.objects.filter(country=country).first()
    if market is None:
        raise UnknownVariant(_("This market does not exist."), market=country)
    if currency != market.currency:
        raise WrongCurrency(
            _("Prices in this market are in %(expected)s, not in %(found)s.")
            % {"expected": market.currency, "found": currency},
            expected=market.currency,
            found=currency,
        )
    price = NewPrice(variant_id, market.pk, amount, strike_amount)
    return bool(set_many(merchant_id=merchant_id, prices=[price], source=source, at=at))


def lowest_by_market(*, variant_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Return, by variant and market, the lowest price in force in the 30 days before the current one began.

    Directive 98/6/EC, article 6a: it is the "prior price" of an announced reduction. A variant without an
    earlier price in those days is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT now.variant_id, now.market_id, min(old.amount)
            FROM catalog_price now
            JOIN catalog_price old ON old.variant_id = now.variant_id AND old.market_id = now.market_id
            WHERE now.variant_id = ANY(%s) AND now.ends_at IS NULL
                AND old.ends_at IS NOT NULL AND old.starts_at < now.starts_at
                AND old.ends_at > now.starts_at - interval '30 days' AND old.ends_at > old.starts_at
            GROUP BY now.variant_id, now.market_id
            """,
            [list(variant_ids)],
        )
        return {(variant, market): amount for variant, market, amount in cursor.fetchall()}


def lowest_of_30_days(*, variant_ids: Collection[int], market_id: int) -> dict[int, Decimal]:
    """Return the same for one market, by variant."""
    found = lowest_by_market(variant_ids=variant_ids)
    return {variant: amount for (variant, market), amount in found.items() if market == market_id}
