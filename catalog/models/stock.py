"""How many are left, and where."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.enums import LocationKind, StockCause
from catalog.models.products import Variant
from core.audit import tracked
from core.models import BaseModel, PublicModel
from core.models.trail import append_only_triggers
from merchants.models import Merchant


@tracked
class Location(PublicModel):
    """A place where a merchant keeps goods. Orders take from the lowest ``priority`` first."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=LocationKind, default=LocationKind.WAREHOUSE)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["priority", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="catalog_location_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class StockLevel(BaseModel):
    """How many of a variant lie at a location. For sale: on hand, less reserved, less safety.

    ``version`` grows with each change, so that a stale write can be refused. The movements are its history.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_levels")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_levels")
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    safety = models.IntegerField(_("safety stock"), default=0)
    reorder_point = models.IntegerField(_("reorder point"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name="catalog_stocklevel_once"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0, reserved__gte=0, safety__gte=0),
                name="catalog_stocklevel_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand")), name="catalog_stocklevel_never_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant} @ {self.location}"

    @property
    def for_sale(self) -> int:
        """How many may still be sold; never negative."""
        return max(self.on_hand - self.reserved - self.safety, 0)


class StockMovement(BaseModel):
    """One change of a level. Rows are only added (a trigger refuses the rest)."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    level = models.ForeignKey(StockLevel, on_delete=models.CASCADE, related_name="movements")
    cause = models.CharField(_("cause"), max_length=10, choices=StockCause)
    on_hand_change = models.IntegerField(_("change on hand"), default=0)
    reserved_change = models.IntegerField(_("change reserved"), default=0)
    reference = models.UUIDField(_("order or import"), null=True, blank=True)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    moved_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        triggers = append_only_triggers()
        indexes = [models.Index(fields=["level", "-moved_at"], name="catalog_stockmovement_latest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(on_hand_change=0, reserved_change=0), name="catalog_stockmovement_moves"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.on_hand_change:+d}/{self.reserved_change:+d}"
