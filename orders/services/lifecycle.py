"""Move merchants' orders from one state to the next: the one place that changes their status.

What a step does beside, the table in ``orders.transitions`` says: reserved goods go back to sale or leave,
money is posted, an event is recorded. Everything is set-based: the number of statements does not grow with
the number of orders.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.services import stock
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.services import holidays
from orders import transitions
from orders.enums import OrderStatus
from orders.models import Allocation, MerchantOrder, Transition
from orders.services import buyers, deadlines, ledger
from orders.services.building import postings, rebuild
from orders.transitions import Actor, Step

#: What a state gives the merchant time for: the column, and what computes it.
LIMITS = {
    OrderStatus.WAITING_ACCEPTANCE: ("accept_until", deadlines.accept_until),
    OrderStatus.ACCEPTED: ("ship_until", deadlines.ship_until),
}


class StepNotAllowed(Refusal):
    """The order is not in a state from which this can be done; ``status`` says in which it is, ``since`` from
    when. Read the order again: ``allowed_actions`` are what can be done now.

    The words name who took the last step, so that of two people who decide at once the second learns who
    was first.
    """

    code = "order_step_not_allowed"


class UnknownOrder(Refusal):
    """There is no such order for the caller."""

    code = "order_not_found"
    status = 404
    default_message = gettext_lazy("This order does not exist.")


def move(
    *,
    merchant_order_id: int,
    to: str,
    at: datetime,
    by: User | None = None,
    actor_label: str = "",
    reason: str = "",
) -> MerchantOrder:
    """Take one order to a state. ``StepNotAllowed``, and nothing changed, when the table has no such step.

    ``actor_label`` says who when it is not a person: ``"carrier:Trajéo"``, ``"channel:Grand Large"``. An
    order that is delivered is closed in the same breath, and its money becomes available.
    """
    [moved] = move_many(
        merchant_order_ids=[merchant_order_id],
        to=to,
        at=at,
        by=by,
        actor_label=actor_label,
        reason=reason,
    )
    return moved


@transaction.atomic
def move_many(
    *,
    merchant_order_ids: Collection[int],
    to: str,
    at: datetime,
    by: User | None = None,
    actor_label: str = "",
    reason: str = "",
) -> list[MerchantOrder]:
    """Take all these orders to a state, or none: the first that cannot raises ``StepNotAllowed``.

    Each takes the step that the table has from where it is; those of one step go together.
    """
    orders = lock(merchant_order_ids)
    if len(orders) != len(set(merchant_order_ids)):
        raise UnknownOrder
    groups: dict[Step, list[MerchantOrder]] = {}
    for order in orders:
        groups.setdefault(_step(order, to, reason), []).append(order)
    for step, group in groups.items():
        apply(group, step, at=at, by=by, actor_label=actor_label, reason=reason)
    return orders


def lock(merchant_order_ids: Iterable[int]) -> list[MerchantOrder]:
    """Lock orders until the transaction ends, in ascending order of their key."""
    rows = MerchantOrder.objects.select_for_update(of=("self",)).select_related("order", "merchant")
    return list(rows.filter(pk__in=list(merchant_order_ids)).order_by("pk"))


def apply(
    orders: Sequence[MerchantOrder],
    step: Step,
    *,
    at: datetime,
    by: User | None = None,
    actor_label: str = "",
    reason: str = "",
) -> list[MerchantOrder]:
    """Take a step with orders that the caller has locked and checked: the step starts where they are."""
    _write(orders, step, at=at, by=by, actor_label=actor_label, reason=reason)
    if step.stock:
        _move_goods(orders, step.stock, at=at, by=by)
    if step.money == transitions.POST_MONEY:
        ledger.post([posting for part in rebuild(orders) for posting in postings(part)], at=at)
    elif step.money == transitions.REVERSE_MONEY:
        ledger.reverse(orders, at=at)
    elif step.money == transitions.RELEASE_MONEY:
        ledger.release(orders, at=at)
    if step.to in transitions.FINAL:
        buyers.end(orders, at=at)
    events.record_many(
        (
            events.NewEvent(
                type=step.event,
                subject_type="merchantorder",
                subject_id=order.public_id,
                merchant_id=order.merchant_id,
                data={"number": order.number, "reason": reason} if reason else {"number": order.number},
            )
            for order in orders
        ),
        by=by,
    )
    if step.to == OrderStatus.DELIVERED:
        close = transitions.find(OrderStatus.DELIVERED, OrderStatus.CLOSED)
        assert close is not None
        return apply(orders, close, at=at)
    return list(orders)


def _step(order: MerchantOrder, to: str, reason: str) -> Step:
    step = transitions.find(order.status, to, reason=reason)
    if step is None:
        raise refusal(order)
    return step


def refusal(order: MerchantOrder, *, to: Actor = Actor.MERCHANT) -> StepNotAllowed:
    """Say that the order is past what was asked, and who brought it where it is.

    A channel is not told who: that may be a person of the merchant's.
    """
    last = order.transitions.select_related("actor").last()
    who = (str(last.actor) if last.actor else last.actor_label) if last and to != Actor.CHANNEL else ""
    status = OrderStatus(order.status)
    text = (
        _("Order %(number)s cannot do this any more: it is “%(status)s”, by %(who)s.")
        if who
        else _("Order %(number)s cannot do this any more: it is “%(status)s”.")
    )
    return StepNotAllowed(
        text % {"number": order.number, "status": status.label, "who": who},
        order=str(order.public_id),
        number=order.number,
        status=order.status,
        since=last.happened_at.isoformat() if last else None,
    )


def _write(
    orders: Sequence[MerchantOrder],
    step: Step,
    *,
    at: datetime,
    by: User | None,
    actor_label: str,
    reason: str,
) -> None:
    changes: dict[str, object] = {"status": step.to, "updated_at": at}
    if step.stamp:
        changes[step.stamp] = at
    if reason:
        changes["end_reason"] = reason
    Transition.objects.bulk_create(
        [
            Transition(
                merchant_order=order,
                from_status=order.status,
                to_status=step.to,
                happened_at=at,
                actor=by,
                actor_label=actor_label,
                reason=reason,
            )
            for order in orders
        ]
    )
    limit = LIMITS.get(step.to)
    closed = holidays.next_of({order.merchant_id for order in orders}, at=at) if limit else {}
    for (country, resting), group in _by_calendar(orders, closed).items():
        if limit:
            name, after = limit
            changes[name] = after(at, country, resting)
        MerchantOrder.objects.filter(pk__in=[order.pk for order in group]).update(**changes)
        for order in group:
            for column, value in changes.items():
                setattr(order, column, value)


def _by_calendar(
    orders: Sequence[MerchantOrder], closed: Mapping[int, tuple[datetime, datetime]]
) -> dict[tuple[str, deadlines.Closed], list[MerchantOrder]]:
    """Group orders whose working hours are the same: one country, one holiday or none."""
    groups: dict[tuple[str, deadlines.Closed], list[MerchantOrder]] = {}
    for order in orders:
        calendar = (order.merchant.country, closed.get(order.merchant_id))
        groups.setdefault(calendar, []).append(order)
    return groups


def _move_goods(orders: Sequence[MerchantOrder], what: str, *, at: datetime, by: User | None) -> None:
    """Give back or send what the orders still hold. The locked order guards its allocations."""
    held = list(
        Allocation.objects.filter(line__merchant_order__in=orders, ended_at__isnull=True).select_related(
            "line"
        )
    )
    if not held:
        return
    takings = [stock.Taken(a.line.variant_id, a.level_id, a.quantity) for a in held]
    reference = orders[0].public_id if len(orders) == 1 else None
    act = stock.release if what == transitions.RELEASE_STOCK else stock.dispatch
    act(takings=takings, reference=reference, at=at, by=by)
    Allocation.objects.filter(pk__in=[a.pk for a in held]).update(ended_at=at)
