"""What the channel tells of the buyer's payment, and what follows for the order.

The channel holds the buyer's money. An order that it sends before it is paid keeps its goods for
``deadlines.PAY_WITHIN``; merchants may act once it is paid.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.money import format_money
from core.refusals import Refusal
from core.services import events
from merchants.services import holidays
from orders import transitions
from orders.enums import EndReason, OrderStatus, PaymentStatus
from orders.models import MerchantOrder, Order, Payment
from orders.services import lifecycle, networks
from orders.services.building import promise
from orders.transitions import Actor

SWEEP_BATCH = 100
P = PaymentStatus
#: What a payment may become. What it is already may be told again: that changes nothing.
NEXT: Final[Mapping[PaymentStatus, frozenset[PaymentStatus]]] = {
    P.PENDING: frozenset({P.AUTHORIZED, P.CAPTURED, P.FAILED, P.EXPIRED}),
    P.AUTHORIZED: frozenset({P.CAPTURED, P.FAILED, P.EXPIRED}),
    P.CAPTURED: frozenset(),
    P.FAILED: frozenset(),
    P.EXPIRED: frozenset(),
}
PAID: Final = frozenset({P.AUTHORIZED, P.CAPTURED})


class PaymentNotAllowed(Refusal):
    """The payment cannot become this any more; ``status`` is what it is. Money taken since is given back."""

    code = "payment_not_allowed"


class AmountMismatch(Refusal):
    """Another amount than the order's total was paid; ``total`` is what it comes to."""

    code = "total_mismatch"
    status = 422


class UnknownOrder(Refusal):
    """The channel has no such order."""

    code = "order_not_found"
    status = 404


@transaction.atomic
def tell(
    *,
    order_id: int,
    status: PaymentStatus,
    amount: Decimal,
    reference: str,
    at: datetime,
    actor_label: str,
    by: object = None,
) -> Order:
    """Take down what became of an order's payment.

    Paid: merchants may accept, from now on count their deadlines and the promise. Failed or expired: what
    has not left is cancelled, its goods go back to sale; what has left stays sold, at the channel's risk.
    Raises ``PaymentNotAllowed``, ``AmountMismatch``, ``UnknownOrder``.
    """
    order = _lock(order_id)
    before = P(order.payments.order_by("pk").values_list("status", flat=True).last() or P.PENDING)
    if status == before:
        return order
    if status not in NEXT[before]:
        raise PaymentNotAllowed(
            _("This payment is “%(status)s” and can become nothing else.") % {"status": before.label},
            status=before.value,
        )
    parts = lifecycle.lock(order.parts.values_list("pk", flat=True))
    if status in PAID:
        _check_amount(order, parts, amount)
    _write(order, status, amount, reference, at)
    if before == P.PENDING and status in PAID:
        _open(order, [part for part in parts if part.status == OrderStatus.PENDING_PAYMENT], at, actor_label)
    elif status not in PAID:
        _cancel(parts, Actor.CHANNEL, at, actor_label)
    events.record("order.payment_told", order, by=by, data={"status": status.value})
    return order


def expire(*, at: datetime) -> int:
    """Cancel orders that were not paid in time; returns how many. Beat calls it; several may run at once.

    After an outage it catches up, batch by batch; each batch is a transaction of its own.
    """
    done = 0
    while batch := _expire_batch(at=at):
        done += batch
    return done


@transaction.atomic
def _expire_batch(*, at: datetime) -> int:
    due = Order.objects.select_for_update(skip_locked=True).filter(pay_until__lt=at)
    orders = list(due.order_by("pay_until")[:SWEEP_BATCH])
    parts = MerchantOrder.objects.filter(order__in=orders, status=OrderStatus.PENDING_PAYMENT)
    _cancel(
        lifecycle.lock(parts.values_list("pk", flat=True)),
        Actor.MACHINE,
        at,
        "machine:deadline",
    )
    Payment.objects.bulk_create(
        [Payment(order=order, status=P.EXPIRED, amount=order.total, told_at=at) for order in orders]
    )
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(pay_until=None)
    return len(orders)


def _lock(order_id: int) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related(
        "market", "channel", "pickup_point__network__carrier"
    )
    try:
        order: Order = rows.get(pk=order_id)
    except Order.DoesNotExist as error:
        raise UnknownOrder from error
    return order


def _check_amount(order: Order, parts: Sequence[MerchantOrder], amount: Decimal) -> None:
    """All of it is paid, or all but what was cancelled before."""
    ended = (OrderStatus.CANCELLED, OrderStatus.REFUSED)
    rest = sum((part.total for part in parts if part.status not in ended), Decimal(0))
    if amount not in (order.total, rest):
        raise AmountMismatch(
            _("The order comes to %(total)s, the payment to %(paid)s.")
            % {"total": format_money(rest, order.currency), "paid": format_money(amount, order.currency)},
            total=str(rest),
        )


def _write(order: Order, status: PaymentStatus, amount: Decimal, reference: str, at: datetime) -> None:
    Payment.objects.create(order=order, status=status, amount=amount, reference=reference, told_at=at)
    if order.pay_until:
        order.pay_until = None
        order.save(update_fields=["pay_until"])


def _open(order: Order, parts: Sequence[MerchantOrder], at: datetime, actor_label: str) -> None:
    """Hand paid parts to their merchants, with a promise that counts from now."""
    if not parts:
        raise PaymentNotAllowed(
            _("Nothing of this order waits for a payment any more. Give the buyer their money back."),
            status=P.EXPIRED.value,
        )
    step = transitions.find(OrderStatus.PENDING_PAYMENT, OrderStatus.WAITING_ACCEPTANCE)
    assert step is not None
    closed = holidays.next_of({part.merchant_id for part in parts}, at=at)
    point = order.pickup_point
    carrier = point.network.carrier if point else networks.home_carrier()
    lifecycle.apply(parts, step, at=at, actor_label=actor_label)
    for part in parts:
        part.promised_on = promise(
            at,
            carrier,
            origin=part.merchant.country,
            destination=point.country if point else order.market.country,
            closed=closed.get(part.merchant_id),
        )
    MerchantOrder.objects.bulk_update(parts, ["promised_on"])


def _cancel(parts: Sequence[MerchantOrder], actor: Actor, at: datetime, actor_label: str) -> None:
    """Cancel the parts from which this actor may still do so, for want of payment."""
    action = "fail_payment" if actor == Actor.MACHINE else "cancel"
    groups: dict[transitions.Step, list[MerchantOrder]] = {}
    for part in parts:
        if step := transitions.find_action(action, part.status, actor):
            groups.setdefault(step, []).append(part)
    for step, group in groups.items():
        lifecycle.apply(group, step, at=at, actor_label=actor_label, reason=EndReason.PAYMENT_FAILED)
