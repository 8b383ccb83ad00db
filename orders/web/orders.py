"""The merchant's orders: the list, one order, and what can be decided of it."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.refusals import Refusal
from core.web.components.lists import Chip
from core.web.components.names import country_name
from merchants.enums import Role
from merchants.web.access import may, member_required
from orders import transitions
from orders.enums import DeliveryKind, OrderStatus
from orders.forms import ReasonForm
from orders.models import Entry, MerchantOrder, OrderLine, Parcel
from orders.services import acceptance, buyers, explain, openings
from orders.transitions import FINAL, Actor
from orders.web import states

PER_PAGE = 50
MOST_TICKED = 500
WAITING = {"accept": (OrderStatus.WAITING_ACCEPTANCE,), "ship": (OrderStatus.ACCEPTED, OrderStatus.PREPARING)}
VIEWS: dict[str, tuple[Any, Q]] = {
    "accept": (gettext_lazy("To accept"), Q(status__in=WAITING["accept"])),
    "ship": (gettext_lazy("To ship"), Q(status__in=WAITING["ship"])),
    "way": (gettext_lazy("On their way"), Q(status__in=[OrderStatus.SHIPPED, OrderStatus.AT_PICKUP_POINT])),
    "done": (pgettext_lazy("orders", "Delivered"), Q(status__in=[OrderStatus.DELIVERED, OrderStatus.CLOSED])),
    "ended": (
        gettext_lazy("Refused, cancelled or lost"),
        Q(status__in=FINAL - {OrderStatus.CLOSED}),
    ),
}
BUYER_NEEDED = set(OrderStatus) - FINAL - {OrderStatus.PENDING_PAYMENT, OrderStatus.DELIVERED}
ACTS = {Role.OWNER, Role.ADMINISTRATOR, Role.ORDERS}


class FilterForm(forms.Form):
    """What narrows the list of orders; it lives in the address."""

    q = forms.CharField(label=gettext_lazy("Number, reference or SKU"), required=False, max_length=80)
    market = forms.ChoiceField(label=gettext_lazy("Market"), required=False)

    def __init__(self, *args: Any, markets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["market"].choices = [
            ("", pgettext("markets", "All")),
            *((code, country_name(code)) for code in markets),
        ]


def _orders(request: HttpRequest) -> QuerySet[MerchantOrder]:
    return MerchantOrder.objects.for_merchant(request.merchant).select_related("order__market", "merchant")


def _may_act(request: HttpRequest) -> bool:
    return may(request.membership.role, ACTS, request.method)


@require_safe
@member_required(Role.ORDERS, Role.FINANCE, Role.READ_ONLY)
def order_list(request: HttpRequest) -> HttpResponse:
    """Show the orders by saved view, with what waits first."""
    own = _orders(request)
    counts = own.aggregate(**{name: Count("pk", filter=where) for name, (_label, where) in VIEWS.items()})
    markets = list(
        own.order_by("order__market__country").values_list("order__market__country", flat=True).distinct()
    )
    form = FilterForm(request.GET, markets=markets)
    found = _filtered(own, request.GET.get("view", ""), form)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    for order in page:
        order.shown, order.deadline = states.of_order(order, now), states.deadline(order)
    context = {
        "page": page,
        "form": form,
        "views": [
            Chip("", pgettext("orders", "All")),
            *(Chip(name, label, counts[name]) for name, (label, _where) in VIEWS.items()),
        ],
        "view": request.GET.get("view", ""),
        "is_empty": not any(counts.values()),
        "may_act": _may_act(request),
    }
    return render(request, "orders/order_list.html", context)


def _filtered(own: QuerySet[MerchantOrder], view: str, form: FilterForm) -> QuerySet[MerchantOrder]:
    lines = Prefetch("lines", OrderLine.objects.with_own_titles(), to_attr="line_list")
    found = own.prefetch_related(lines)
    if view in VIEWS:
        found = found.filter(VIEWS[view][1])
    if form.is_valid():
        if text := form.cleaned_data["q"].strip():
            matching = (
                Q(number__istartswith=text)
                | Q(order__number__istartswith=text)
                | Q(order__reference__iexact=text)
            )
            found = found.filter(
                matching | Q(pk__in=OrderLine.objects.filter(sku__iexact=text).values("merchant_order"))
            )
        if form.cleaned_data["market"]:
            found = found.filter(order__market__country=form.cleaned_data["market"])
    by_deadline = {"accept": "accept_until", "ship": "ship_until"}.get(view)
    return found.order_by(by_deadline, "pk") if by_deadline else found.order_by("-placed_at", "-pk")


@require_POST
@member_required(Role.ORDERS, when_closed=True)
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the ticked orders; tell those that no longer could be."""
    wanted = _orders(request).filter(public_id__in=_identifiers(request.POST.getlist("order")))
    outcome = acceptance.accept_many(
        merchant_order_ids=list(wanted.values_list("pk", flat=True)), by=request.user, at=timezone.now()
    )
    if outcome.accepted:
        number = len(outcome.accepted)
        text = ngettext("%(number)s order accepted.", "%(number)s orders accepted.", number)
        messages.success(request, text % {"number": number})
    for refusal in outcome.refused:
        messages.error(request, refusal.message)
    if not outcome.accepted and not outcome.refused:
        messages.info(request, _("No order was ticked."))
    return redirect("orders:list")


def _identifiers(values: list[str]) -> list[UUID]:
    """Read the ticked orders; what is no identifier is nobody's order."""
    known = []
    for value in values[:MOST_TICKED]:
        with suppress(ValueError):
            known.append(UUID(value))
    return known


@require_safe
@member_required(Role.ORDERS, Role.FINANCE, Role.READ_ONLY)
def order_page(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show one order: what is to do, its lines and parcels, its money, its course."""
    order = get_object_or_404(
        _orders(request)
        .select_related("order__channel", "order__pickup_point__network")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.with_own_titles()),
            Prefetch("parcels", Parcel.objects.select_related("carrier").prefetch_related("lines__line")),
            Prefetch("ledger_entries", Entry.objects.prefetch_related("lines__account").order_by("pk")),
            "transitions__actor",
        ),
        public_id=order_id,
    )
    now = timezone.now()
    order.shown, order.deadline = states.of_order(order, now), states.deadline(order)
    for parcel in order.parcels.all():
        parcel.shown = states.of_parcel(parcel.status)
    course = list(order.transitions.all())
    for step in course:
        step.word, step.system = states.step(step), states.system(step.actor_label)
    sees_buyer = request.membership.role in ACTS
    is_needed = order.status in BUYER_NEEDED
    allowed = transitions.allowed_actions(order.status, Actor.MERCHANT) if _may_act(request) else []
    context = {
        "order": order,
        "allowed": allowed,
        "money": explain.order(order, order.ledger_entries.all()),
        "buyer": buyers.contact(order_id=order.order_id) if sees_buyer and is_needed else None,
        "sees_buyer": sees_buyer,
        "point": order.order.destination,
        "openings": _openings(order, now),
        "course": course,
        "is_home": order.order.delivery == DeliveryKind.HOME,
        "is_over": order.status in FINAL,
        "is_available": order.status == OrderStatus.CLOSED,
        "is_undone": order.status in FINAL - {OrderStatus.CLOSED},
    }
    return render(request, "orders/order_page.html", context)


def _openings(order: MerchantOrder, now: Any) -> openings.Openings | None:
    point = order.order.pickup_point
    if point is None:
        return None
    return openings.at(
        hours=point.opening_hours, country=point.country, longitude=point.longitude, moment=now
    )


@require_POST
@member_required(Role.ORDERS, when_closed=True)
def accept(request: HttpRequest, order_id: str) -> HttpResponse:
    """Accept one order whole."""
    order = get_object_or_404(_orders(request), public_id=order_id)
    try:
        acceptance.accept(merchant_order_id=order.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Order %(number)s is accepted.") % {"number": order.number})
    return redirect("orders:order", order_id=order.public_id)


@member_required(Role.ORDERS, when_closed=True)
def refuse(request: HttpRequest, order_id: str) -> HttpResponse:
    """Ask why, then refuse the order."""
    return _end(request, order_id, "refuse")


@member_required(Role.ORDERS, when_closed=True)
def cancel(request: HttpRequest, order_id: str) -> HttpResponse:
    """Ask why, then cancel the order that was accepted."""
    return _end(request, order_id, "cancel")


def _end(request: HttpRequest, order_id: str, action: str) -> HttpResponse:
    order = get_object_or_404(
        _orders(request).prefetch_related(Prefetch("lines", OrderLine.objects.with_own_titles())),
        public_id=order_id,
    )
    is_allowed = action in transitions.allowed_actions(order.status, Actor.MERCHANT)
    form = ReasonForm(request.POST if request.method == "POST" else None, action=action)
    if request.method == "POST" and form.is_valid():
        fields = {
            "merchant_order_id": order.pk,
            "reason": form.cleaned_data["reason"],
            "by": request.user,
            "at": timezone.now(),
        }
        try:
            if action == "refuse":
                acceptance.refuse(**fields)
            else:
                acceptance.cancel(actor=Actor.MERCHANT, **fields)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(
                request, _("Order %(number)s: the buyer will be refunded.") % {"number": order.number}
            )
        return redirect("orders:order", order_id=order.public_id)
    context = {"order": order, "form": form, "action": action, "is_allowed": is_allowed}
    return render(request, "orders/order_end.html", context, status=422 if form.errors else 200)
