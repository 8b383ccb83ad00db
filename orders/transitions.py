"""The life of a merchant's order: every step that exists, in one table.

The services, ``allowed_actions`` of the API, the buttons of the portal and ``docs/order-states.md`` all read
it; ``orders.services.lifecycle.move`` refuses what it does not hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.enums import EndReason, OrderStatus

S = OrderStatus


class Actor(StrEnum):
    """On whose behalf a step may be taken. Staff may take any that a merchant or a channel may."""

    CHANNEL = "channel"
    MERCHANT = "merchant"
    CARRIER = "carrier"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, from where, to where, who may take it, and what it says and does.

    ``event`` is recorded; ``stamp`` is the column that receives the moment; ``reasons`` are those to choose
    from, and one is needed when there are any. ``stock`` says what becomes of the reserved goods, ``money``
    what is posted to the ledger.
    """

    action: str
    label: str | Promise
    origins: tuple[OrderStatus, ...]
    to: OrderStatus
    actors: tuple[Actor, ...]
    event: str
    stamp: str = ""
    reasons: tuple[EndReason, ...] = ()
    stock: str = ""
    money: str = ""


RELEASE_STOCK, SEND_STOCK = "release", "dispatch"
POST_MONEY, REVERSE_MONEY, RELEASE_MONEY = "post", "reverse", "release"

STEPS: tuple[Step, ...] = (
    Step(
        action="pay",
        label=_("Pay"),
        origins=(S.PENDING_PAYMENT,),
        to=S.WAITING_ACCEPTANCE,
        actors=(Actor.CHANNEL,),
        event="order.placed",
        money=POST_MONEY,
    ),
    Step(
        action="fail_payment",
        label=_("Let the payment fail"),
        origins=(S.PENDING_PAYMENT,),
        to=S.CANCELLED,
        actors=(Actor.MACHINE,),
        event="order.cancelled",
        reasons=(EndReason.PAYMENT_FAILED,),
        stock=RELEASE_STOCK,
    ),
    Step(
        action="accept",
        label=_("Accept"),
        origins=(S.WAITING_ACCEPTANCE,),
        to=S.ACCEPTED,
        actors=(Actor.MERCHANT,),
        event="order.accepted",
        stamp="accepted_at",
    ),
    Step(
        action="refuse",
        label=_("Refuse"),
        origins=(S.WAITING_ACCEPTANCE,),
        to=S.REFUSED,
        actors=(Actor.MERCHANT,),
        event="order.refused",
        reasons=(EndReason.OUT_OF_STOCK, EndReason.PRICE_ERROR, EndReason.CANNOT_SHIP, EndReason.OTHER),
        stock=RELEASE_STOCK,
        money=REVERSE_MONEY,
    ),
    Step(
        action="expire",
        label=_("Let the deadline pass"),
        origins=(S.WAITING_ACCEPTANCE,),
        to=S.REFUSED,
        actors=(Actor.MACHINE,),
        event="order.refused",
        reasons=(EndReason.NO_ANSWER,),
        stock=RELEASE_STOCK,
        money=REVERSE_MONEY,
    ),
    Step(
        action="cancel",
        label=_("Cancel"),
        origins=(S.PENDING_PAYMENT, S.WAITING_ACCEPTANCE, S.ACCEPTED, S.PREPARING),
        to=S.CANCELLED,
        actors=(Actor.CHANNEL,),
        event="order.cancelled",
        reasons=(EndReason.BUYER_CHANGED_MIND, EndReason.PAYMENT_FAILED, EndReason.OTHER),
        stock=RELEASE_STOCK,
        money=REVERSE_MONEY,
    ),
    Step(
        action="cancel",
        label=_("Cancel"),
        origins=(S.ACCEPTED, S.PREPARING),
        to=S.CANCELLED,
        actors=(Actor.MERCHANT,),
        event="order.cancelled",
        reasons=(EndReason.OUT_OF_STOCK, EndReason.CANNOT_SHIP, EndReason.OTHER),
        stock=RELEASE_STOCK,
        money=REVERSE_MONEY,
    ),
    Step(
        action="prepare",
        label=_("Prepare"),
        origins=(S.ACCEPTED,),
        to=S.PREPARING,
        actors=(Actor.MERCHANT,),
        event="order.preparing",
    ),
    Step(
        action="ship",
        label=_("Hand over to the carrier"),
        origins=(S.ACCEPTED, S.PREPARING),
        to=S.SHIPPED,
        actors=(Actor.MERCHANT, Actor.CARRIER),
        event="order.shipped",
        stamp="shipped_at",
        stock=SEND_STOCK,
    ),
    Step(
        action="arrive",
        label=_("Arrive at the pickup point"),
        origins=(S.SHIPPED,),
        to=S.AT_PICKUP_POINT,
        actors=(Actor.CARRIER,),
        event="order.at_pickup_point",
    ),
    Step(
        action="deliver",
        label=_("Reach the buyer"),
        origins=(S.SHIPPED, S.AT_PICKUP_POINT),
        to=S.DELIVERED,
        actors=(Actor.CARRIER,),
        event="order.delivered",
        stamp="delivered_at",
    ),
    Step(
        action="close",
        label=_("Close"),
        origins=(S.DELIVERED,),
        to=S.CLOSED,
        actors=(Actor.MACHINE,),
        event="order.closed",
        stamp="closed_at",
        money=RELEASE_MONEY,
    ),
    Step(
        action="return_to_sender",
        label=_("Come back to the merchant"),
        origins=(S.SHIPPED, S.AT_PICKUP_POINT),
        to=S.RETURNED_TO_SENDER,
        actors=(Actor.CARRIER,),
        event="order.returned_to_sender",
        reasons=(EndReason.NOT_COLLECTED, EndReason.OTHER),
        money=REVERSE_MONEY,
    ),
    Step(
        action="lose",
        label=_("Get lost"),
        origins=(S.SHIPPED, S.AT_PICKUP_POINT),
        to=S.LOST,
        actors=(Actor.CARRIER,),
        event="order.lost",
        reasons=(EndReason.PARCEL_LOST,),
        money=REVERSE_MONEY,
    ),
)

#: What an order is when it is taken in, paid or not.
FIRST, UNPAID = S.WAITING_ACCEPTANCE, S.PENDING_PAYMENT
#: What nothing follows.
FINAL = frozenset({S.CLOSED, S.REFUSED, S.CANCELLED, S.RETURNED_TO_SENDER, S.LOST})


def find(origin: str, to: str, *, reason: str = "") -> Step | None:
    """Return the step from one state to another for that reason, or None when the table has none."""
    for step in STEPS:
        fits = reason in step.reasons if step.reasons else not reason
        if origin in step.origins and to == step.to and fits:
            return step
    return None


def find_action(action: str, status: str, actor: Actor) -> Step | None:
    """Return the step of that name which the actor may take from a state, or None."""
    for step in STEPS:
        if action == step.action and status in step.origins and actor in step.actors:
            return step
    return None


def allowed_actions(status: str, actor: Actor) -> list[str]:
    """Return the names of the steps that the actor may take now, in the order of the table."""
    return [step.action for step in STEPS if status in step.origins and actor in step.actors]


def reasons_for(action: str, actor: Actor) -> list[EndReason]:
    """Return the reasons that the actor chooses from when taking the step."""
    return [r for step in STEPS if step.action == action and actor in step.actors for r in step.reasons]


def reachable(statuses: Iterable[str]) -> set[OrderStatus]:
    """Return the states that one step leads to from any of those given."""
    known = set(statuses)
    return {step.to for step in STEPS if known.intersection(step.origins)}


def as_markdown() -> str:
    """Return ``docs/order-states.md``: the table, drawn and written out in English."""
    arrows = []
    for step in STEPS:
        for origin in step.origins:
            arrow = f"    {origin} --> {step.to} : {step.action}"
            if arrow not in arrows:
                arrows.append(arrow)
    rows = [
        f"| `{step.action}` | {', '.join(step.origins)} | {step.to} | {', '.join(step.actors)} "
        f"| {', '.join(step.reasons) or '—'} | `{step.event}` | {step.stock or '—'} | {step.money or '—'} |"
        for step in STEPS
    ]
    return "\n".join(
        [
            "# The states of a merchant's order",
            "",
            "Drawn from `orders/transitions.py` by `manage.py order_states`; a test compares. A delivered",
            "order is closed in the same transaction.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {UNPAID}",
            f"    [*] --> {FIRST}",
            *arrows,
            *(f"    {status} --> [*]" for status in sorted(FINAL)),
            "```",
            "",
            "| step | from | to | who | reasons | event | reserved goods | ledger |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )
