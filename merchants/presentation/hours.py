"""Opening hours of a store's support: OpenStreetMap's syntax, as our form writes it, and words."""

import re
from typing import Any, Final

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_OURS: Final = re.compile(
    r"(?P<days>[A-Z][a-z](?:[-,][A-Z][a-z])*) (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
    r"(?:,(?P<opens_again>\d\d:\d\d)-(?P<closes_again>\d\d:\d\d))?; PH off"
)


def read(hours: str) -> dict[str, Any]:
    """Return the days and the hours; empty for what our form cannot say."""
    found = _OURS.fullmatch(hours)
    if found is None:
        return {}
    days = [day for part in found["days"].split(",") for day in _expanded(part)]
    return {**found.groupdict(), "days": [day for day in DAYS if day in days]}


def words(hours: str) -> str:
    """Write hours for people: « du lundi au vendredi, 09:00–12:30 et 14:00–18:00, hors jours fériés »."""
    said = read(hours)
    if not said:
        return hours
    spans = [f"{said['opens']}–{said['closes']}"]
    if said["opens_again"]:
        spans.append(f"{said['opens_again']}–{said['closes_again']}")
    return _("%(days)s, %(hours)s, public holidays excepted") % {
        "days": _days(said["days"]),
        "hours": _(" and ").join(spans),
    }


def _expanded(part: str) -> list[str]:
    first, _dash, last = part.partition("-")
    if not last or first not in DAYS or last not in DAYS:
        return [first]
    return list(DAYS[DAYS.index(first) : DAYS.index(last) + 1])


def _days(days: list[str]) -> str:
    names = [str(WEEKDAYS[DAYS.index(day)]) for day in days]
    numbers = [DAYS.index(day) for day in days]
    if len(days) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)
