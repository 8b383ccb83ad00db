"""What merchants and channels decide of an order, and what happens when they do not.

``by`` is the person who acts, ``actor_label`` names a system: ``channel:Grand Large``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from core.models import User
from core.preconditions import check_version
from core.refusals import Refusal
from core.services import events
from orders import transitions
from orders.enums import EndReason, OrderStatus
from orders.models import MerchantOrder
from orders.services import deadlines, lifecycle
from orders.transitions import Actor

SWEEP_BATCH = 200


class ReasonMissing(Refusal):
    """The reason is not among those that this step takes; ``reasons`` lists them."""

    code = "reason_missing"
    status = 422
    default_message = gettext_lazy("Choose a reason.")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of a bulk acceptance: the orders accepted, and those that no longer could be."""

    accepted: tuple[MerchantOrder, ...]
    refused: tuple[lifecycle.StepNotAllowed, ...]


def accept(
    *,
    merchant_order_id: int,
    at: datetime,
    by: User | None = None,
    actor_label: str = "",
    versions: Collection[str] | None = None,
) -> MerchantOrder:
    """Accept an order whole. A second person who accepts learns who was first (``StepNotAllowed``)."""
    return _take("accept", merchant_order_id, Actor.MERCHANT, "", at, by, actor_label, versions)


@transaction.atomic
def accept_many(*, merchant_order_ids: Collection[int], by: User, at: datetime) -> Accepted:
    """Accept those of these orders that still can be, with a fixed number of statements; tell the others."""
    orders = lifecycle.lock(merchant_order_ids)
    can = [order for order in orders if order.status == OrderStatus.WAITING_ACCEPTANCE]
    cannot = [order for order in orders if order.status != OrderStatus.WAITING_ACCEPTANCE]
    step = transitions.find(OrderStatus.WAITING_ACCEPTANCE, OrderStatus.ACCEPTED)
    assert step is not None
    accepted = lifecycle.apply(can, step, at=at, by=by) if can else []
    return Accepted(tuple(accepted), tuple(lifecycle.refusal(order) for order in cannot))


def refuse(
    *,
    merchant_order_id: int,
    reason: str,
    at: datetime,
    by: User | None = None,
    actor_label: str = "",
    versions: Collection[str] | None = None,
) -> MerchantOrder:
    """Refuse an order: the goods go back to sale, the sale is taken out of the ledger."""
    return _take("refuse", merchant_order_id, Actor.MERCHANT, reason, at, by, actor_label, versions)


def cancel(
    *,
    merchant_order_id: int,
    actor: Actor,
    reason: str,
    at: datetime,
    by: User | None = None,
    actor_label: str = "",
    versions: Collection[str] | None = None,
) -> MerchantOrder:
    """Cancel an order that has not left, for the buyer (``Actor.CHANNEL``) or the merchant."""
    return _take("cancel", merchant_order_id, actor, reason, at, by, actor_label, versions)


def expire(*, at: datetime) -> int:
    """Refuse what was not accepted in time; returns how many. Beat calls it; several may run at once.

    After an outage it catches up, batch by batch; each batch is a transaction of its own.
    """
    done = 0
    while batch := _expire_batch(at=at):
        done += batch
    return done


def remind(*, at: datetime) -> int:
    """Say once of each order that its time to be accepted is running out; returns how many."""
    done = 0
    while batch := _remind_batch(at=at):
        done += batch
    return done


@transaction.atomic
def _take(
    action: str,
    merchant_order_id: int,
    actor: Actor,
    reason: str,
    at: datetime,
    by: User | None,
    actor_label: str,
    versions: Collection[str] | None,
) -> MerchantOrder:
    order = next(iter(lifecycle.lock([merchant_order_id])), None)
    if order is None:
        raise lifecycle.UnknownOrder
    check_version(versions, order.version)
    step = transitions.find_action(action, order.status, actor)
    if step is None:
        raise lifecycle.refusal(order, to=actor)
    if (reason or None) not in (step.reasons or (None,)):
        raise ReasonMissing(reasons=[str(known) for known in step.reasons])
    [moved] = lifecycle.apply([order], step, at=at, by=by, actor_label=actor_label, reason=reason)
    return moved


@transaction.atomic
def _expire_batch(*, at: datetime) -> int:
    due = (
        MerchantOrder.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("order", "merchant")
        .filter(status=OrderStatus.WAITING_ACCEPTANCE, accept_until__lt=at)
        .order_by("pk")[:SWEEP_BATCH]
    )
    orders = list(due)
    if orders:
        step = transitions.find(
            OrderStatus.WAITING_ACCEPTANCE, OrderStatus.REFUSED, reason=EndReason.NO_ANSWER
        )
        assert step is not None
        lifecycle.apply(orders, step, at=at, actor_label="machine:deadline", reason=EndReason.NO_ANSWER)
    return len(orders)


@transaction.atomic
def _remind_batch(*, at: datetime) -> int:
    due = (
        MerchantOrder.objects.select_for_update(skip_locked=True)
        .filter(
            status=OrderStatus.WAITING_ACCEPTANCE,
            accept_until__gt=at,
            accept_until__lte=at + deadlines.REMIND_BEFORE,
            reminded_at__isnull=True,
        )
        .order_by("pk")[:SWEEP_BATCH]
    )
    orders = list(due)
    MerchantOrder.objects.filter(pk__in=[order.pk for order in orders]).update(reminded_at=at)
    events.record_many(
        events.NewEvent(
            type="order.acceptance_due",
            subject_type="merchantorder",
            subject_id=order.public_id,
            merchant_id=order.merchant_id,
            data={"number": order.number},
        )
        for order in orders
    )
    return len(orders)
