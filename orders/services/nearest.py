"""Find the pickup points nearest to a place: true distances, quickly, and only points that take the parcel.

The index finds neighbours on the Mercator map, whose scale changes with latitude. The search therefore reads
a few more than asked, sorts by distance on the sphere, and reads on until no point left out could be nearer.
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Func, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal
from orders.adapters.points.geography import distance_m, mercator, territory_code
from orders.enums import PointStatus
from orders.models import PickupPoint
from orders.services import openings

MAX_LIMIT = 50
DEFAULT_RADIUS_M = 30_000
MAX_RADIUS_M = 100_000
# Points read at most while looking for those open at a moment.
MOST_READ = 3_200


class PlaceNotFound(Refusal):
    """No point of ours lies in that postcode or town: send coordinates, or another spelling."""

    code = "place_not_found"
    status = 404
    default_message = _("We know no pickup point in this place. Send coordinates instead.")


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What a point must be or take. Empty means anything; weight in grams, longest side in millimetres."""

    networks: Collection[str] = ()
    kinds: Collection[str] = ()
    services: Collection[str] = ()
    weight_g: int | None = None
    side_mm: int | None = None
    open_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    point: PickupPoint
    distance_m: int | None
    openings: openings.Openings | None


def search(
    *, place: Place, wish: Wish, at: datetime, limit: int = 10, radius_m: int = DEFAULT_RADIUS_M
) -> list[Found]:
    """Return at most ``limit`` points within ``radius_m`` of a place, the nearest first.

    Never a point that is closed, suspended, full, or does not take the parcel. With ``open_at``, only points
    known to be open then. One statement, unless the filters leave few of those read.
    """
    found: list[tuple[float, PickupPoint]] = []
    for distance, point in _by_distance(place, _fit(wish), limit, radius_m, patient=wish.open_at is not None):
        if wish.open_at is None or openings.is_open(
            hours=point.opening_hours,
            country=point.country,
            longitude=point.longitude,
            moment=wish.open_at,
        ):
            found.append((distance, point))
            if len(found) == limit:
                break
    return [Found(point, round(distance), _openings(point, at)) for distance, point in found]


def get(*, public_id: object, at: datetime) -> Found:
    """Return one point, open or not. Raises ``PickupPoint.DoesNotExist``."""
    point = PickupPoint.objects.select_related("network").get(public_id=public_id)
    return Found(point, None, _openings(point, at))


def locate(*, country: str, postcode: str = "", city: str = "") -> Place:
    """Return the middle of the points we know in a postcode or a town. Raises ``PlaceNotFound``."""
    points = PickupPoint.objects.exclude(status=PointStatus.CLOSED)
    if postcode:
        points = points.filter(country=territory_code(country, postcode), postcode=postcode)
    else:
        points = points.annotate(town=Func(F("city"), function="UPPER")).filter(
            country=country, town=city.upper()
        )
    middle = points.aggregate(number=Count("pk"), latitude=Avg("latitude"), longitude=Avg("longitude"))
    if not middle["number"]:
        raise PlaceNotFound(country=country, postcode=postcode, city=city)
    return Place(middle["latitude"], middle["longitude"])


def _fit(wish: Wish) -> QuerySet[PickupPoint]:
    points = PickupPoint.objects.filter(
        Q(capacity__isnull=True) | Q(load__lt=F("capacity")), status=PointStatus.OPEN
    )
    if wish.networks:
        points = points.filter(network__code__in=list(wish.networks))
    if wish.kinds:
        points = points.filter(kind__in=list(wish.kinds))
    if wish.services:
        points = points.filter(services__contains=list(wish.services))
    if wish.weight_g is not None:
        points = points.filter(Q(max_weight_g__isnull=True) | Q(max_weight_g__gte=wish.weight_g))
    if wish.side_mm is not None:
        points = points.filter(Q(max_side_mm__isnull=True) | Q(max_side_mm__gte=wish.side_mm))
    return points


def _by_distance(
    place: Place, points: QuerySet[PickupPoint], limit: int, radius_m: int, *, patient: bool
) -> Iterator[tuple[float, PickupPoint]]:
    """Yield points by true distance. Reads more when the caller wants more than the first ``limit``."""
    x, y = mercator(place.latitude, place.longitude)
    here = Func(Value(x), Value(y), function="point")
    there = Func(F("x"), F("y"), function="point")
    apart = Func(there, here, template="(%(expressions)s)", arg_joiner=" <-> ", output_field=FloatField())
    ordered = points.select_related("network").annotate(apart=apart).order_by("apart")

    given: set[int] = set()
    size = limit + 6
    while True:
        rows: list[Any] = list(ordered[:size])
        measured = sorted(
            (distance_m(place.latitude, place.longitude, point.latitude, point.longitude), point.pk, point)
            for point in rows
        )
        is_last = len(rows) < size
        sure = math.inf if is_last else _sure_within(place.latitude, rows[-1].apart)
        for distance, pk, point in measured:
            if distance > radius_m:
                return
            if distance > sure:
                break
            if pk not in given:
                given.add(pk)
                yield distance, point
        if is_last or sure > radius_m or size >= (MOST_READ if patient else MAX_LIMIT * 8):
            return
        size *= 4


def _sure_within(latitude: float, apart: float) -> float:
    """Return within what true distance no point can lie farther than ``apart`` on the map.

    The map stretches by 1 / cos(latitude), most at the edge toward the pole: a bound that holds for every
    direction takes the scale there.
    """
    reach = math.degrees(apart / 6_378_137.0)
    edge = min(abs(latitude) + reach, 85.0)
    return apart * math.cos(math.radians(edge)) * 0.998


def _openings(point: PickupPoint, at: datetime) -> openings.Openings | None:
    return openings.at(hours=point.opening_hours, country=point.country, longitude=point.longitude, moment=at)
