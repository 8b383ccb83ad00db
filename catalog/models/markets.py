"""Where goods are sold, and what that country asks."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import VatClass
from core.models import BaseModel


class Market(BaseModel):
    """A country where buyers shop, with its currency and languages."""

    merchant_path: ClassVar[str | None] = None

    country = models.CharField(_("country"), max_length=2, unique=True)
    currency = models.CharField(_("currency, ISO 4217"), max_length=3)
    languages = models.JSONField(_("languages, the first one required"), default=list)
    time_zone = models.CharField(_("time zone"), max_length=40)
    in_union = models.BooleanField(_("in the European Union"))
    is_open = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        ordering = ["country"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$", currency__regex=r"^[A-Z]{3}$"),
                name="catalog_market_iso_codes",
            )
        ]

    def __str__(self) -> str:
        return self.country


class VatRate(BaseModel):
    """The VAT rate, in percent, of a class of goods in a market, from a day on."""

    merchant_path: ClassVar[str | None] = None

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="vat_rates")
    vat_class = models.CharField(_("class"), max_length=10, choices=VatClass)
    rate = models.DecimalField(_("rate, %"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("from"))

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "vat_class", "valid_from"], name="catalog_vatrate_once"
            ),
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lt=100), name="catalog_vatrate_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market}, {self.get_vat_class_display()}"


class ExchangeRate(BaseModel):
    """How much of a currency one euro buys, on a day (the European Central Bank's convention)."""

    merchant_path: ClassVar[str | None] = None

    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("units for one euro"), max_digits=16, decimal_places=6)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="catalog_exchangerate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="catalog_exchangerate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
