"""What buyers read of a store: its page, its addresses, where returns go, when it is closed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel
from merchants.enums import ReturnZone
from merchants.models.store import Merchant


@tracked
class StorePage(BaseModel):
    """The logo, and when and in which languages buyers are answered.

    ``support_hours`` is in OpenStreetMap's opening_hours syntax, on the clock of the merchant's country.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="page")
    logo = models.FileField(_("logo"), upload_to="", max_length=200, blank=True)
    support_languages = models.JSONField(_("languages of the support"), default=list)
    support_hours = models.CharField(_("hours of the support"), max_length=200, blank=True)
    support_at = models.DateTimeField(_("support declared"), null=True, blank=True)

    class Meta:
        verbose_name = _("store page")
        verbose_name_plural = _("store pages")

    def __str__(self) -> str:
        return str(self.merchant)


@tracked
class StoreText(BaseModel):
    """How the store presents itself in one language."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="store_texts")
    language = models.CharField(_("language"), max_length=10)
    description = models.TextField(_("description"), blank=True)
    returns_policy = models.TextField(_("return policy"), blank=True)
    contact_policy = models.TextField(_("how to reach you"), blank=True)

    class Meta:
        verbose_name = _("store text")
        verbose_name_plural = _("store texts")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "language"], name="merchants_storetext_once")
        ]

    def __str__(self) -> str:
        return self.language


class StoreAddress(BaseModel):
    """Every address in links that a store has or had: a link that was given out keeps leading there."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="store_addresses")
    slug = models.SlugField(_("store address"), max_length=80, unique=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("store address")
        verbose_name_plural = _("store addresses")

    def __str__(self) -> str:
        return self.slug


@tracked
class ReturnsAddress(BaseModel):
    """Where buyers of a zone send goods back."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="returns_addresses")
    zone = models.CharField(_("zone"), max_length=10, choices=ReturnZone, default=ReturnZone.DEFAULT)
    name = models.CharField(_("name"), max_length=200)
    street = models.CharField(_("number and street"), max_length=200)
    street2 = models.CharField(_("address, continued"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("town"), max_length=100)
    country = models.CharField(_("country"), max_length=2)
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("returns address")
        verbose_name_plural = _("returns addresses")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "zone"], name="merchants_returnsaddress_once")
        ]

    def __str__(self) -> str:
        return f"{self.zone}: {self.city}"


@tracked
class Holiday(PublicModel):
    """A time when the store is closed: nothing is on sale, and deadlines that fall in it wait for its end."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="holidays")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        indexes = [models.Index(fields=["merchant", "ends_at"], name="merchants_holiday_current")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="merchants_holiday_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"
