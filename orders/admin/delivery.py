"""Networks and carriers at the desk: their health, what waits for a decision, what a parcel went through."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from orders.enums import ParcelStatus, PointStatus, RefreshStatus
from orders.models import (
    Carrier,
    HoldingPeriod,
    Parcel,
    PickupNetwork,
    PickupPoint,
    PointRefresh,
    TrackingEvent,
)
from orders.services import points

OPEN = Q(points__status=PointStatus.OPEN)


class HoldingPeriods(TabularInline):
    model = HoldingPeriod
    fields = ("kind", "days", "valid_from", "source")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Carrier)
class CarrierAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "adapter", "application", "is_active", "under_way", "unmapped")
    list_select_related = ("application",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Carrier]:
        ended = [ParcelStatus.DELIVERED, ParcelStatus.RETURNED, ParcelStatus.LOST, ParcelStatus.CANCELLED]
        return (
            super()
            .get_queryset(request)
            .annotate(
                number_under_way=Count("parcels", filter=~Q(parcels__status__in=ended), distinct=True),
                number_unmapped=Count("parcels__events", filter=Q(parcels__events__status=""), distinct=True),
            )
        )

    @admin.display(description=_("parcels under way"), ordering="number_under_way")
    def under_way(self, carrier: Any) -> int:
        return int(carrier.number_under_way)

    @admin.display(description=_("scans not mapped"), ordering="number_unmapped")
    def unmapped(self, carrier: Any) -> int:
        return int(carrier.number_unmapped)


@admin.register(PickupNetwork)
class PickupNetworkAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "carrier", "open_points", "with_hours", "age")
    list_select_related = ("carrier",)
    inlines = (HoldingPeriods,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PickupNetwork]:
        networks = super().get_queryset(request)
        return networks.annotate(
            number_open=Count("points", filter=OPEN),
            number_with_hours=Count("points", filter=OPEN & ~Q(points__opening_hours="")),
        )

    @admin.display(description=_("open points"), ordering="number_open")
    def open_points(self, network: Any) -> int:
        return int(network.number_open)

    @admin.display(description=_("with opening hours"))
    def with_hours(self, network: Any) -> str:
        if not network.number_open:
            return "–"
        return f"{network.number_with_hours / network.number_open:.0%}".replace("%", "\u00a0%")

    @admin.display(description=_("age of the data"), ordering="refreshed_at")
    def age(self, network: PickupNetwork) -> str:
        return timesince(network.refreshed_at) if network.refreshed_at else "–"


@admin.register(PickupPoint)
class PickupPointAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "network", "kind", "status", "postcode", "city", "country", "load")
    list_filter = ("status", "kind", "network", "country")
    list_select_related = ("network",)
    search_fields = ("=code", "=postcode", "city", "name")
    show_full_result_count = False


@admin.register(PointRefresh)
class PointRefreshAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "network", "status", "read", "opened", "changed", "closed", "refused")
    list_filter = ("status", "network")
    list_select_related = ("network",)
    ordering = ("-pk",)
    actions = ("confirm_refreshes", "dismiss_refreshes")
    exclude = ("kept",)

    @admin.action(description=_("Apply this refresh"), permissions=["decide"])
    def confirm_refreshes(self, request: HttpRequest, refreshes: QuerySet[PointRefresh]) -> None:
        self._decide(request, points.confirm, refreshes)

    @admin.action(description=_("Keep the points as they are"), permissions=["decide"])
    def dismiss_refreshes(self, request: HttpRequest, refreshes: QuerySet[PointRefresh]) -> None:
        self._decide(request, points.dismiss, refreshes)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("orders.change_pointrefresh"))

    def _decide(self, request: HttpRequest, decide: Any, refreshes: QuerySet[PointRefresh]) -> None:
        for key in refreshes.order_by("pk").values_list("pk", flat=True):
            try:
                report = decide(refresh_id=key, by=request.user, at=timezone.now())
            except Refusal as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            else:
                self.message_user(request, f"{report.network}: {RefreshStatus(report.status).label}")


class TrackingEvents(TabularInline):
    model = TrackingEvent
    fields = ("happened_at", "received_at", "code", "status", "place", "raw")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Parcel)
class ParcelAdmin(ReadOnlyAdmin):
    list_display = ("tracking_number", "merchant", "carrier", "status", "handed_over_at", "pickup_until")
    list_filter = ("status", "carrier")
    list_select_related = ("merchant", "carrier")
    search_fields = ("=tracking_number", "=merchant_order__number")
    exclude = ("tracking_token", "collection_code", "label")
    inlines = (TrackingEvents,)
