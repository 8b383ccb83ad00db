"""What a merchant sees first: what waits, what was sold, what runs out. Reads only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from catalog.models import StockLevel
from merchants.models import Merchant
from orders.enums import OrderStatus
from orders.models import MerchantOrder, OrderLine

WEEK = timedelta(days=7)
SOLD_OVER = timedelta(days=7)
NOT_SOLD = (OrderStatus.REFUSED, OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many orders wait for the same thing until the same day; ``until`` is the first deadline."""

    kind: str
    bucket: str
    number: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Hour:
    """Sales of one hour today, None while it is to come, and of the same hour a week before."""

    hour: int
    today: Decimal | None
    before: Decimal


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales of a day in one currency against the same day a week before, until the same moment."""

    currency: str
    orders: int
    total: Decimal
    before: Decimal
    hours: list[Hour]

    @property
    def change(self) -> Decimal | None:
        """The growth as a share of one, None when there is nothing to compare with."""
        return (self.total - self.before) / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class RunningOut:
    """A variant that will not last a week at the pace of the last one."""

    sku: str
    title: str
    left: int
    sold: int
    lasts_until: datetime


def waiting(merchant: Merchant, *, at: datetime) -> list[Waiting]:
    """Return what waits for the merchant by deadline: late, today, tomorrow, later. Two statements."""
    found = []
    for kind, statuses, column in (
        ("accept", [OrderStatus.WAITING_ACCEPTANCE], "accept_until"),
        ("ship", [OrderStatus.ACCEPTED, OrderStatus.PREPARING], "ship_until"),
    ):
        moments = (
            MerchantOrder.objects.for_merchant(merchant)
            .filter(status__in=statuses, **{f"{column}__isnull": False})
            .values_list(column)
            .annotate(number=Count("pk"), first=Min(column))
        )
        groups: dict[str, list[Any]] = defaultdict(lambda: [0, None])
        for moment, number, _first in moments:
            group = groups[_bucket(moment, at)]
            group[0] += number
            group[1] = min(group[1], moment) if group[1] else moment
        found += [Waiting(kind, bucket, number, until) for bucket, (number, until) in groups.items()]
    return sorted(found, key=lambda each: each.until)


def sales(merchant: Merchant, *, at: datetime) -> Sales:
    """Return today's sales by hour of Paris against a week before, in the currency that sells most."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        MerchantOrder.objects.for_merchant(merchant)
        .filter(placed_at__gte=midnight - WEEK, placed_at__lt=at)
        .exclude(placed_at__range=(midnight - WEEK + timedelta(days=1), midnight))
        .exclude(status__in=NOT_SOLD)
        .annotate(hour=TruncHour("placed_at"))
        .values_list("currency", "hour")
        .annotate(total=Sum("total"), number=Count("pk"))
    )
    by_currency: dict[str, dict[datetime, tuple[Decimal, int]]] = defaultdict(dict)
    for currency, hour, total, number in rows:
        by_currency[currency][timezone.localtime(hour)] = (total, number)
    if not by_currency:
        return Sales("EUR", 0, Decimal(0), Decimal(0), [])
    currency, hours = max(by_currency.items(), key=lambda item: sum(total for total, _n in item[1].values()))
    today = {hour.hour: value for hour, value in hours.items() if hour >= midnight}
    before = {hour.hour: value for hour, value in hours.items() if hour < midnight}
    now = timezone.localtime(at).hour
    zero = (Decimal(0), 0)
    return Sales(
        currency=currency,
        orders=sum(number for _total, number in today.values()),
        total=sum((total for total, _n in today.values()), Decimal(0)),
        before=sum((total for hour, (total, _n) in before.items() if hour <= now), Decimal(0)),
        hours=[
            Hour(hour, today.get(hour, zero)[0] if hour <= now else None, before.get(hour, zero)[0])
            for hour in range(24)
        ],
    )


def running_out(merchant: Merchant, *, at: datetime, limit: int = 5) -> list[RunningOut]:
    """Return what will be out of stock within a week at the pace of the last one, the first to go first."""
    sold = {
        row["variant"]: row
        for row in OrderLine.objects.for_merchant(merchant)
        .with_own_titles()
        .filter(merchant_order__placed_at__gte=at - SOLD_OVER)
        .exclude(merchant_order__status__in=NOT_SOLD)
        .values("variant", "sku")
        .annotate(pieces=Sum("quantity"), shown_title=Min("own_title"))
        .order_by("-pieces")[:100]
    }
    levels = (
        StockLevel.objects.filter(variant__in=sold, location__closed_at__isnull=True)
        .values_list("variant")
        .annotate(left=Sum(F("on_hand") - F("reserved") - F("safety")))
    )
    found = []
    for variant, left in levels:
        row = sold[variant]
        left = max(left, 0)
        lasts = SOLD_OVER * left / row["pieces"]
        if lasts < WEEK:
            found.append(RunningOut(row["sku"], row["shown_title"], left, row["pieces"], at + lasts))
    return sorted(found, key=lambda each: each.lasts_until)[:limit]


def _bucket(moment: datetime, at: datetime) -> str:
    days = (timezone.localtime(moment).date() - timezone.localtime(at).date()).days
    if moment < at:
        return "late"
    return {0: "today", 1: "tomorrow"}.get(days, "later")
