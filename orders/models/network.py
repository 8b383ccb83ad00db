"""Carriers, and the points where buyers collect their parcels."""

from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from catalog.models import Location
from core.audit import tracked
from core.models import BaseModel, PublicModel
from orders.enums import PointKind, PointStatus, RefreshStatus
from partners.models import Application


@tracked
class Carrier(PublicModel):
    """Who transports parcels. ``application`` is the system that tells us where they are.

    ``days_domestic`` and ``days_abroad`` are the working days from hand-over to the pickup point or the door.
    """

    merchant_path: ClassVar[str | None] = None

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="carrier"
    )
    adapter = models.CharField(_("adapter"), max_length=40)
    tracking_url = models.CharField(_("tracking page"), max_length=200, blank=True)
    days_domestic = models.PositiveSmallIntegerField(
        _("working days within a country"), null=True, blank=True, help_text=_("Empty: nothing is promised.")
    )
    days_abroad = models.PositiveSmallIntegerField(
        _("working days across a border"), null=True, blank=True, help_text=_("Empty: nothing is promised.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")

    def __str__(self) -> str:
        return self.name


class PickupNetwork(PublicModel):
    """A set of pickup points that one carrier serves and one source describes."""

    merchant_path: ClassVar[str | None] = None

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="networks")
    refreshed_at = models.DateTimeField(_("refreshed"), null=True, blank=True)

    class Meta:
        verbose_name = _("pickup network")
        verbose_name_plural = _("pickup networks")

    def __str__(self) -> str:
        return self.name


class PickupPoint(PublicModel):
    """A place where a buyer collects a parcel.

    Coordinates are degrees of WGS 84. ``x`` and ``y`` are the same in metres of the spherical Mercator
    projection: a GiST index on them finds the nearest. ``opening_hours`` follows OpenStreetMap's syntax;
    empty means unknown. Weights in grams, dimensions in millimetres; no limit known means none applied.
    """

    merchant_path: ClassVar[str | None] = None

    network = models.ForeignKey(PickupNetwork, on_delete=models.PROTECT, related_name="points")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=15, choices=PointKind)
    status = models.CharField(_("status"), max_length=10, choices=PointStatus, default=PointStatus.OPEN)
    street = models.CharField(_("street"), max_length=200, blank=True)
    street2 = models.CharField(_("address, continued"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("town"), max_length=100)
    country = models.CharField(_("country"), max_length=2)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    x = models.FloatField(editable=False)
    y = models.FloatField(editable=False)
    opening_hours = models.TextField(_("opening hours"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    services = models.JSONField(_("services"), default=list)
    max_weight_g = models.PositiveIntegerField(_("heaviest parcel, g"), null=True, blank=True)
    max_side_mm = models.PositiveIntegerField(_("longest side, mm"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    load = models.IntegerField(_("places taken"), default=0)
    location = models.OneToOneField(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="pickup_point"
    )
    source_hash = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("pickup point")
        verbose_name_plural = _("pickup points")
        indexes = [
            models.Index(fields=["country", "postcode"], name="orders_pickuppoint_postcode"),
            models.Index("country", Upper("city"), name="orders_pickuppoint_town"),
            GistIndex(
                Func(F("x"), F("y"), function="point"),
                name="orders_pickuppoint_nearest",
                condition=Q(status=PointStatus.OPEN),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], name="orders_pickuppoint_once"),
            models.CheckConstraint(
                condition=Q(latitude__gte=-85, latitude__lte=85, longitude__gte=-180, longitude__lte=180)
                & ~Q(latitude=0, longitude=0),
                name="orders_pickuppoint_on_earth",
            ),
            models.CheckConstraint(condition=Q(load__gte=0), name="orders_pickuppoint_load_not_negative"),
            models.CheckConstraint(
                condition=Q(status=PointStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=PointStatus.CLOSED) & Q(closed_at__isnull=True)),
                name="orders_pickuppoint_closed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class PointRefresh(PublicModel):
    """One reading of a network's source: what it opened, changed and closed, and what it refused.

    ``kept`` holds what was read while the refresh waits for somebody to confirm it.
    """

    merchant_path: ClassVar[str | None] = None

    network = models.ForeignKey(PickupNetwork, on_delete=models.CASCADE, related_name="refreshes")
    status = models.CharField(_("status"), max_length=12, choices=RefreshStatus)
    source = models.CharField(_("source"), max_length=200)
    read = models.PositiveIntegerField(_("read"), default=0)
    opened = models.PositiveIntegerField(_("opened"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    closed = models.PositiveIntegerField(_("closed"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    refusals = models.JSONField(_("why"), default=list)
    kept = models.FileField(_("what was read"), max_length=200, blank=True, upload_to="refreshes/")

    class Meta:
        verbose_name = _("refresh of a network")
        verbose_name_plural = _("refreshes of networks")

    def __str__(self) -> str:
        return f"{self.network} {self.created_at:%Y-%m-%d}"


class HoldingPeriod(BaseModel):
    """How many calendar days a network keeps a parcel at a kind of point, from a day on."""

    merchant_path: ClassVar[str | None] = None

    network = models.ForeignKey(PickupNetwork, on_delete=models.CASCADE, related_name="holding_periods")
    kind = models.CharField(_("kind of point"), max_length=15, choices=PointKind)
    days = models.PositiveSmallIntegerField(_("days"))
    valid_from = models.DateField(_("from"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("holding period")
        verbose_name_plural = _("holding periods")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "kind", "valid_from"], name="orders_holdingperiod_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.kind}: {self.days}"
