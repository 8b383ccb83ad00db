"""What keeps a product from being sold in a market, and what would make it sell better.

One statement finds the facts of any number of products and markets; ``RULES`` say what they mean.
``Listing.blockers`` and ``Listing.score`` keep the answer for lists and counts.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import Severity
from catalog.models import Category


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
BY_CODE = {rule.code: rule for rule in RULES}

_FACTS = """
SELECT p.id AS product_id, m.id AS market_id, m.country, p.category_id,
    (title.product_id IS NULL) AS no_title,
    (NOT COALESCE(priced.found, false)) AS no_price,
    (p.category_id IS NULL) AS no_category,
    (NOT m.is_open) AS market_closed,
    (NOT COALESCE(stock.active, false)) AS no_variant,
    (COALESCE(title.description, '') = '') AS no_description,
    (COALESCE(title.status, '') = 'outdated') AS outdated_text,
    (NOT EXISTS (SELECT 1 FROM catalog_media i WHERE i.product_id = p.id)) AS no_picture,
    (COALESCE(p.safety->>'manufacturer', '') = '' OR COALESCE(p.safety->>'address', '') = ''
        OR COALESCE(p.safety->>'contact', '') = '') AS no_manufacturer,
    (NOT COALESCE(stock.found, false)) AS no_stock,
    COALESCE(stock.nameless, false) AS no_gtin
FROM catalog_product p
{pairs}
LEFT JOIN catalog_producttext title ON title.product_id = p.id AND title.language = m.languages->>0
    AND (NOT title.is_machine_made OR title.accepted_at IS NOT NULL)
LEFT JOIN LATERAL (
    SELECT true AS found FROM catalog_variant v JOIN catalog_price c ON c.variant_id = v.id
    WHERE v.product_id = p.id AND v.is_active AND c.market_id = m.id AND c.ends_at IS NULL
        AND c.currency = m.currency LIMIT 1
) priced ON true
LEFT JOIN LATERAL (
    SELECT bool_or(v.is_active) AS active,
           bool_or(v.gtin = '' AND v.gtin_reason = '') AS nameless,
           bool_or(EXISTS (SELECT 1 FROM catalog_stocklevel s WHERE s.variant_id = v.id
                           AND s.on_hand - s.reserved - s.safety > 0)) AS found
    FROM catalog_variant v WHERE v.product_id = p.id
) stock ON true
WHERE p.id = ANY(%(products)s)
"""
# With a price, or a listing already: where the merchant has shown the wish to sell.
_WISHED = """
JOIN catalog_market m ON m.id = ANY(%(markets)s) AND (
    EXISTS (SELECT 1 FROM catalog_listing l WHERE l.product_id = p.id AND l.market_id = m.id)
    OR EXISTS (SELECT 1 FROM catalog_variant v JOIN catalog_price c ON c.variant_id = v.id
               WHERE v.product_id = p.id AND c.market_id = m.id AND c.ends_at IS NULL))
"""
_ALL = "JOIN catalog_market m ON m.id = ANY(%(markets)s)"

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
    closed = _closed_countries()
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS.format(pairs=_WISHED if only_wished else _ALL),
            {"products": list(product_ids), "markets": list(market_ids)},
        )
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    found = []
    for row in rows:
        row["closed_country"] = row["country"] in closed.get(row["category_id"], frozenset())
        issues = tuple(rule.code for rule in RULES if row[rule.code])
        found.append(Readiness(row["product_id"], row["market_id"], row["country"], issues))
    return found


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


def _json(codes: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in codes) + "]"


def _closed_countries() -> dict[int | None, frozenset[str]]:
    """Return, for each category, the countries that it or a category above it is closed to."""
    closed: dict[str, frozenset[str]] = {}
    by_id: dict[int | None, frozenset[str]] = {}
    for pk, path, countries in Category.objects.order_by("path").values_list(
        "pk", "path", "closed_countries"
    ):
        above = path.rstrip("/").rpartition("/")[0]
        closed[path] = frozenset(countries) | (closed.get(above + "/", frozenset()) if above else frozenset())
        by_id[pk] = closed[path]
    return by_id


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
