"""The search box of the portal: a merchant's orders, parcels and products, by what people have at hand.

A number from a mail, a tracking number from a label, a code from a scanner or a few words of a title.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.enums import ProductStatus
from catalog.web import listing
from catalog.web import states as catalog_states
from core.web.components.status import State
from merchants.enums import Role
from merchants.web.access import may, member_required
from orders.models import MerchantOrder, OrderLine, Parcel
from orders.web import states
from orders.web.navigation import READERS

LONGEST = 80
SHOWN = 8
_SEES_ORDERS = READERS | {Role.OWNER, Role.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product as the results show it."""

    title: str
    skus: list[str]
    shown: State
    url: str


@require_safe
@member_required()
def search(request: HttpRequest) -> HttpResponse:
    """Show what matches, at most ``SHOWN`` of each kind; what matches alone is opened at once."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    found: dict[str, list[Any]] = {"orders": [], "parcels": [], "products": []}
    if text:
        if may(request.membership.role, _SEES_ORDERS, request.method):
            found["orders"] = _orders(request, text)
            found["parcels"] = _parcels(request, text)
        found["products"] = _products(request, text)
    everything = [one for kind in found.values() for one in kind]
    if len(everything) == 1:
        return redirect(everything[0].url)
    more = {f"more_{kind}": len(ones) > SHOWN for kind, ones in found.items()}
    shown = {kind: ones[:SHOWN] for kind, ones in found.items()}
    context = {"text": text, "is_empty": not everything, **shown, **more}
    return render(request, "orders/search.html", context)


def _orders(request: HttpRequest, text: str) -> list[MerchantOrder]:
    numbers = (
        Q(number__istartswith=text) | Q(order__number__istartswith=text) | Q(order__reference__iexact=text)
    )
    lines = Prefetch("lines", OrderLine.objects.with_own_titles(), to_attr="line_list")
    found = (
        MerchantOrder.objects.for_merchant(request.merchant)
        .filter(numbers)
        .select_related("order__market", "merchant")
        .prefetch_related(lines)
        .order_by("-placed_at", "-pk")[: SHOWN + 1]
    )
    orders, now = list(found), timezone.now()
    for order in orders:
        order.shown = states.of_order(order, now)
        order.url = reverse("orders:order", args=[order.public_id])
    return orders


def _parcels(request: HttpRequest, text: str) -> list[Parcel]:
    # Labels print tracking numbers in groups.
    number = "".join(text.split())
    found = (
        Parcel.objects.for_merchant(request.merchant)
        .filter(tracking_number__istartswith=number)
        .select_related("carrier", "merchant_order")
        .order_by("-pk")[: SHOWN + 1]
    )
    parcels = list(found)
    for parcel in parcels:
        parcel.shown = states.of_parcel(parcel.status)
        parcel.url = reverse("orders:parcel", args=[parcel.public_id])
    return parcels


def _products(request: HttpRequest, text: str) -> list[FoundProduct]:
    products = list(listing.filtered(request.merchant, {"q": text})[: SHOWN + 1])
    return [
        FoundProduct(
            title=line.title,
            skus=line.skus,
            shown=catalog_states.PRODUCT[ProductStatus(line.product.status)],
            url=reverse("catalog:product", args=[line.product.public_id]),
        )
        for line in (listing.lines(products) if products else [])
    ]
