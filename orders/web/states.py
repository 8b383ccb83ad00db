"""How the state of an order looks: one shape and one word, the same everywhere."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.components.status import State
from orders.enums import OrderStatus, ParcelStatus
from orders.models import MerchantOrder, Transition

S, P = OrderStatus, ParcelStatus
SHAPES: dict[str, str] = {
    S.PENDING_PAYMENT: "pause",
    S.WAITING_ACCEPTANCE: "todo",
    S.ACCEPTED: "todo",
    S.PREPARING: "us",
    S.SHIPPED: "move",
    S.AT_PICKUP_POINT: "point",
    S.DELIVERED: "done",
    S.CLOSED: "done",
    S.REFUSED: "off",
    S.CANCELLED: "off",
    S.RETURNED_TO_SENDER: "warn",
    S.LOST: "fix",
}
PARCEL_SHAPES: dict[str, str] = {
    P.ANNOUNCED: "todo",
    P.AT_PICKUP_POINT: "point",
    P.DELIVERED: "done",
    P.EXCEPTION: "warn",
    P.EXPIRED: "late",
    P.RETURNING: "warn",
    P.RETURNED: "off",
    P.LOST: "fix",
    P.CANCELLED: "off",
}
#: What happened, where the state that followed names what is next.
STEPS = {
    S.PENDING_PAYMENT: gettext_lazy("Order received"),
    S.ACCEPTED: gettext_lazy("Order accepted"),
    S.PREPARING: gettext_lazy("Packing begun"),
    S.AT_PICKUP_POINT: gettext_lazy("Arrived at the pickup point"),
}


def of_order(order: MerchantOrder, at: datetime) -> State:
    """Return the state of an order, which says that it is late once its deadline has passed."""
    if deadline(order) and deadline(order) < at:
        return State("late", _("Late"))
    return State(SHAPES[order.status], S(order.status).label)


def of_parcel(status: str) -> State:
    return State(PARCEL_SHAPES.get(status, "move"), P(status).label)


def step(done: Transition) -> str:
    """Say what happened when an order went on."""
    if done.to_status == S.WAITING_ACCEPTANCE:
        return _("Paid by the buyer") if done.from_status else _("Order received")
    return str(STEPS.get(S(done.to_status), S(done.to_status).label))


def system(actor_label: str) -> str:
    """Return who took a step when it was no person: the name behind ``channel:Grand Large``."""
    if actor_label == "machine:deadline":
        return _("by itself, the deadline had passed")
    return actor_label.partition(":")[2]


def deadline(order: MerchantOrder) -> datetime | None:
    """Return until when the merchant must do the next thing with the order, None when nothing waits."""
    if order.status == S.WAITING_ACCEPTANCE:
        return order.accept_until
    if order.status in (S.ACCEPTED, S.PREPARING):
        return order.ship_until
    return None
