"""Parcels, and what carriers say of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel
from core.models.trail import append_only_triggers
from merchants.models import Merchant
from orders.enums import ParcelStatus
from orders.models.network import Carrier, PickupPoint
from orders.models.orders import MerchantOrder, OrderLine


@tracked
class Parcel(PublicModel):
    """A parcel of a merchant's order. ``tracking_token`` opens the public tracking page and nothing else."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.PROTECT, related_name="parcels")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="parcels")
    pickup_point = models.ForeignKey(
        PickupPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="parcels"
    )
    status = models.CharField(
        _("status"), max_length=20, choices=ParcelStatus, default=ParcelStatus.ANNOUNCED
    )
    tracking_number = models.CharField(_("tracking number"), max_length=40)
    tracking_token = models.CharField(max_length=43, unique=True)
    collection_code = models.CharField(_("collection code"), max_length=8, blank=True)
    weight_g = models.PositiveIntegerField(_("weight, g"))
    label = models.FileField(_("label"), max_length=200, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("at the pickup point since"), null=True, blank=True)
    pickup_until = models.DateField(_("collect before"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes = [models.Index(fields=["carrier", "status", "id"], name="orders_parcel_of_carrier")]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "tracking_number"], name="orders_parcel_number_once"),
            models.CheckConstraint(condition=Q(weight_g__gt=0), name="orders_parcel_weighs"),
            models.CheckConstraint(
                condition=~Q(status=ParcelStatus.DELIVERED) | Q(delivered_at__isnull=False),
                name="orders_parcel_delivered_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status=ParcelStatus.AT_PICKUP_POINT) | Q(arrived_at__isnull=False),
                name="orders_parcel_arrived_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number


class ParcelLine(BaseModel):
    """How many of a line are in a parcel."""

    merchant_path: ClassVar[str | None] = "parcel__merchant"

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="parcel_lines")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("parcel line")
        verbose_name_plural = _("parcel lines")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="orders_parcelline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_parcelline_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class TrackingEvent(PublicModel):
    """One scan, as the carrier sent it and as we read it. Rows are only added.

    ``carrier_event_id`` makes a repeated event harmless; ``status`` is empty when the code is not mapped.
    """

    merchant_path: ClassVar[str | None] = "parcel__merchant"

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    carrier_event_id = models.CharField(_("carrier's event"), max_length=80)
    code = models.CharField(_("carrier's code"), max_length=40)
    status = models.CharField(_("read as"), max_length=20, choices=ParcelStatus, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"))
    raw = models.JSONField(_("as received"), default=dict)

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        triggers = append_only_triggers()
        ordering = ["happened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "carrier_event_id"], name="orders_trackingevent_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.happened_at:%Y-%m-%d %H:%M}"
