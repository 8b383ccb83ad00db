"""Working time: what a deadline in working hours means.

A working hour is any hour of a working day, from midnight to midnight on the country's clock: 24 working
hours from Friday 15:00 end on Monday 15:00. Working days are Monday to Friday except public holidays, which
``holidays`` knows per country (for France, article L3133-1 of the Code du travail).
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")
UTC = ZoneInfo("UTC")


def is_working_day(day: date, country: str = "FR") -> bool:
    """Tell whether people work there that day; an unknown country raises ``NotImplementedError``."""
    return day.weekday() < 5 and day not in _holidays(country)


def has_calendar(country: str) -> bool:
    """Tell whether the public holidays of a country are known."""
    return country in _countries()


def add_working_hours(
    start: datetime, hours: int | float, country: str = "FR", zone: ZoneInfo = PARIS
) -> datetime:
    """Return the moment, in UTC, when ``hours`` working hours have passed since ``start`` (aware).

    A start on a day off counts from the next working day's midnight. Days of 23 or 25 hours (change of clock)
    count for what they are. The end of a count that fills a day is the midnight that ends that day.
    """
    if hours < 0:
        raise ValueError("hours must not be negative")
    moment, left = start.astimezone(UTC), timedelta(hours=hours)
    while True:
        day = moment.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        if is_working_day(day, country):
            if left <= midnight - moment:
                return moment + left
            left -= midnight - moment
        moment = midnight


def add_working_days(day: date, days: int, country: str = "FR") -> date:
    """Return the ``days``-th working day after a day; that day itself never counts."""
    if days < 0:
        raise ValueError("days must not be negative")
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, country)
    return day


def working_hours_between(
    start: datetime, end: datetime, country: str = "FR", zone: ZoneInfo = PARIS
) -> float:
    """Return the working hours from ``start`` to ``end``; 0 when the end is not after the start."""
    moment, stop, total = start.astimezone(UTC), end.astimezone(UTC), timedelta()
    while moment < stop:
        day = moment.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        if is_working_day(day, country):
            total += min(midnight, stop) - moment
        moment = midnight
    return total / timedelta(hours=1)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries())


@lru_cache(maxsize=32)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
