"""Load a world part by part, and say how long each took."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import connection

from core.refusals import Refusal
from demo.world import base, catalogue, history, measures, merchants, pictures, points
from demo.world.size import Size
from merchants.models import Merchant

Report = Callable[[str, float], None]
T = TypeVar("T")
#: One product in so many has a picture, up to so many pictures: each is drawn and kept in four sizes.
PICTURED, MOST_PICTURES = 6, 240


class NotHere(Refusal):
    """A demonstration has no place in production."""

    code = "demo_in_production"
    default_message = "The demonstration is never loaded in production."


class NotEmpty(Refusal):
    """There are merchants already."""

    code = "demo_not_empty"
    default_message = (
        "There are merchants here already: the demonstration is loaded into an empty database only. "
        "`make reset` empties the one of `make run`."
    )


class OtherRegister(Refusal):
    """The companies are invented: a real register does not know them."""

    code = "demo_asks_real_register"
    default_message = "Unset REGISTRY_URL: the demonstration's companies are in the embedded register only."


def load(size: Size, *, at: datetime, report: Report) -> None:
    """Load a world of that size as of a moment. Raises ``NotHere``, ``NotEmpty``, ``OtherRegister``."""
    if settings.PRODUCTION:
        raise NotHere
    if size.merchants and Merchant.objects.exists():
        raise NotEmpty
    if size.merchants and not merchants.sample_register_is_used():
        raise OtherRegister
    with connection.cursor() as cursor:
        # A load that a power cut interrupts is loaded again: no commit needs to wait for the disk.
        cursor.execute("SET synchronous_commit TO off")
    _timed(report, "reference data, staff, partners", lambda: base.load(at=at))
    if size.points:
        _timed(report, "pickup points", lambda: points.load(count=size.points, now=at))
    if size.merchants:
        _load_merchants(size, at, report)


def _load_merchants(size: Size, at: datetime, report: Report) -> None:
    opened = _timed(report, "merchants", lambda: merchants.load(count=size.merchants, now=at))
    if not size.products:
        return
    shelves = _timed(report, "catalogues", lambda: catalogue.load(opened=opened, count=size.products, now=at))
    shown = min(size.products // PICTURED, MOST_PICTURES)
    _timed(report, "pictures", lambda: pictures.load(shelves=shelves, count=shown))
    if size.orders:
        _timed(
            report,
            "orders",
            lambda: history.load(shelves=shelves, count=size.orders, days=size.days, now=at),
        )
        # Last: who is suspended sells nothing more.
        _timed(report, "measures", lambda: measures.load(opened=opened, now=at))


def _timed(report: Report, name: str, part: Callable[[], T]) -> T:
    begun = time.monotonic()
    answer = part()
    report(name, time.monotonic() - begun)
    return answer
