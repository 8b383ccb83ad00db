"""Read what is on sale, where and at what price, for any number of lines with one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from core.services.inserting import prepared_cursor
from merchants.services.standing import SELLING


class Asked(NamedTuple):
    """One line as a channel names it, the market it is for, and the moment that counts."""

    merchant: UUID
    sku: str
    market_id: int
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant in a market. ``is_on_sale`` is whether it could be bought then; money is VAT included."""

    variant_id: int
    sku: str
    merchant_id: int
    merchant_status: str
    is_published: bool
    price: Decimal | None
    currency: str | None
    title: str
    commission_rate: Decimal | None
    vat_rate: Decimal | None
    weight_g: int | None
    longest_mm: int | None
    closed_from: datetime | None
    closed_until: datetime | None
    asked_at: datetime

    @property
    def closed(self) -> tuple[datetime, datetime] | None:
        """The merchant's next holiday, or the present one."""
        return (self.closed_from, self.closed_until) if self.closed_from and self.closed_until else None

    @property
    def is_on_sale(self) -> bool:
        return (
            self.merchant_status in SELLING
            and (self.closed_from is None or self.closed_from > self.asked_at)
            and self.is_published
            and self.price is not None
            and self.commission_rate is not None
        )


FIND = """
SELECT asked.position, variant.id, variant.sku, merchant.id, merchant.status,
    product.status = 'live' AND variant.is_active AND listing.status = 'published'
        AND (listing.visible_from IS NULL OR listing.visible_from <= asked.at)
        AND (listing.visible_until IS NULL OR listing.visible_until > asked.at)
        AND NOT coalesce(category.closed_countries ? market.country, false)
        AND (merchant.status <> 'restricted' OR NOT EXISTS (
            SELECT FROM merchants_measure AS measure
            WHERE measure.merchant_id = merchant.id AND measure.capability = 'market'
                AND measure.country = market.country AND measure.status IN ('confirmed', 'in_force')
                AND measure.starts_at <= asked.at AND (measure.ends_at IS NULL OR measure.ends_at > asked.at)
        )),
    price.amount, price.currency, coalesce(text.title, variant.sku),
    category.commission_rate, vat.rate, variant.weight_g,
    greatest(variant.length_mm, variant.width_mm, variant.height_mm),
    holiday.starts_at, holiday.ends_at, asked.at
FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[])
    WITH ORDINALITY AS asked (merchant, sku, market_id, language, at, position)
JOIN catalog_market AS market ON market.id = asked.market_id
JOIN merchants_merchant AS merchant ON merchant.public_id = asked.merchant
JOIN catalog_variant AS variant ON variant.merchant_id = merchant.id AND variant.sku = asked.sku
JOIN catalog_product AS product ON product.id = variant.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
LEFT JOIN catalog_listing AS listing
    ON listing.product_id = product.id AND listing.market_id = asked.market_id
LEFT JOIN LATERAL (
    SELECT starts_at, ends_at FROM merchants_holiday
    WHERE merchant_id = merchant.id AND ends_at > asked.at
    ORDER BY ends_at LIMIT 1
) AS holiday ON true
LEFT JOIN LATERAL (
    SELECT amount, currency FROM catalog_price
    WHERE variant_id = variant.id AND market_id = asked.market_id
        AND starts_at <= asked.at AND (ends_at IS NULL OR ends_at > asked.at)
    ORDER BY starts_at DESC LIMIT 1
) AS price ON true
LEFT JOIN LATERAL (
    SELECT rate FROM catalog_vatrate
    WHERE market_id = asked.market_id AND vat_class IN (category.vat_class, 'standard')
        AND valid_from <= asked.at
    ORDER BY vat_class = category.vat_class DESC, valid_from DESC LIMIT 1
) AS vat ON true
LEFT JOIN LATERAL (
    SELECT title FROM catalog_producttext
    WHERE product_id = product.id AND language IN (asked.language, product.source_language)
        AND (NOT is_machine_made OR accepted_by_id IS NOT NULL)
    ORDER BY language = asked.language DESC LIMIT 1
) AS text ON true
"""


def find(asked: Sequence[Asked]) -> list[Offer | None]:
    """Return the offer that each line names, None where the merchant has no such SKU."""
    if not asked:
        return []
    with prepared_cursor() as cursor:
        cursor.execute(FIND, [list(column) for column in zip(*asked, strict=True)])
        found = {int(row[0]): Offer(*row[1:]) for row in cursor.fetchall()}
    return [found.get(position) for position in range(1, len(asked) + 1)]
