"""What is sold, and how it is told in each language."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import GtinReason, ProductStatus, TextStatus
from catalog.models.categories import Category
from core.audit import tracked
from core.models import BaseModel, PublicModel
from merchants.models import Merchant


@tracked(exclude=["search"])
class Product(PublicModel):
    """A thing that is sold, in one or several variants.

    ``reference`` is the merchant's own name for it; what can be bought are its variants, by their SKU.
    ``safety`` holds the GPSR data (manufacturer, responsible person, warnings), ``qualities`` the AGEC ones.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="products")
    reference = models.CharField(_("reference"), max_length=60)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    schema_version = models.PositiveIntegerField(default=1)
    status = models.CharField(_("status"), max_length=10, choices=ProductStatus, default=ProductStatus.DRAFT)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    source_language = models.CharField(_("source language"), max_length=10, default="fr")
    origin_country = models.CharField(_("country of origin"), max_length=2, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict)
    safety = models.JSONField(_("safety information"), default=dict)
    qualities = models.JSONField(_("environmental qualities"), default=dict)
    search = SearchVectorField(null=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="catalog_product_list"),
            GinIndex(fields=["search"], name="catalog_product_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "reference"], name="catalog_product_reference_once"),
            models.CheckConstraint(
                condition=models.Q(status=ProductStatus.ARCHIVED, archived_at__isnull=False)
                | (~models.Q(status=ProductStatus.ARCHIVED) & models.Q(archived_at__isnull=True)),
                name="catalog_product_archived_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@tracked
class ProductText(BaseModel):
    """A product told in one language.

    ``source_hash`` is the hash of the source texts that a translation was made from: another hash means
    that it is outdated. A machine's text is published only once ``accepted_by`` is set.
    """

    merchant_path: ClassVar[str | None] = "product__merchant"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    bullets = models.JSONField(_("key points"), default=list)
    slug = models.SlugField(_("address"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=TextStatus, default=TextStatus.HUMAN)
    source_hash = models.CharField(max_length=64, blank=True)
    is_machine_made = models.BooleanField(_("machine-made"), default=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="catalog_producttext_once"),
            models.CheckConstraint(condition=~models.Q(title=""), name="catalog_producttext_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class Variant(PublicModel):
    """What a buyer can buy. Mass in grams, dimensions in millimetres, packed."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="variants")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField("SKU", max_length=60)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    gtin_reason = models.CharField(_("why no GTIN"), max_length=12, choices=GtinReason, blank=True)
    axes = models.JSONField(_("what distinguishes it"), default=dict)
    weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length, mm"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width, mm"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height, mm"), null=True, blank=True)
    cost = models.DecimalField(
        _("purchase price, EUR"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    batch = models.CharField(_("batch"), max_length=40, blank=True)
    produced_on = models.DateField(_("produced on"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(
                fields=["merchant", "gtin"], condition=~models.Q(gtin=""), name="catalog_variant_gtin"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sku"], name="catalog_variant_sku_once"),
            models.CheckConstraint(
                condition=models.Q(gtin="") | models.Q(gtin__regex=r"^(\d{8}|\d{12}|\d{13}|\d{14})$"),
                name="catalog_variant_gtin_length",
            ),
            models.CheckConstraint(condition=~models.Q(sku=""), name="catalog_variant_has_sku"),
        ]

    def __str__(self) -> str:
        return self.sku


class Media(PublicModel):
    """A picture of a product. ``renditions`` maps a width in pixels to a stored file."""

    merchant_path: ClassVar[str | None] = "product__merchant"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="media")
    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(_("width, px"))
    height = models.PositiveIntegerField(_("height, px"))
    alt_texts = models.JSONField(_("alternative texts by language"), default=dict)
    renditions = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["product", "sha256"], name="catalog_media_once")]

    def __str__(self) -> str:
        return self.file.name or ""


class ModerationCase(PublicModel):
    """A moderator's reading of a product before, or after, it is published."""

    merchant_path: ClassVar[str | None] = "product__merchant"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="moderation_cases")
    reason = models.CharField(_("why it is read"), max_length=60)
    is_refused = models.BooleanField(_("refused"), null=True, blank=True)
    text = models.TextField(_("text for the merchant"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("moderation case")
        verbose_name_plural = _("moderation cases")
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(decided_at__isnull=True),
                name="catalog_moderationcase_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, is_refused__isnull=True, decided_by__isnull=True)
                | models.Q(decided_at__isnull=False, is_refused__isnull=False, decided_by__isnull=False),
                name="catalog_moderationcase_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)
