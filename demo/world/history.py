"""The orders of the demonstration world, day after day as they were placed, accepted, sent and collected."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db.models import F, Sum
from django.utils import timezone

from core import dates
from core.services import events
from demo.world.assortment import SEED
from demo.world.base import CHANNEL
from demo.world.catalogue import Shelf
from demo.world.demand import Demand
from demo.world.moments import then
from orders.adapters.carriers.sandbox import courier, fate
from orders.enums import EndReason, OrderStatus, ParcelStatus, PaymentStatus
from orders.models import Carrier, MerchantOrder, OrderLine, Parcel
from orders.services import acceptance, intake, lifecycle, networks, parcels, shipping, tracking
from orders.services.new_order import NewOrder
from partners.models import Channel

#: What becomes of an order, in a thousand; the others are accepted and sent.
REFUSED, UNANSWERED, CANCELLED, LATE = 25, 15, 25, 60
#: Days before now for which each merchant accepts by hand; before, their shop systems did.
BY_HAND_DAYS = 5
UNPAID = 3
LATE_BY = timedelta(days=4)
PACKING_G = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """What a merchant means to do with an order."""

    order: MerchantOrder
    fate: str


def load(*, shelves: Sequence[Shelf], count: int, days: int, now: datetime) -> int:
    """Place ``count`` orders over the last days and let their time pass; returns how many were placed."""
    demand = Demand(shelves)
    drawn = [(order, at) for at in demand.moments(count, days, now) if (order := demand.order(at))]
    story = Story(shelves, now)
    by_day = {day: list(group) for day, group in groupby(drawn, key=lambda each: timezone.localdate(each[1]))}
    day = min(by_day, default=timezone.localdate(now))
    while day <= timezone.localdate(now):
        story.live(day, by_day.get(day, []))
        day += timedelta(days=1)
    # Their buyers are just paying.
    at = now - timedelta(minutes=2)
    unpaid = [order for _ in range(UNPAID) if (order := demand.order(at))]
    with events.as_of(at):
        intake.place_many(
            channel=story.channel,
            orders=[(replace(order, payment_status=PaymentStatus.PENDING), at) for order in unpaid],
        )
    return len(drawn) + len(unpaid)


class Story:
    """Every day: accept, pack, hand over, let the carrier scan; then what is ordered that day comes in."""

    def __init__(self, shelves: Sequence[Shelf], now: datetime) -> None:
        self.now = now
        self.owners = {shelf.opened.merchant.pk: shelf.opened.owner for shelf in shelves}
        self.channel = Channel.objects.get(name=CHANNEL)
        self.carrier = Carrier.objects.get(code=networks.SANDBOX)
        self.chance = random.Random(f"{SEED} story")  # noqa: S311  # not for secrets
        self.waiting: list[Wish] = []
        self.to_pack: list[Wish] = []
        self.late: list[tuple[Wish, datetime]] = []
        self.packed: list[int] = []
        self.under_way: dict[int, Parcel] = {}
        self.scanned_until = datetime.min.replace(tzinfo=UTC)

    def live(self, day: date, drawn: Sequence[tuple[NewOrder, datetime]]) -> None:
        works = dates.is_working_day(day)
        if works and self._reaches(day, "09:00"):
            self._answer(self._at(day, "09:00"))
        if self._reaches(day, "10:00"):
            at = self._at(day, "10:00")
            then(at, acceptance.expire)
            if at > self.now - timedelta(days=BY_HAND_DAYS):
                self._scan(at)
        if works and self._reaches(day, "11:30"):
            self._pack(self._at(day, "11:30"))
        if works and self._reaches(day, "16:30"):
            self._hand_over(self._at(day, "16:30"))
        if self._reaches(day, "19:00"):
            self._scan(self._at(day, "19:00"))
        self._place(drawn)

    def _at(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), timezone.get_current_timezone())

    def _reaches(self, day: date, clock: str) -> bool:
        return self._at(day, clock) <= self.now

    def _place(self, drawn: Sequence[tuple[NewOrder, datetime]]) -> None:
        if not drawn:
            return
        with events.as_of(drawn[0][1]):
            placed = intake.place_many(channel=self.channel, orders=drawn)
        for each in placed:
            for part in each.parts:
                self.waiting.append(Wish(part.order, self._draw_fate()))

    def _draw_fate(self) -> str:
        dice = self.chance.randrange(1000)
        for name, share in (
            ("refuse", REFUSED),
            ("ignore", UNANSWERED),
            ("cancel", CANCELLED),
            ("late", LATE),
        ):
            if dice < share:
                return name
            dice -= share
        return "send"

    def _answer(self, at: datetime) -> None:
        """Accept what came in, refuse a few, leave a few unanswered."""
        by_fate: dict[str, list[Wish]] = {}
        for wish in self.waiting:
            by_fate.setdefault(wish.fate, []).append(wish)
        self.waiting = []
        for wish in by_fate.get("refuse", []):
            then(
                at,
                acceptance.refuse,
                merchant_order_id=wish.order.pk,
                reason=EndReason.OUT_OF_STOCK,
                by=self.owners[wish.order.merchant_id],
            )
        wanted = [*by_fate.get("send", []), *by_fate.get("late", []), *by_fate.get("cancel", [])]
        self._accept(wanted, at)
        for wish in by_fate.get("cancel", []):
            then(
                at + timedelta(minutes=50),
                lifecycle.move,
                merchant_order_id=wish.order.pk,
                to=OrderStatus.CANCELLED,
                reason=EndReason.BUYER_CHANGED_MIND,
                actor_label=f"channel:{self.channel.name}",
            )
        self.to_pack += [wish for wish in wanted if wish.fate != "cancel"]

    def _accept(self, wanted: Sequence[Wish], at: datetime) -> None:
        if not wanted:
            return
        if at < self.now - timedelta(days=BY_HAND_DAYS):
            keys = [wish.order.pk for wish in wanted]
            label = "system:Connecteur boutique"
            then(at, lifecycle.move_many, merchant_order_ids=keys, to=OrderStatus.ACCEPTED, actor_label=label)
            return
        for merchant_id, keys in _by_merchant(wanted):
            owner = self.owners[merchant_id]
            then(at, acceptance.accept_many, merchant_order_ids=keys, by=owner)

    def _pack(self, at: datetime) -> None:
        """Make parcels of what was accepted; the late ones wait for another day, half of them begun."""
        late = [wish for wish in self.to_pack if wish.fate == "late"]
        ready = [wish.order.pk for wish in self.to_pack if wish.fate != "late"]
        if late:
            keys = [wish.order.pk for wish in late[::2]]
            shop = "system:Connecteur boutique"
            then(at, lifecycle.move_many, merchant_order_ids=keys, to=OrderStatus.PREPARING, actor_label=shop)
        ready += [wish.order.pk for wish, since in self.late if at - since > LATE_BY]
        self.late = [(wish, since) for wish, since in self.late if at - since <= LATE_BY]
        self.late += [(wish, at) for wish in late]
        self.to_pack = []
        if ready:
            made = then(at, shipping.announce_many, weights=weights(ready), by=None)
            self.packed += [parcel.pk for parcel in made]

    def _hand_over(self, at: datetime) -> None:
        if not self.packed:
            return
        gone = then(at, parcels.hand_over, parcel_ids=self.packed, by=None)
        self.packed = []
        for parcel in Parcel.objects.select_related("pickup_point").filter(pk__in=[p.pk for p in gone]):
            self.under_way[parcel.pk] = parcel

    def _scan(self, at: datetime) -> None:
        """Send what the carrier has scanned by then: the same scans as it would itself."""
        scans = [
            scan
            for parcel in self.under_way.values()
            for scan in _scans(parcel, at)
            if scan.happened_at > self.scanned_until
        ]
        self.scanned_until = at
        if not scans:
            return
        then(at, tracking.receive, carrier=self.carrier, scans=scans)
        ended = Parcel.objects.filter(pk__in=self.under_way, status__in=ENDED).values_list("pk", flat=True)
        for pk in ended:
            del self.under_way[pk]


ENDED = (ParcelStatus.DELIVERED, ParcelStatus.RETURNED, ParcelStatus.LOST)


def weights(order_ids: Sequence[int]) -> dict[int, int]:
    """Return what each order weighs, packed, in grams."""
    rows = (
        OrderLine.objects.filter(merchant_order__in=order_ids)
        .order_by()
        .values_list("merchant_order_id")
        .annotate(grams=Sum(F("quantity") * F("variant__weight_g")))
    )
    return {pk: PACKING_G + (grams or 0) for pk, grams in rows}


def _by_merchant(wishes: Iterable[Wish]) -> list[tuple[int, list[int]]]:
    groups: dict[int, list[int]] = {}
    for wish in wishes:
        groups.setdefault(wish.order.merchant_id, []).append(wish.order.pk)
    return sorted(groups.items())


def _scans(parcel: Parcel, at: datetime) -> list[tracking.Scan]:
    point = parcel.pickup_point
    plan = fate.steps(
        parcel.tracking_number,
        place=point.city if point else "Domicile",
        is_locker=point is not None and point.kind == "locker",
        held_days=courier.HELD_DAYS,
        chances=fate.Chances(),
        is_home=point is None,
    )
    assert parcel.handed_over_at is not None
    return [
        tracking.Scan(
            event_id=f"{parcel.tracking_number}-{step.code}",
            tracking_number=parcel.tracking_number,
            code=step.code,
            happened_at=moment,
            place=step.place,
        )
        for moment, step in fate.due(plan, handed_over_at=parcel.handed_over_at, at=at, speed=1)
    ]
