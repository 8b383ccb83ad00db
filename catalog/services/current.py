"""What stands in the catalogue now, for many SKUs at once, and the lock that writers of SKUs share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

# Any number that no other advisory lock of ours uses.
_LOCK_SPACE = 0x43415441

_STANDING = """
SELECT v.sku, v.id, v.gtin, v.weight_g,
       p.id, p.reference, p.brand, p.category_id, p.origin_country, p.status, p.source_language,
       t.title, t.description, t.bullets, pr.amount, sl.on_hand, COALESCE(sl.reserved, 0),
       (SELECT count(*) FROM catalog_producttext o WHERE o.product_id = p.id
           AND o.language <> p.source_language AND o.status <> 'outdated')
FROM catalog_variant v
JOIN catalog_product p ON p.id = v.product_id
LEFT JOIN catalog_producttext t ON t.product_id = p.id AND t.language = %(language)s
LEFT JOIN catalog_price pr ON pr.variant_id = v.id AND pr.market_id = %(market)s AND pr.ends_at IS NULL
LEFT JOIN catalog_stocklevel sl ON sl.variant_id = v.id AND sl.location_id = %(location)s
WHERE v.merchant_id = %(merchant)s AND v.sku = ANY(%(skus)s)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A variant with its product as they are, in one language, one market and one location."""

    sku: str
    variant_id: int
    gtin: str
    weight_g: int | None
    product_id: int
    reference: str
    brand: str
    category_id: int | None
    origin_country: str
    status: str
    source_language: str
    title: str | None
    description: str | None
    bullets: list[str] | None
    price: Decimal | None
    quantity: int | None
    reserved: int
    translations: int

    def value(self, field: str) -> Any:
        """Return the value of an import's field; for prices the text of the amount."""
        if field == "price":
            return None if self.price is None else f"{self.price.normalize():f}"
        return self.category_id if field == "category" else getattr(self, field)


def lock(*, merchant_id: int) -> None:
    """Wait for other writers of this merchant's SKUs; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, merchant_id % 2**31])


def standing(
    *,
    merchant_id: int,
    skus: Iterable[str],
    language: str,
    market_id: int | None = None,
    location_id: int | None = None,
) -> dict[str, Standing]:
    """Return what stands for each known SKU, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "language": language,
                "market": market_id,
                "location": location_id,
                "merchant": merchant_id,
                "skus": list(skus),
            },
        )
        rows = cursor.fetchall()
    return {row[0]: Standing(*row) for row in rows}


def products_by_reference(*, merchant_id: int, references: Iterable[str]) -> dict[str, int]:
    """Return the key of each known product."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reference, id FROM catalog_product WHERE merchant_id = %s AND reference = ANY(%s)",
            [merchant_id, list(references)],
        )
        return dict(cursor.fetchall())


def new_keys(table: str, count: int) -> Sequence[int]:
    """Take keys from a table's sequence, so that rows and those that point at them can be written by COPY."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]
