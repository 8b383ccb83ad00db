"""The category tree, and what a product of a category must tell."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import AttributeLevel, AttributeType, VatClass
from core.models import BaseModel, PublicModel


class Category(PublicModel):
    """A node of the tree. ``path`` is materialized: the codes of its line, a slash after each."""

    merchant_path: ClassVar[str | None] = None

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.SlugField(_("code"), max_length=60, unique=True)
    path = models.CharField(_("path"), max_length=400, unique=True)
    depth = models.PositiveSmallIntegerField(_("depth"), default=0)
    names = models.JSONField(_("names by language"), default=dict)
    vat_class = models.CharField(_("VAT class"), max_length=10, choices=VatClass, default=VatClass.STANDARD)
    commission_rate = models.DecimalField(
        _("commission, %"), max_digits=5, decimal_places=2, default=Decimal("8.00")
    )
    epr_streams = models.JSONField(_("EPR streams"), default=list)
    closed_countries = models.JSONField(_("markets where it may not be sold"), default=list)
    is_moderated = models.BooleanField(_("read by a moderator before publication"), default=False)
    schema_version = models.PositiveIntegerField(_("schema version"), default=1)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commission_rate__gte=0, commission_rate__lte=100),
                name="catalog_category_commission_is_percent",
            )
        ]

    def __str__(self) -> str:
        return self.name("fr")

    def name(self, language: str) -> str:
        """Return the name in that language, else in French, else the code."""
        return self.names.get(language) or self.names.get("fr") or self.code


class Attribute(BaseModel):
    """What products of a category, and of those below it, tell about themselves."""

    merchant_path: ClassVar[str | None] = None

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="attributes")
    code = models.SlugField(_("code"), max_length=60)
    names = models.JSONField(_("names by language"), default=dict)
    type = models.CharField(_("type"), max_length=10, choices=AttributeType)
    unit = models.CharField(_("unit, UN/CEFACT code"), max_length=10, blank=True)
    level = models.CharField(
        _("level"), max_length=12, choices=AttributeLevel, default=AttributeLevel.OPTIONAL
    )
    is_variant_axis = models.BooleanField(_("distinguishes variants"), default=False)
    choices = models.JSONField(_("allowed values: code and names by language"), default=list)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="catalog_attribute_once")]

    def __str__(self) -> str:
        return self.code
