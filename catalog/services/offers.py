"""What a sales channel may sell: variants on sale in a market, with text, price and quantity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from catalog.enums import ListingStatus, ProductStatus
from catalog.models import Listing, Market, Price, ProductText, StockLevel, Variant
from catalog.services import prices
from merchants.services import holidays, requirements, standing


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant on sale in a market. ``lowest_30_days``: directive 98/6/EC, article 6a."""

    id: UUID
    merchant: UUID
    merchant_name: str
    product: UUID
    sku: str
    gtin: str
    market: str
    language: str
    title: str
    description: str
    is_machine_made: bool
    price: Decimal
    currency: str
    strike_price: Decimal | None
    lowest_30_days: Decimal | None
    available: int


def on_sale(*, market: Market, at: datetime) -> "QuerySet[Variant]":
    """Return the variants on sale: live product, published listing in its window, price, and a merchant who
    is not on holiday and whom neither a measure nor its file keeps from selling there.
    """
    listings = Listing.objects.filter(
        Q(visible_from__isnull=True) | Q(visible_from__lte=at),
        Q(visible_until__isnull=True) | Q(visible_until__gt=at),
        market=market,
        status=ListingStatus.PUBLISHED,
    )
    priced = Price.objects.filter(market=market, ends_at__isnull=True, currency=market.currency)
    held = requirements.publication_holds(at=at).filter(Q(markets=[]) | Q(markets__contains=[market.country]))
    sold: QuerySet[Variant] = Variant.objects.filter(
        is_active=True,
        merchant__status__in=standing.SELLING,
        product__status=ProductStatus.LIVE,
        product__in=listings.values("product"),
        pk__in=priced.values("variant"),
    )
    kept_away = Q(merchant__in=holidays.current(at).values("merchant")) | Q(
        merchant__in=held.values("merchant")
    )
    barred = standing.barred_from(country=market.country, at=at)
    sold = sold.exclude(kept_away | Q(merchant__in=barred.values("merchant")))
    return sold.select_related("merchant", "product")


def describe(*, variants: Sequence[Variant], market: Market, language: str) -> list[Offer]:
    """Return the offers of a page, in a fixed number of statements.

    The text is in the language asked, else in the market's first, else the source; only accepted ones.
    """
    keys = [variant.pk for variant in variants]
    priced = {p.variant_id: p for p in Price.objects.filter(market=market, ends_at=None, variant__in=keys)}
    lowest = prices.lowest_of_30_days(variant_ids=keys, market_id=market.pk)
    levels = StockLevel.objects.filter(
        variant__in=keys, location__closed_at=None, on_hand__gt=F("reserved") + F("safety")
    )
    stock = dict(levels.values_list("variant").annotate(n=Sum(F("on_hand") - F("reserved") - F("safety"))))
    told: dict[int, dict[str, ProductText]] = {}
    accepted = Q(is_machine_made=False) | Q(accepted_at__isnull=False)
    for text in ProductText.objects.filter(accepted, product__in={v.product_id for v in variants}):
        told.setdefault(text.product_id, {})[text.language] = text
    offers = []
    for variant in variants:
        price = priced.get(variant.pk)
        texts = told.get(variant.product_id, {})
        wanted = (language, *market.languages, variant.product.source_language)
        text = next((texts[code] for code in wanted if code in texts), None)
        # Either may have gone since the page was read.
        if price is None or text is None:
            continue
        offers.append(
            Offer(
                variant.public_id,
                variant.merchant.public_id,
                variant.merchant.store_name,
                variant.product.public_id,
                variant.sku,
                variant.gtin,
                market.country,
                text.language,
                text.title,
                text.description,
                text.is_machine_made,
                price.amount,
                price.currency,
                price.strike_amount,
                lowest.get(variant.pk),
                stock.get(variant.pk, 0),
            )
        )
    return offers
