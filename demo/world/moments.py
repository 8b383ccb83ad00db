"""Moments of the past, counted back from when the world is loaded, and acts that happened then."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TypeVar

from django.utils import timezone

from core import dates
from core.services import events

T = TypeVar("T")


def ago(now: datetime, days: float, clock: str = "") -> datetime:
    """Return the moment so many days before now; with a ``clock`` such as ``"09:40"``, on that day in France.

    A day off gives the working day before it. Never after ``now``.
    """
    moment = now - timedelta(days=days)
    if not clock:
        return moment
    day = timezone.localdate(moment)
    while not dates.is_working_day(day):
        day -= timedelta(days=1)
    hour, minute = clock.split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), timezone.get_current_timezone())
    return min(local, now)


def then(at: datetime, act: Callable[..., T], **arguments: object) -> T:
    """Call a service as it was called at a moment of the past; its events bear that moment."""
    with events.as_of(at):
        return act(**arguments, at=at)
