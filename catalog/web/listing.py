"""What the list of products reads: few statements, whatever the number of rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, Exists, F, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import pgettext

from catalog.enums import ListingStatus, ProductStatus
from catalog.models import Listing, Product, StockLevel
from catalog.services import search
from core.web.components.lists import Chip
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Bar:
    """A product in a market, as a small bar."""

    country: str
    score: int
    is_blocked: bool
    is_on_sale: bool

    @property
    def shape(self) -> str:
        return "fix" if self.is_blocked else "done" if self.is_on_sale else "todo"


@dataclass(frozen=True, slots=True)
class Line:
    """A product as the list shows it. Prices are the French ones."""

    product: Product
    title: str
    skus: list[str]
    lowest: Any
    highest: Any
    stock: int
    bars: list[Bar]
    picture: Any


_LINES = """
SELECT p.id, COALESCE(t.title, p.reference),
    ARRAY(SELECT v.sku FROM catalog_variant v WHERE v.product_id = p.id ORDER BY v.position, v.id LIMIT 4),
    price.lowest, price.highest,
    (SELECT COALESCE(sum(GREATEST(s.on_hand - s.reserved - s.safety, 0)), 0) FROM catalog_variant v
        JOIN catalog_stocklevel s ON s.variant_id = v.id WHERE v.product_id = p.id),
    (SELECT jsonb_agg(jsonb_build_array(m.country, l.score, l.blockers <> '[]'::jsonb, l.status)
                      ORDER BY m.country)
        FROM catalog_listing l JOIN catalog_market m ON m.id = l.market_id WHERE l.product_id = p.id),
    (SELECT i.public_id FROM catalog_media i WHERE i.product_id = p.id AND i.renditions <> '{}'::jsonb
        ORDER BY i.position, i.id LIMIT 1)
FROM catalog_product p
LEFT JOIN catalog_producttext t ON t.product_id = p.id AND t.language = p.source_language
LEFT JOIN LATERAL (
    SELECT min(c.amount) AS lowest, max(c.amount) AS highest FROM catalog_variant v
    JOIN catalog_price c ON c.variant_id = v.id AND c.ends_at IS NULL
    JOIN catalog_market m ON m.id = c.market_id AND m.country = 'FR' WHERE v.product_id = p.id
) price ON true
WHERE p.id = ANY(%s)
"""


def lines(products: Sequence[Product]) -> list[Line]:
    """Return what the list shows of these products, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [[product.pk for product in products]])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_line(product, *found[product.pk]) for product in products]


def _line(
    product: Product,
    title: str,
    skus: list[str],
    lowest: Any,
    highest: Any,
    stock: int,
    bars: Any,
    picture: Any,
) -> Line:
    listed = json.loads(bars) if isinstance(bars, str) else bars or []
    live = product.status == ProductStatus.LIVE
    return Line(
        product,
        title,
        skus,
        lowest,
        highest,
        stock,
        [
            Bar(country, score, blocked, live and status == ListingStatus.PUBLISHED)
            for country, score, blocked, status in listed
        ],
        picture,
    )


def filtered(merchant: Merchant, chosen: dict[str, Any]) -> "QuerySet[Product]":
    """Return the merchant's products that the filters let through, the newest first."""
    products = Product.objects.for_merchant(merchant)
    if words := search.query(chosen.get("q") or ""):
        products = products.filter(RawSQL("search @@ %s::tsquery", [words], output_field=BooleanField()))
    elif chosen.get("q"):
        products = products.none()
    if chosen.get("market") or chosen.get("readiness"):
        products = products.filter(Exists(_listings(chosen)))
    if chosen.get("stock"):
        has_stock = Exists(
            StockLevel.objects.filter(
                variant__product=OuterRef("pk"), on_hand__gt=F("reserved") + F("safety")
            )
        )
        products = products.filter(has_stock if chosen["stock"] == "in" else ~has_stock)
    return products.order_by("-pk")


def _listings(chosen: dict[str, Any]) -> "QuerySet[Listing]":
    listings = Listing.objects.filter(product=OuterRef("pk"))
    if chosen.get("market"):
        listings = listings.filter(market__country=chosen["market"])
    if chosen.get("readiness") == "ready":
        return listings.filter(blockers=[])
    if chosen.get("readiness") == "blocked":
        return listings.exclude(blockers=[])
    if chosen.get("readiness") == "on_sale":
        return listings.filter(status=ListingStatus.PUBLISHED)
    return listings


def chips(products: "QuerySet[Product]") -> list[Chip]:
    """Return the states with their counts, for the filters in force."""
    counted = dict(products.order_by().values_list("status").annotate(Count("pk")))
    everything = sum(n for status, n in counted.items() if status != ProductStatus.ARCHIVED)
    return [
        Chip("", pgettext("products", "All"), everything),
        *(
            Chip(status, ProductStatus(status).label, counted.get(status, 0))
            for status in ProductStatus.values
        ),
    ]
