"""Markets, categories and offers."""

from decimal import Decimal
from itertools import count

from django.utils import timezone

from catalog.enums import ListingStatus, PriceSource, ProductStatus
from catalog.models import (
    Category,
    Listing,
    Location,
    Market,
    Price,
    Product,
    ProductText,
    StockLevel,
    Variant,
)
from catalog.services import reference
from merchants.models import Merchant

_numbers = count(1)


def make_market(country: str = "FR") -> Market:
    """Answer the market of that country, as the reference data have it."""
    if not Market.objects.filter(country=country).exists():
        reference.load()
    return Market.objects.get(country=country)


def make_category(code: str = "linge-de-maison") -> Category:
    """Answer that category of the starter tree."""
    if not Category.objects.filter(code=code).exists():
        reference.load()
    return Category.objects.get(code=code)


def make_location(merchant: Merchant, name: str = "Entrepôt", **fields: object) -> Location:
    return Location.objects.get_or_create(merchant=merchant, name=name, defaults=fields)[0]


def make_offer(
    merchant: Merchant,
    sku: str | None = None,
    *,
    price: str | None = "12.90",
    country: str = "FR",
    stock: int = 10,
    title: str = "Torchon rayé",
    category: str = "linge-de-maison",
    published: bool = True,
) -> Variant:
    """Make a product of one variant that is on sale in a market, with stock in the merchant's warehouse."""
    sku = sku or f"SKU-{next(_numbers)}"
    market = make_market(country)
    now = timezone.now()
    product = Product.objects.create(
        merchant=merchant,
        reference=sku,
        category=make_category(category),
        status=ProductStatus.LIVE if published else ProductStatus.DRAFT,
    )
    ProductText.objects.create(product=product, language="fr", title=title)
    variant = Variant.objects.create(merchant=merchant, product=product, sku=sku, weight_g=200)
    Listing.objects.create(
        product=product,
        market=market,
        status=ListingStatus.PUBLISHED if published else ListingStatus.DRAFT,
        published_at=now if published else None,
    )
    if price is not None:
        Price.objects.create(
            merchant=merchant,
            variant=variant,
            market=market,
            amount=Decimal(price),
            currency=market.currency,
            source=PriceSource.MANUAL,
            starts_at=now,
        )
    if stock:
        StockLevel.objects.create(
            merchant=merchant, variant=variant, location=make_location(merchant), on_hand=stock
        )
    return variant
