"""When a place is open: OpenStreetMap's syntax read with the holidays and the clock of its country."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import opening_hours

from orders.adapters.points.geography import holidays_country, zone_of

WEEK = timedelta(days=7)
# A place that stays closed longer has closed, whatever its hours say.
HORIZON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Day:
    """The times between which a place is open on a day, such as ``("09:00", "12:30")``. None: closed."""

    day: date
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Openings:
    """At a moment: whether open, since when it opens next if not, and the week from that day on."""

    is_open: bool
    next_opening: datetime | None
    closes_at: datetime | None
    week: tuple[Day, ...]


def is_readable(hours: str) -> bool:
    return _read(hours, "") is not None


def at(*, hours: str, country: str, longitude: float, moment: datetime) -> Openings | None:
    """Say when a place is open around a moment; None when its hours are unknown: nothing is invented.

    ``moment`` is aware; the answer's moments are in the clock of the place.
    """
    rules = _read(hours, country) if hours else None
    if rules is None:
        return None
    zone = zone_of(country, longitude)
    local = moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    is_open = bool(rules.is_open(local))
    change = _next_change(hours, country, local, is_open)
    turns = change.replace(tzinfo=zone) if change else None
    return Openings(
        is_open=is_open,
        next_opening=None if is_open else turns,
        closes_at=turns if is_open else None,
        week=_week(hours, country, local.date()),
    )


def is_open(*, hours: str, country: str, longitude: float, moment: datetime) -> bool:
    """Whether a place is known to be open at a moment. Unknown hours are not."""
    rules = _read(hours, country) if hours else None
    return rules is not None and bool(
        rules.is_open(moment.astimezone(zone_of(country, longitude)).replace(tzinfo=None))
    )


def _next_change(hours: str, country: str, local: datetime, is_open: bool) -> datetime | None:
    """Return when it opens, or closes; None when not within the horizon. ``24/7`` never changes."""
    rules = _read(hours, country)
    assert rules is not None
    moment = local
    while (change := rules.next_change(moment)) is not None and change - local <= HORIZON:
        if bool(rules.is_open(change)) != is_open:
            found: datetime = change
            return found
        moment = change
    return None


@lru_cache(maxsize=20_000)
def _week(hours: str, country: str, first: date) -> tuple[Day, ...]:
    rules = _read(hours, country)
    assert rules is not None
    starts = datetime.combine(first, time())
    periods: dict[date, list[tuple[str, str]]] = {first + timedelta(days=n): [] for n in range(7)}
    for opens, closes, state, _comment in rules.intervals(starts, starts + WEEK):
        if str(state) != "open":
            continue
        until = min(closes or starts + WEEK, starts + WEEK)
        for day in periods:
            midnight = datetime.combine(day, time())
            begin, end = max(opens, midnight), min(until, midnight + timedelta(days=1))
            if begin < end:
                last = "24:00" if end.date() > day else f"{end:%H:%M}"
                periods[day].append((f"{begin:%H:%M}", last))
    return tuple(Day(day, tuple(slots)) for day, slots in periods.items())


@lru_cache(maxsize=20_000)
def _read(hours: str, country: str) -> Any:
    """Return the rules that a text says, or None. Countries without a holiday calendar have none."""
    parse: Any = opening_hours.OpeningHours
    holidays = holidays_country(country)
    try:
        return parse(hours, country=holidays) if holidays else parse(hours)
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined]  # missing in its type stub
        return _read(hours, "")
    except opening_hours.ParserError:  # type: ignore[attr-defined]  # missing in its type stub
        return None
