"""The packing pages, for a phone in a cold warehouse, and the page of a parcel."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.refusals import Refusal
from merchants.enums import Role
from merchants.web.access import member_required
from orders.enums import ParcelStatus
from orders.models import Allocation, MerchantOrder, OrderLine, Parcel
from orders.services import parcels, shipping
from orders.web import states

SHOWN = 50


class WeightForm(forms.Form):
    weight_g = forms.IntegerField(
        label=gettext_lazy("Weight of the packed parcel, in grams"),
        min_value=1,
        max_value=shipping.MAX_WEIGHT_G,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@require_GET
@member_required(Role.ORDERS, when_closed=True)
def packing(request: HttpRequest) -> HttpResponse:
    """What is to pack, the most urgent first, and what is packed and waits for the carrier."""
    waiting = (
        MerchantOrder.objects.for_merchant(request.merchant)
        .filter(status__in=shipping.TO_SHIP, parcels__isnull=True)
        .select_related("order__pickup_point")
        .annotate(pieces=Sum("lines__quantity"))
        .order_by("ship_until", "pk")
    )
    ready = (
        Parcel.objects.for_merchant(request.merchant)
        .filter(status=ParcelStatus.ANNOUNCED)
        .select_related("merchant_order", "carrier", "pickup_point")
        .order_by("pk")
    )
    totals = ready.aggregate(number=Count("pk"), weight=Sum("weight_g"))
    orders = list(waiting[:SHOWN])
    context = {
        "orders": orders,
        "waiting": len(orders) if len(orders) < SHOWN else waiting.count(),
        "ready": ready[:SHOWN],
        "ready_number": totals["number"],
        "ready_kg": (totals["weight"] or 0) / 1000,
        "now": timezone.now(),
    }
    return render(request, "orders/packing.html", context)


@require_http_methods(["GET", "POST"])
@member_required(Role.ORDERS, when_closed=True)
def pack(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: where its articles lie, what has been scanned, then its weight and its label."""
    order = _order(request, order_id)
    notice = None
    if request.method == "POST" and "code" in request.POST:
        notice = _scan(request, order, request.POST["code"])
    form = WeightForm(
        request.POST if "weight_g" in request.POST else None, initial={"weight_g": _weight(order)}
    )
    if form.is_bound and form.is_valid():
        try:
            parcel = shipping.make_label(
                merchant_order_id=order.pk,
                weight_g=form.cleaned_data["weight_g"],
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            _forget(request, order)
            messages.success(request, _("Parcel %(number)s is ready.") % {"number": parcel.tracking_number})
            return redirect("orders:parcel", parcel.public_id)
    return render(
        request,
        "orders/pack.html",
        {
            "order": order,
            "lines": _picks(request, order),
            "notice": notice,
            "form": form,
            "parcels": order.parcels.exclude(status=ParcelStatus.CANCELLED),
            "can_pack": order.status in shipping.TO_SHIP,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@member_required(Role.ORDERS, when_closed=True)
def hand_over(request: HttpRequest) -> HttpResponse:
    """The carrier takes the parcels ticked."""
    wanted = {value for value in request.POST.getlist("parcel") if _is_uuid(value)}
    if not wanted:
        messages.error(request, _("Tick the parcels that the carrier takes."))
        return redirect("orders:packing")
    keys = list(
        Parcel.objects.for_merchant(request.merchant)
        .filter(public_id__in=wanted)
        .values_list("pk", flat=True)
    )
    if len(keys) != len(wanted):
        raise Http404
    try:
        gone = parcels.hand_over(parcel_ids=keys, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        text = ngettext(
            "%(number)d parcel handed over to the carrier.",
            "%(number)d parcels handed over to the carrier.",
            len(gone),
        )
        messages.success(request, text % {"number": len(gone)})
    return redirect("orders:packing")


@require_GET
@member_required()
def parcel(request: HttpRequest, parcel_id: UUID) -> HttpResponse:
    """A parcel: where it is, and what the carrier said."""
    found = _parcel(request, parcel_id)
    told = [(event, states.of_parcel(event.status) if event.status else None) for event in found.events.all()]
    return render(
        request,
        "orders/parcel.html",
        {
            "parcel": found,
            "state": states.of_parcel(found.status),
            "events": told[::-1],
            "lines": found.lines.prefetch_related(Prefetch("line", OrderLine.objects.with_own_titles())),
            "is_ready": found.status == ParcelStatus.ANNOUNCED,
        },
    )


@require_GET
@member_required(Role.ORDERS, when_closed=True)
def label(request: HttpRequest, parcel_id: UUID) -> FileResponse:
    """The label's PDF, to print. Only for the merchant's own parcels, and never kept by a cache."""
    found = _parcel(request, parcel_id)
    if found.status == ParcelStatus.CANCELLED:
        raise Http404
    found = shipping.label_of(parcel_id=found.pk)
    answer = FileResponse(
        found.label.open("rb"), content_type="application/pdf", filename=f"{found.tracking_number}.pdf"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _order(request: HttpRequest, order_id: UUID) -> MerchantOrder:
    orders = MerchantOrder.objects.for_merchant(request.merchant).select_related(
        "order__pickup_point__network"
    )
    return get_object_or_404(orders, public_id=order_id)


def _parcel(request: HttpRequest, parcel_id: UUID) -> Parcel:
    rows = Parcel.objects.for_merchant(request.merchant).select_related(
        "merchant_order", "carrier", "pickup_point__network"
    )
    return get_object_or_404(rows, public_id=parcel_id)


def _picks(request: HttpRequest, order: MerchantOrder) -> list[dict[str, Any]]:
    scanned = request.session.get("packing", {}).get(str(order.public_id), {})
    allocations = Allocation.objects.select_related("level__location")
    lines = (
        order.lines.with_own_titles()
        .select_related("variant")
        .prefetch_related(Prefetch("allocations", allocations))
    )
    picks = []
    for line in lines:
        places = sorted({allocation.level.location.name for allocation in line.allocations.all()})
        taken = min(scanned.get(line.sku, 0), line.quantity)
        picks.append(
            {"line": line, "taken": taken, "is_done": taken == line.quantity, "places": ", ".join(places)}
        )
    return picks


def _scan(request: HttpRequest, order: MerchantOrder, code: str) -> dict[str, str]:
    """Compare a scanned code (SKU or GTIN) with what the order wants; count it when it is wanted."""
    code = code.strip()[:60].replace("\x00", "")
    line = _line_of(order, code)
    if line is None:
        expected = ", ".join(pick["line"].own_title for pick in _picks(request, order) if not pick["is_done"])
        return {"shape": "late", "title": _("This is not the right article."), "text": expected, "code": code}
    packing = request.session.setdefault("packing", {})
    counts = packing.setdefault(str(order.public_id), {})
    if counts.get(line.sku, 0) >= line.quantity:
        text = _("%(title)s: all %(quantity)d are in the parcel.") % {
            "title": line.own_title,
            "quantity": line.quantity,
        }
        return {"shape": "late", "title": _("One too many."), "text": text, "code": code}
    counts[line.sku] = counts.get(line.sku, 0) + 1
    request.session.modified = True
    return {"shape": "done", "title": _("This is the right article."), "text": line.own_title, "code": code}


def _line_of(order: MerchantOrder, code: str) -> OrderLine | None:
    lines = order.lines.with_own_titles().select_related("variant")
    return next((line for line in lines if code and code in (line.sku, line.variant.gtin)), None)


def _weight(order: MerchantOrder) -> int | None:
    """The articles' weights with 5 % of packing, when all are known."""
    weights = order.lines.values_list("variant__weight_g", "quantity")
    if any(not weight for weight, _quantity in weights):
        return None
    return min(round(sum(weight * quantity for weight, quantity in weights) * 1.05), shipping.MAX_WEIGHT_G)


def _forget(request: HttpRequest, order: MerchantOrder) -> None:
    if request.session.get("packing", {}).pop(str(order.public_id), None) is not None:
        request.session.modified = True


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
