"""What keeps a product from being sold in a market, and what would make it sell better.

A fixed number of statements finds the facts of any number of products and markets; ``RULES`` say what
they mean.
``Listing.blockers`` and ``Listing.score`` keep the answer for lists and counts.
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import ProductStatus, Severity, TextStatus
from catalog.models import Category, Market, Product
from merchants.services import epr, epr_registers

REFRESH_JOB: Final = "catalog.refresh_readiness"
BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """Something a listing needs (ERROR) or had better have (WARNING). The weights add up to 100."""

    code: str
    field: str
    severity: Severity
    weight: int
    message: str | Promise
    remedy: str | Promise


RULES: tuple[Rule, ...] = (
    Rule(
        "no_title",
        "title",
        Severity.ERROR,
        25,
        _("No accepted title in the market's language."),
        _("Write the translation, or accept the one proposed."),
    ),
    Rule(
        "no_price",
        "price",
        Severity.ERROR,
        25,
        _("No price in this market."),
        _("Set a price, or apply the market's price rule."),
    ),
    Rule(
        "no_category",
        "category",
        Severity.ERROR,
        15,
        _("No category."),
        _("Choose a category: VAT and commission follow from it."),
    ),
    Rule(
        "closed_country",
        "category",
        Severity.ERROR,
        0,
        _("This category may not be sold in this country."),
        _("Choose another market."),
    ),
    Rule(
        "no_epr",
        "category",
        Severity.ERROR,
        0,
        _("No EPR identifier in this country for a waste stream that this category touches."),
        _("Give the identifier in your file, under your products."),
    ),
    Rule(
        "market_closed",
        "market",
        Severity.ERROR,
        0,
        _("This market is closed at the moment."),
        _("Nothing to do: it will open again."),
    ),
    Rule(
        "no_variant",
        "variant",
        Severity.ERROR,
        0,
        _("No variant is on sale."),
        _("Put at least one variant on sale."),
    ),
    Rule(
        "no_description",
        "description",
        Severity.WARNING,
        10,
        _("No description in the market's language."),
        _("A description answers questions before they are asked."),
    ),
    Rule(
        "outdated_text",
        "title",
        Severity.WARNING,
        0,
        _("The translation is older than its source."),
        _("Read the translation again."),
    ),
    Rule("no_picture", "media", Severity.WARNING, 10, _("No picture."), _("Add at least one picture.")),
    Rule(
        "no_manufacturer",
        "safety",
        Severity.WARNING,
        5,
        _("No manufacturer with postal and electronic address."),
        _("Regulation (EU) 2023/988, article 19, asks for it, except for food."),
    ),
    Rule(
        "no_stock", "stock", Severity.WARNING, 5, _("Nothing in stock."), _("Buyers will see it as sold out.")
    ),
    Rule(
        "no_gtin",
        "gtin",
        Severity.WARNING,
        5,
        _("A variant has neither GTIN nor the reason why."),
        _("Type the barcode, or say why there is none."),
    ),
)
_MANUFACTURER = ("manufacturer", "address", "contact")
BY_CODE = {rule.code: rule for rule in RULES}

_SNAPSHOT = """
INSERT INTO catalog_listing AS l (product_id, market_id, status, blockers, score)
SELECT new.product_id, new.market_id, 'draft', new.blockers::jsonb, new.score
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::smallint[])
    AS new (product_id, market_id, blockers, score)
ORDER BY new.product_id, new.market_id
ON CONFLICT (product_id, market_id) DO UPDATE SET blockers = EXCLUDED.blockers, score = EXCLUDED.score
WHERE l.blockers <> EXCLUDED.blockers OR l.score <> EXCLUDED.score
"""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a product and a market. ``issues`` are codes of ``RULES``, blocking ones first."""

    product_id: int
    market_id: int
    country: str
    issues: tuple[str, ...]

    @property
    def blockers(self) -> list[str]:
        return [code for code in self.issues if BY_CODE[code].severity == Severity.ERROR]

    @property
    def advice(self) -> list[str]:
        return [code for code in self.issues if BY_CODE[code].severity != Severity.ERROR]

    @property
    def score(self) -> int:
        """100 when nothing is missing."""
        return 100 - sum(BY_CODE[code].weight for code in self.issues)


def compute(
    *, product_ids: Collection[int], market_ids: Collection[int], only_wished: bool = False
) -> list[Readiness]:
    """Compute, without writing. ``only_wished``: where there is a price or a listing."""
    if not product_ids or not market_ids:
        return []
    facts = _Facts(list(product_ids), list(market_ids))
    return [
        facts.judge(product, market)
        for product in facts.products
        for market in facts.markets
        if not only_wished or (product, market) in facts.wished
    ]


class _Facts:
    """What is known of some products: one plain statement per table, put together here.

    A single statement over eight tables depends on statistics that a large import has just made wrong.
    """

    def __init__(self, product_ids: list[int], market_ids: list[int]) -> None:
        self.closed, self.streams = _categories()
        self.markets = {
            pk: (country, currency, languages[0] if languages else "", is_open)
            for pk, country, currency, languages, is_open in Market.objects.filter(
                pk__in=market_ids
            ).values_list("pk", "country", "currency", "languages", "is_open")
        }
        self.products: dict[int, tuple[int, int | None, bool]] = {
            pk: (merchant, category, not all(safety.get(key) for key in _MANUFACTURER))
            for pk, merchant, category, safety in _rows(
                "SELECT id, merchant_id, category_id, safety::text FROM catalog_product "
                "WHERE id = ANY(%s) ORDER BY id",
                product_ids,
            )
            for safety in [json.loads(safety)]
        }
        self.epr_held = epr.held_streams(
            merchant_ids=sorted({merchant for merchant, *_rest in self.products.values()}),
            on=timezone.localdate(),
        )
        self._read_variants(product_ids, market_ids)
        self.texts = {
            (product, language): (status, has_description)
            for product, language, status, has_description in _rows(
                "SELECT product_id, language, status, description <> '' FROM catalog_producttext "
                "WHERE product_id = ANY(%s) AND (NOT is_machine_made OR accepted_at IS NOT NULL)",
                product_ids,
            )
        }
        self.pictured = {
            row[0]
            for row in _rows("SELECT product_id FROM catalog_media WHERE product_id = ANY(%s)", product_ids)
        }
        listed = _rows(
            "SELECT product_id, market_id FROM catalog_listing WHERE product_id = ANY(%s)", product_ids
        )
        self.wished = {(product, market) for product, market in listed} | {
            (product, market) for product, market, _currency in self.priced
        }

    def _read_variants(self, product_ids: list[int], market_ids: list[int]) -> None:
        self.active: set[int] = set()
        self.nameless: set[int] = set()
        product_of: dict[int, int] = {}
        on_sale: set[int] = set()
        for pk, product, is_active, is_nameless in _rows(
            "SELECT id, product_id, is_active, gtin = '' AND gtin_reason = '' FROM catalog_variant "
            "WHERE product_id = ANY(%s)",
            product_ids,
        ):
            product_of[pk] = product
            if is_active:
                self.active.add(product)
                on_sale.add(pk)
            if is_nameless:
                self.nameless.add(product)
        self.priced = {
            (product_of[variant], market, currency)
            for variant, market, currency in _rows(
                "SELECT variant_id, market_id, currency FROM catalog_price "
                "WHERE variant_id = ANY(%s) AND ends_at IS NULL",
                list(product_of),
            )
            if variant in on_sale
        }
        self.stocked = {
            product_of[variant]
            for (variant,) in _rows(
                "SELECT variant_id FROM catalog_stocklevel "
                "WHERE variant_id = ANY(%s) AND on_hand - reserved - safety > 0",
                list(product_of),
            )
        }

    def judge(self, product: int, market: int) -> Readiness:
        country, currency, language, is_open = self.markets[market]
        merchant, category, no_manufacturer = self.products[product]
        text = self.texts.get((product, language))
        found = {
            "no_title": text is None,
            "no_price": (product, market, currency) not in self.priced,
            "no_category": category is None,
            "closed_country": country in self.closed.get(category, frozenset()),
            "no_epr": self._lacks_epr(merchant, category, country),
            "market_closed": not is_open,
            "no_variant": product not in self.active,
            "no_description": text is None or not text[1],
            "outdated_text": text is not None and text[0] == TextStatus.OUTDATED,
            "no_picture": product not in self.pictured,
            "no_manufacturer": no_manufacturer,
            "no_stock": product not in self.stocked,
            "no_gtin": product in self.nameless,
        }
        return Readiness(product, market, country, tuple(rule.code for rule in RULES if found[rule.code]))

    def _lacks_epr(self, merchant: int, category: int | None, country: str) -> bool:
        held = self.epr_held.get(merchant, set())
        asked = epr_registers.asked_of(self.streams.get(category, []), country)
        return any((country, stream) not in held for stream in asked)


def _rows(sql: str, keys: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys])
        return list(cursor.fetchall())


@transaction.atomic
def refresh(*, product_ids: Collection[int], at: datetime, market_ids: Collection[int] | None = None) -> int:
    """Write the snapshot of products in their markets; answers how many listings were looked at."""
    with connection.cursor() as cursor:
        if market_ids is None:
            cursor.execute("SELECT id FROM catalog_market")
            market_ids = [row[0] for row in cursor.fetchall()]
        found = compute(product_ids=product_ids, market_ids=market_ids, only_wished=True)
        if not found:
            return 0
        # Few answers, many listings: each is written out once.
        known = {answer.issues: _json(answer.blockers) for answer in found}
        cursor.execute(
            _SNAPSHOT,
            [
                [answer.product_id for answer in found],
                [answer.market_id for answer in found],
                [known[answer.issues] for answer in found],
                [answer.score for answer in found],
            ],
        )
    return len(found)


def refresh_merchant(*, merchant_id: int, at: datetime, beat: Callable[[], None]) -> None:
    """Write the snapshot of all products of a merchant, in batches; ``beat`` is called before each."""
    products = list(
        Product.objects.for_merchant(merchant_id)
        .exclude(status=ProductStatus.ARCHIVED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for start in range(0, len(products), BATCH):
        beat()
        refresh(product_ids=products[start : start + BATCH], at=at)


def _json(codes: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in codes) + "]"


def _categories() -> tuple[dict[int | None, frozenset[str]], dict[int | None, list[str]]]:
    """Return, for each category, the countries that it or one above it is closed to, and its EPR streams."""
    closed: dict[str, frozenset[str]] = {}
    by_id: dict[int | None, frozenset[str]] = {}
    streams: dict[int | None, list[str]] = {}
    for pk, path, countries, touched in Category.objects.order_by("path").values_list(
        "pk", "path", "closed_countries", "epr_streams"
    ):
        streams[pk] = touched
        above = path.rstrip("/").rpartition("/")[0]
        closed[path] = frozenset(countries) | (closed.get(above + "/", frozenset()) if above else frozenset())
        by_id[pk] = closed[path]
    return by_id, streams


def by_market(*, merchant_id: int) -> dict[int, tuple[int, int, int]]:
    """Return, for each market, how many products are listed, ready and on sale."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.market_id, count(*), count(*) FILTER (WHERE l.blockers = '[]'::jsonb),
                   count(*) FILTER (WHERE l.status = 'published' AND p.status = 'live')
            FROM catalog_listing l JOIN catalog_product p ON p.id = l.product_id AND p.status <> 'archived'
            WHERE p.merchant_id = %s GROUP BY l.market_id
            """,
            [merchant_id],
        )
        return {market: (listed, ready, on_sale) for market, listed, ready, on_sale in cursor.fetchall()}
