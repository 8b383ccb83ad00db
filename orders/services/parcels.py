"""Parcels as they leave the merchant and as orders follow them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from orders.enums import EndReason, OrderStatus, ParcelStatus
from orders.models import MerchantOrder, OrderLine, Parcel, ParcelLine
from orders.services import lifecycle

P, S = ParcelStatus, OrderStatus
WAITING_AT_POINT = frozenset({P.AT_PICKUP_POINT, P.EXPIRED})
NOT_LEFT = frozenset({P.ANNOUNCED, P.CANCELLED})


class ParcelCancelled(Refusal):
    """One of the parcels was cancelled: its label must not be used. Nothing was handed over."""

    code = "parcel_cancelled"


class OrderEnded(Refusal):
    """The order of one of the parcels has been cancelled or has ended. Nothing was handed over."""

    code = "order_ended"


class UnknownParcel(Refusal):
    """One of the parcels does not exist for the caller. Nothing was handed over."""

    code = "parcel_not_found"
    status = 404


@transaction.atomic
def hand_over(*, parcel_ids: Collection[int], by: User | None, at: datetime) -> list[Parcel]:
    """Note that the carrier has taken these parcels; answers those that had not left yet.

    An order of which everything has left becomes SHIPPED, and its goods leave the stock. Parcels that had
    left already are passed over, so that a second tap changes nothing. Raises ``UnknownParcel``,
    ``ParcelCancelled`` or ``OrderEnded``.
    """
    wanted = set(parcel_ids)
    orders = lifecycle.lock(Parcel.objects.filter(pk__in=wanted).values_list("merchant_order_id", flat=True))
    parcels = lock(wanted)
    if len(parcels) != len(wanted):
        raise UnknownParcel(_("This parcel does not exist."))
    if cancelled := [parcel.tracking_number for parcel in parcels if parcel.status == P.CANCELLED]:
        raise ParcelCancelled(
            _("Parcel %(number)s was cancelled.") % {"number": cancelled[0]}, parcels=cancelled
        )
    leaving = [parcel for parcel in parcels if parcel.status == P.ANNOUNCED]
    _refuse_ended(leaving, {order.pk: order for order in orders})
    for parcel in leaving:
        parcel.status, parcel.handed_over_at = P.HANDED_OVER, at
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in leaving]).update(
        status=P.HANDED_OVER, handed_over_at=at
    )
    events.record_many((news_of(parcel) for parcel in leaving), by=by)
    follow(orders, at=at, by=by)
    return leaving


@transaction.atomic
def cancel_announced(*, order_public_id: UUID, at: datetime) -> int:
    """Take back the labels of an order that ended before it left; returns how many. Again changes nothing."""
    orders = lifecycle.lock(
        MerchantOrder.objects.filter(public_id=order_public_id).values_list("pk", flat=True)
    )
    if not orders or orders[0].status not in (S.CANCELLED, S.REFUSED):
        return 0
    announced = Parcel.objects.filter(merchant_order=orders[0], status=P.ANNOUNCED)
    return announced.update(status=P.CANCELLED)


def _refuse_ended(leaving: Iterable[Parcel], orders: dict[int, MerchantOrder]) -> None:
    for parcel in leaving:
        order = orders[parcel.merchant_order_id]
        if order.status not in (S.ACCEPTED, S.PREPARING, S.SHIPPED):
            raise OrderEnded(
                _("Order %(number)s is “%(status)s”: keep its parcel here.")
                % {"number": order.number, "status": S(order.status).label},
                number=order.number,
                status=order.status,
            )


def lock(parcel_ids: Iterable[int]) -> list[Parcel]:
    """Lock parcels in ascending order of their key. Their orders are locked before, always."""
    rows = Parcel.objects.select_for_update(of=("self",)).select_related(
        "merchant_order", "pickup_point", "carrier"
    )
    return list(rows.filter(pk__in=list(parcel_ids)).order_by("pk"))


def news_of(parcel: Parcel) -> events.NewEvent:
    """Say what has become of a parcel: ``parcel.handed_over``, ``parcel.at_pickup_point``, …"""
    return events.NewEvent(
        type=f"parcel.{parcel.status}",
        subject_type="parcel",
        subject_id=parcel.public_id,
        merchant_id=parcel.merchant_id,
        data={"order": str(parcel.merchant_order.public_id), "number": parcel.tracking_number},
    )


def follow(
    orders: Iterable[MerchantOrder], *, at: datetime, by: User | None = None, actor_label: str = ""
) -> None:
    """Bring locked orders to where their parcels are. One move for all orders that take the same step.

    The number of statements depends on the number of steps, at most four, and not on the orders.
    """
    known = {order.pk: order for order in orders}
    where = _statuses(known)
    packed = _fully_packed(known)
    pending = dict(known)
    while pending:
        steps: dict[tuple[str, str], list[int]] = {}
        for pk, order in pending.items():
            step = _next_step(order.status, where.get(pk, []), is_complete=pk in packed)
            if step is not None:
                steps.setdefault(step, []).append(pk)
        pending = {}
        for (to, reason), keys in sorted(steps.items()):
            moved = lifecycle.move_many(
                merchant_order_ids=keys, to=to, at=at, by=by, actor_label=actor_label, reason=reason
            )
            pending |= {order.pk: order for order in moved}


def _next_step(order: str, parcels: list[str], *, is_complete: bool) -> tuple[str, str] | None:
    """Return the state, with its reason, that an order takes next for its parcels, or None."""
    at = set(parcels)
    if not parcels or not is_complete:
        return None
    if order in (S.ACCEPTED, S.PREPARING):
        return None if at & NOT_LEFT else (S.SHIPPED, "")
    if order not in (S.SHIPPED, S.AT_PICKUP_POINT):
        return None
    if at == {P.DELIVERED}:
        return S.DELIVERED, ""
    if at == {P.RETURNED}:
        return (
            S.RETURNED_TO_SENDER,
            EndReason.NOT_COLLECTED if order == S.AT_PICKUP_POINT else EndReason.OTHER,
        )
    if at == {P.LOST}:
        return S.LOST, EndReason.PARCEL_LOST
    has_arrived = at <= WAITING_AT_POINT | {P.DELIVERED} and at & WAITING_AT_POINT
    return (S.AT_PICKUP_POINT, "") if has_arrived and order == S.SHIPPED else None


def _statuses(orders: Iterable[int]) -> dict[int, list[str]]:
    rows = Parcel.objects.filter(merchant_order__in=list(orders)).exclude(status=P.CANCELLED)
    found: dict[int, list[str]] = {}
    for order_id, status in rows.values_list("merchant_order_id", "status"):
        found.setdefault(order_id, []).append(status)
    return found


def _fully_packed(orders: Iterable[int]) -> set[int]:
    keys = list(orders)
    ordered = dict(
        OrderLine.objects.filter(merchant_order__in=keys)
        .order_by()
        .values_list("merchant_order_id")
        .annotate(total=Sum("quantity"))
    )
    packed = dict(
        ParcelLine.objects.filter(line__merchant_order__in=keys)
        .exclude(parcel__status=P.CANCELLED)
        .values_list("line__merchant_order_id")
        .annotate(total=Sum("quantity"))
    )
    return {pk for pk in keys if packed.get(pk, 0) >= ordered.get(pk, 0) > 0}
