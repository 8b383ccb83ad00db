"""The first page of the portal: what waits, by deadline, and how the day goes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from merchants.web.access import member_required
from orders.models import MerchantOrder
from orders.services import overview
from orders.web.orders import _may_act

BUCKETS = (
    ("late", "late", _("Late")),
    ("today", "soon", _("Today")),
    ("tomorrow", "todo", _("Tomorrow")),
    ("later", "dot", _("Later")),
)


@require_safe
@member_required()
def today(request: HttpRequest) -> HttpResponse:
    """Show what waits for the merchant, the day's sales, and what runs out."""
    now = timezone.now()
    waiting = overview.waiting(request.merchant, at=now)
    sales = overview.sales(request.merchant, at=now)
    groups = [
        {"shape": shape, "label": label, "lines": [line for line in waiting if line.bucket == bucket]}
        for bucket, shape, label in BUCKETS
    ]
    context = {
        "now": now,
        "week_before": now - overview.WEEK,
        "groups": [group for group in groups if group["lines"]],
        "sales": sales,
        "running_out": overview.running_out(request.merchant, at=now),
        "has_orders": bool(sales.hours or waiting)
        or MerchantOrder.objects.for_merchant(request.merchant).exists(),
        "may_act": _may_act(request),
    }
    return render(request, "orders/today.html", context)
