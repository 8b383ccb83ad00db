"""Take what carriers say of parcels. Late, early, twice, in any order: the parcel ends in the same state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from core.services import events
from orders.adapters.carriers.base import meaning
from orders.adapters.points.geography import zone_of
from orders.enums import ParcelStatus
from orders.models import Carrier, Parcel, PickupPoint, TrackingEvent
from orders.services import lifecycle, networks, parcels

P = ParcelStatus
MAX_BATCH = 1_000
CLOCK_SKEW = timedelta(minutes=5)
# A scan before the label was made is a mistake of the carrier's clock, or of ours.
EARLIEST = timedelta(days=7)

# Of two scans of the same moment, the later in this list counts.
RANK = {
    status: rank
    for rank, status in enumerate(
        (
            P.ANNOUNCED,
            P.HANDED_OVER,
            P.IN_TRANSIT,
            P.EXCEPTION,
            P.OUT_FOR_DELIVERY,
            P.AT_PICKUP_POINT,
            P.EXPIRED,
            P.LOST,
            P.RETURNING,
            P.RETURNED,
            P.DELIVERED,
            P.CANCELLED,
        )
    )
}
# Nothing follows these: what a carrier scans later is kept and shown, and changes nothing.
ENDS = frozenset({P.DELIVERED, P.RETURNED, P.CANCELLED})
# On its way back, only its return counts: a depot's scan does not send it to the buyer again.
AFTER_RETURNING = frozenset({P.RETURNING, P.RETURNED, P.LOST})


WRITE = """
UPDATE orders_parcel AS parcel
SET status = new.status, handed_over_at = new.handed_over_at, arrived_at = new.arrived_at,
    pickup_until = new.pickup_until, delivered_at = new.delivered_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::date[], %s::timestamptz[])
    AS new (id, status, handed_over_at, arrived_at, pickup_until, delivered_at)
WHERE parcel.id = new.id
"""


class Outcome(StrEnum):
    """What became of one event of a batch."""

    ACCEPTED = "accepted"
    UNMAPPED = "unmapped"
    DUPLICATE = "duplicate"
    UNKNOWN_PARCEL = "unknown_parcel"
    IN_FUTURE = "happened_in_future"
    TOO_EARLY = "happened_too_early"


@dataclass(frozen=True, slots=True)
class Scan:
    """An event as the carrier sends it. ``event_id`` is the carrier's, once per parcel and event."""

    event_id: str
    tracking_number: str
    code: str
    happened_at: datetime
    place: str = ""
    raw: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    parcel: UUID | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where the events of a parcel leave it."""

    status: ParcelStatus
    handed_over_at: datetime | None
    arrived_at: datetime | None
    delivered_at: datetime | None


@transaction.atomic
def receive(*, carrier: Carrier, scans: Sequence[Scan], at: datetime, by: object = None) -> list[Result]:
    """Take a batch of a carrier's events, each for itself; answers one result per event, in their order.

    Known events change nothing. Parcels of other carriers are unknown. Codes that are not mapped are kept
    and shown. Orders follow their parcels. The number of statements does not depend on the batch.
    """
    numbers = {scan.tracking_number for scan in scans}
    named = Parcel.objects.filter(carrier=carrier, tracking_number__in=numbers)
    orders = lifecycle.lock(named.values_list("merchant_order_id", flat=True))
    locked = parcels.lock(named.values_list("pk", flat=True))
    by_number = {parcel.tracking_number: parcel for parcel in locked}
    known = {(event.parcel_id, event.carrier_event_id): event for event in _events_of(locked)}

    results: list[Result] = []
    new: list[TrackingEvent] = []
    for scan in scans:
        parcel = by_number.get(scan.tracking_number)
        outcome = _judge(scan, parcel, known, at)
        if outcome is None and parcel is not None:
            status = meaning(carrier.adapter, scan.code)
            event = _event(scan, parcel, status, at)
            known[parcel.pk, scan.event_id] = event
            new.append(event)
            outcome = Outcome.ACCEPTED if status else Outcome.UNMAPPED
        results.append(Result(outcome or Outcome.UNKNOWN_PARCEL, parcel.public_id if parcel else None))
    TrackingEvent.objects.bulk_create(new)

    touched = {event.parcel_id for event in new if event.status}
    changed = _fold_all([parcel for parcel in locked if parcel.pk in touched], known.values())
    _write(changed)
    _count_places(changed)
    events.record_many(
        (parcels.news_of(parcel) for parcel, before in changed if parcel.status != before), by=by
    )
    moving = {parcel.merchant_order_id for parcel, _before in changed}
    parcels.follow([o for o in orders if o.pk in moving], at=at, actor_label=f"carrier:{carrier.name}"[:120])
    return [
        Result(result.outcome, result.parcel, by_number[scan.tracking_number].status if result.parcel else "")
        for scan, result in zip(scans, results, strict=True)
    ]


def fold(scans: Iterable[tuple[datetime, str]], *, handed_over_at: datetime | None = None) -> State:
    """Return where (moment, status) pairs leave a parcel: the same for any order and any repetition.

    ``handed_over_at`` is when the merchant gave it away, if it did.
    """
    status = P.HANDED_OVER if handed_over_at else P.ANNOUNCED
    left, arrived, delivered = handed_over_at, None, None
    for moment, text in sorted(set(scans), key=lambda scan: (scan[0], RANK[P(scan[1])])):
        said = P(text)
        if said != P.ANNOUNCED and said != P.CANCELLED:
            left = moment if left is None else min(left, moment)
        if status in ENDS or (status == P.RETURNING and said not in AFTER_RETURNING):
            continue
        if said in (P.ANNOUNCED, P.HANDED_OVER) and status != P.ANNOUNCED:
            continue
        if said == P.AT_PICKUP_POINT and status != P.AT_PICKUP_POINT:
            arrived = moment
        if said == P.DELIVERED:
            delivered = moment
        status = said
    return State(status, left, arrived, delivered)


def _judge(
    scan: Scan, parcel: Parcel | None, known: dict[tuple[int, str], TrackingEvent], at: datetime
) -> Outcome | None:
    if parcel is None:
        return Outcome.UNKNOWN_PARCEL
    if (parcel.pk, scan.event_id) in known:
        return Outcome.DUPLICATE
    if scan.happened_at > at + CLOCK_SKEW:
        return Outcome.IN_FUTURE
    if scan.happened_at < parcel.created_at - EARLIEST:
        return Outcome.TOO_EARLY
    return None


def _events_of(locked: list[Parcel]) -> list[TrackingEvent]:
    return list(TrackingEvent.objects.filter(parcel__in=locked).defer("raw", "place").order_by())


def _event(scan: Scan, parcel: Parcel, status: ParcelStatus | None, at: datetime) -> TrackingEvent:
    return TrackingEvent(
        parcel=parcel,
        carrier_event_id=scan.event_id,
        code=scan.code,
        status=status or "",
        place=scan.place,
        happened_at=scan.happened_at,
        received_at=at,
        raw=scan.raw or {},
    )


def _fold_all(touched: list[Parcel], known: Iterable[TrackingEvent]) -> list[tuple[Parcel, str]]:
    """Set each parcel's state from all its events; answers those that changed, with their former status."""
    told: dict[int, list[tuple[datetime, str]]] = {parcel.pk: [] for parcel in touched}
    for event in known:
        if event.status and event.parcel_id in told:
            told[event.parcel_id].append((event.happened_at, event.status))
    periods: dict[tuple[int, str, Any], int] = {}
    changed = []
    for parcel in touched:
        state = fold(told[parcel.pk], handed_over_at=parcel.handed_over_at)
        before = parcel.status
        if parcel.status == P.CANCELLED:
            continue
        parcel.status, parcel.handed_over_at = state.status, state.handed_over_at
        parcel.arrived_at, parcel.delivered_at = state.arrived_at, state.delivered_at
        _hold(parcel, periods)
        changed.append((parcel, before))
    return changed


def _hold(parcel: Parcel, periods: dict[tuple[int, str, Any], int]) -> None:
    """Set until which day the point keeps the parcel. Days are the calendar's, where the point is."""
    point = parcel.pickup_point
    if parcel.arrived_at is None or point is None:
        parcel.pickup_until = None
        return
    day = parcel.arrived_at.astimezone(zone_of(point.country, point.longitude)).date()
    key = (point.network_id, point.kind, day)
    if key not in periods:
        periods[key] = networks.holding_days(network_id=point.network_id, kind=point.kind, on=day)
    parcel.pickup_until = day + timedelta(days=periods[key])


def _write(changed: list[tuple[Parcel, str]]) -> None:
    if not changed:
        return
    rows = [
        (
            parcel.pk,
            str(parcel.status),
            parcel.handed_over_at,
            parcel.arrived_at,
            parcel.pickup_until,
            parcel.delivered_at,
        )
        for parcel, _before in changed
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])


def _count_places(changed: list[tuple[Parcel, str]]) -> None:
    """Take and give back places at the points, each point once, in ascending order of their keys."""
    moves: dict[int, int] = {}
    for parcel, before in changed:
        if parcel.pickup_point_id is not None:
            step = (parcel.status in parcels.WAITING_AT_POINT) - (before in parcels.WAITING_AT_POINT)
            moves[parcel.pickup_point_id] = moves.get(parcel.pickup_point_id, 0) + step
    by_step: dict[int, list[int]] = {}
    for point_id, step in sorted(moves.items()):
        if step:
            by_step.setdefault(step, []).append(point_id)
    list(PickupPoint.objects.select_for_update().filter(pk__in=list(moves)).order_by("pk").values_list("pk"))
    for step, point_ids in by_step.items():
        PickupPoint.objects.filter(pk__in=point_ids).update(load=Greatest(F("load") + step, 0))
