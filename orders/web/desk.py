"""Orders, carriers and networks among the desks of the staff."""

from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.desk import Page, Queue, add_page, add_queue
from orders.enums import RefreshStatus
from orders.models import PointRefresh

LINES: Final = (
    ("merchantorder", "desks", _("Orders"), "shopping_bag", 30),
    ("parcel", "desks", _("Parcels"), "package_2", 40),
    ("carrier", "health", _("Carriers"), "local_shipping", 10),
    ("pickupnetwork", "health", _("Pickup networks"), "hub", 20),
    ("pickuppoint", "health", _("Pickup points"), "location_on", 30),
    ("pointrefresh", "health", _("Refreshes of networks"), "sync", 40),
    ("order", "control", _("Orders of buyers"), "receipt_long", 60),
    ("entry", "control", _("Ledger entries"), "account_balance", 70),
    ("account", "control", _("Ledger accounts"), "account_balance_wallet", 80),
)


def waiting(request: HttpRequest) -> QuerySet[PointRefresh]:
    """Which refreshes of a network wait for a decision, the oldest first."""
    return PointRefresh.objects.filter(status=RefreshStatus.TO_CONFIRM).order_by("created_at", "pk")


for model, section, title, icon, order in LINES:
    add_page(
        Page(
            key=f"orders.{model}",
            section=section,
            title=title,
            icon=icon,
            url_name=f"admin:orders_{model}_changelist",
            permission=f"orders.view_{model}",
            order=order,
        )
    )
add_queue(
    Queue(
        key="refreshes",
        title=_("Refreshes to decide on"),
        permission="orders.change_pointrefresh",
        waiting=waiting,
        url=lambda: reverse("admin:orders_pointrefresh_changelist"),
        order=40,
    )
)
