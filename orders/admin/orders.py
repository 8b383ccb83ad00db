"""Orders as the desk sees them: found by any number, with their whole course."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin import ReadOnlyAdmin
from core.models import Event
from core.refusals import Refusal
from orders.enums import OrderStatus
from orders.forms import ReasonForm
from orders.models import MerchantOrder, Order
from orders.services import acceptance, explain
from orders.transitions import Actor


@admin.register(MerchantOrder)
class MerchantOrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "merchant", "shown_status", "total", "currency", "placed_at", "accept_until")
    list_filter = ("status", "currency", "order__market")
    list_select_related = ("merchant",)
    search_fields = (
        "=number",
        "=order__number",
        "=order__reference",
        "=parcels__tracking_number",
        "=public_id",
        "merchant__store_name",
    )
    search_help_text = _("Order, parcel, reference or tracking number")
    ordering = ("-placed_at",)
    date_hierarchy = "placed_at"
    readonly_fields = ("course",)
    actions = ("accept", "refuse", "cancel")

    @display(  # type: ignore[untyped-decorator]
        description=_("status"),
        ordering="status",
        # Unfold prints the bare code of what has no colour.
        label={
            **dict.fromkeys(OrderStatus, "info"),
            OrderStatus.WAITING_ACCEPTANCE: "warning",
            OrderStatus.CLOSED: "success",
            OrderStatus.REFUSED: "danger",
            OrderStatus.CANCELLED: "danger",
            OrderStatus.LOST: "danger",
        },
    )
    def shown_status(self, order: MerchantOrder) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @admin.display(description=_("steps"))
    def course(self, order: MerchantOrder) -> SafeString:
        """Draw the order's steps, lines, parcels, events and money."""
        entries = order.ledger_entries.prefetch_related("lines__account").order_by("pk")
        return render_to_string(
            "admin/orders/course.html",
            {
                "order": order,
                "steps": order.transitions.select_related("actor"),
                "lines": order.lines.all(),
                "parcels": order.parcels.select_related("carrier").prefetch_related("events"),
                "events": Event.objects.filter(
                    subject_type="merchantorder", subject_id=order.public_id
                ).select_related("actor"),
                "entries": entries,
                "money": explain.order(order, entries),
                "payments": order.order.payments.all(),
            },
        )

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_merchantorder")

    @admin.action(description=_("Accept for the merchant"), permissions=["act"])
    def accept(self, request: HttpRequest, queryset: QuerySet[MerchantOrder]) -> None:
        def act(order: MerchantOrder) -> MerchantOrder:
            return acceptance.accept(merchant_order_id=order.pk, by=request.user, at=timezone.now())

        self._each(request, queryset, act)

    @admin.action(description=_("Refuse for the merchant…"), permissions=["act"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[MerchantOrder]) -> HttpResponse | None:
        def act(order: MerchantOrder, reason: str) -> MerchantOrder:
            return acceptance.refuse(
                merchant_order_id=order.pk, reason=reason, by=request.user, at=timezone.now()
            )

        return self._end(request, queryset, "refuse", Actor.MERCHANT, act)

    @admin.action(description=_("Cancel for the buyer…"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[MerchantOrder]) -> HttpResponse | None:
        def act(order: MerchantOrder, reason: str) -> MerchantOrder:
            return acceptance.cancel(
                merchant_order_id=order.pk,
                actor=Actor.CHANNEL,
                reason=reason,
                by=request.user,
                at=timezone.now(),
            )

        return self._end(request, queryset, "cancel", Actor.CHANNEL, act)

    def _end(
        self,
        request: HttpRequest,
        queryset: QuerySet[MerchantOrder],
        action: str,
        actor: Actor,
        act: Callable[[MerchantOrder, str], MerchantOrder],
    ) -> HttpResponse | None:
        """Ask why, then do it: the reason is what the merchant and the buyer read."""
        form = ReasonForm(request.POST if "asked" in request.POST else None, action=action, actor=actor)
        if form.is_valid():
            self._each(request, queryset, lambda order: act(order, form.cleaned_data["reason"]))
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Refuse for the merchant") if action == "refuse" else _("Cancel for the buyer"),
            "form": form,
            "action": action,
            "orders": queryset.order_by("pk"),
        }
        return TemplateResponse(
            request, "admin/orders/reason.html", context, status=422 if form.errors else 200
        )

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[MerchantOrder],
        act: Callable[[MerchantOrder], MerchantOrder],
    ) -> None:
        """Do it to each order on its own, telling what came of it."""
        for order in queryset.order_by("pk"):
            try:
                moved = act(order)
            except Refusal as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            else:
                text = _("Order %(number)s is now “%(status)s”.")
                values = {"number": moved.number, "status": OrderStatus(moved.status).label}
                self.message_user(request, str(text) % values, messages.SUCCESS)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "reference", "channel", "market", "total", "currency", "placed_at")
    list_filter = ("channel", "market", "delivery")
    list_select_related = ("channel", "market")
    search_fields = ("=number", "=reference", "=public_id", "=parts__number")
    ordering = ("-placed_at",)
