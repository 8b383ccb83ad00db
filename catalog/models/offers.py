"""Where a product is sold, and at what price."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import ListingStatus, PriceSource
from catalog.models.markets import Market
from catalog.models.products import Product, Variant
from core.audit import tracked
from core.models import BaseModel, PublicModel
from merchants.models import Merchant


@tracked
class Listing(BaseModel):
    """A product in a market. ``blockers`` and ``score`` are a snapshot of what readiness computed."""

    merchant_path: ClassVar[str | None] = "product__merchant"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="listings")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="listings")
    status = models.CharField(_("status"), max_length=10, choices=ListingStatus, default=ListingStatus.DRAFT)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    visible_from = models.DateTimeField(_("visible from"), null=True, blank=True)
    visible_until = models.DateTimeField(_("visible until"), null=True, blank=True)
    blockers = models.JSONField(_("what blocks publication"), default=list)
    score = models.PositiveSmallIntegerField(_("quality"), default=0)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        indexes = [models.Index(fields=["market", "status", "product"], name="catalog_listing_on_sale")]
        constraints = [
            models.UniqueConstraint(fields=["product", "market"], name="catalog_listing_once"),
            models.CheckConstraint(
                condition=~models.Q(status=ListingStatus.PUBLISHED) | models.Q(published_at__isnull=False),
                name="catalog_listing_published_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(score__lte=100), name="catalog_listing_score_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.market}"


class Price(BaseModel):
    """What a variant costs in a market, VAT included, from a moment to another.

    A price is never changed: it is ended and another one begins, so that these rows are its history and
    the lowest price of the last 30 days (directive 98/6/EC, article 6a) is read from them.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("price, VAT included"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    strike_amount = models.DecimalField(
        _("strike-through price"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=10, choices=PriceSource)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        indexes = [models.Index(fields=["variant", "market", "-starts_at"], name="catalog_price_history")]
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "market"],
                condition=models.Q(ends_at__isnull=True),
                name="catalog_price_one_current",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="catalog_price_positive"),
            models.CheckConstraint(
                condition=models.Q(strike_amount__isnull=True)
                | models.Q(strike_amount__gt=models.F("amount")),
                name="catalog_price_strike_above",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
                name="catalog_price_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@tracked
class PriceRule(PublicModel):
    """How a merchant derives the prices of a market from its French ones.

    price = French price × exchange rate, re-taxed at the market's VAT, × (1 + ``margin_percent``), rounded
    up to end in ``ending`` (0.99, 0.90 or nothing).
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="price_rules")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    margin_percent = models.DecimalField(_("margin added, %"), max_digits=6, decimal_places=2, default=0)
    ending = models.DecimalField(_("ending"), max_digits=3, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "market"], name="catalog_pricerule_once"),
            models.CheckConstraint(
                condition=models.Q(margin_percent__gt=-100), name="catalog_pricerule_margin_possible"
            ),
            models.CheckConstraint(
                condition=models.Q(ending__isnull=True) | models.Q(ending__gte=0, ending__lt=1),
                name="catalog_pricerule_ending_is_fraction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market}"
