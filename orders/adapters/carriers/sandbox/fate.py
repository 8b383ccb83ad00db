"""What happens to a parcel, decided by its number: the same number always has the same fate.

Times are those of a real carrier, from the hand-over; the caller divides them by its speed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HUBS = ("Rungis", "Lyon Corbas", "Lille Lesquin", "Bordeaux Bruges", "Metz", "Köln", "Liège", "Poznań")


@dataclass(frozen=True)
class Step:
    """A scan, so long after the hand-over."""

    after: timedelta
    code: str
    place: str


@dataclass(frozen=True)
class Chances:
    """How many parcels of a thousand meet with what. The rest is collected within two days."""

    lost: int = 3
    delayed: int = 60
    locker_full: int = 25
    refused: int = 10
    unclaimed: int = 20


def steps(
    number: str,
    *,
    place: str,
    is_locker: bool,
    held_days: int,
    chances: Chances,
    is_home: bool = False,
) -> list[Step]:
    """Return all scans of a parcel, in the order of their moments. At a home it is handed over at once."""
    dice = _Dice(number)
    outcome = dice.below(1000)
    hub = HUBS[dice.below(len(HUBS))]
    slow = timedelta(hours=dice.below(20))
    route = [
        Step(2 * HOUR, "TAKEN", "Enlèvement"),
        Step(9 * HOUR + slow / 4, "HUB_IN", hub),
        Step(14 * HOUR + slow / 2, "HUB_OUT", hub),
    ]
    arrival = 28 * HOUR + slow
    bounds = _bounds(chances)
    if outcome < bounds["lost"]:
        return [*route, Step(9 * DAY, "LOST", hub)]
    if outcome < bounds["delayed"]:
        route.append(Step(20 * HOUR + slow, "DELAY", hub))
        arrival += 2 * DAY
    elif outcome < bounds["locker_full"] and is_locker:
        route.append(Step(arrival, "LOCKER_FULL", place))
        arrival += DAY
    route.append(Step(arrival - 4 * HOUR, "ON_ROUND", place))
    if is_home:
        return [*route, Step(arrival, "COLLECTED", place)]
    route.append(Step(arrival, "AT_POINT", place))
    if bounds["locker_full"] <= outcome < bounds["refused"]:
        back = arrival + timedelta(hours=3 + dice.below(30))
        return [*route, Step(back, "REFUSED", place), Step(back + 3 * DAY, "RETURNED", hub)]
    if bounds["refused"] <= outcome < bounds["unclaimed"]:
        end = arrival + held_days * DAY
        return [
            *route,
            Step(arrival + held_days * DAY / 2, "REMINDED", place),
            Step(end, "UNCLAIMED", place),
            Step(end + 12 * HOUR, "BACK", place),
            Step(end + 3 * DAY, "RETURNED", hub),
        ]
    return [*route, Step(arrival + timedelta(hours=2 + dice.below(40)), "COLLECTED", place)]


def due(
    plan: list[Step], *, handed_over_at: datetime, at: datetime, speed: float
) -> list[tuple[datetime, Step]]:
    """Return the scans that have happened by ``at``; with ``speed`` 1440 a day passes in a minute."""
    happened = [(handed_over_at + step.after / speed, step) for step in plan]
    return [(moment, step) for moment, step in happened if moment <= at]


def is_repeated(number: str, code: str) -> bool:
    """Whether the carrier sends a scan twice, as real ones do: one in eight."""
    return _Dice(f"{number} {code} again").below(8) == 0


def is_late(number: str, code: str) -> bool:
    """Whether a scan is sent after the following ones: one in ten."""
    return _Dice(f"{number} {code} late").below(10) == 0


def _bounds(chances: Chances) -> dict[str, int]:
    total, bounds = 0, {}
    for name in ("lost", "delayed", "locker_full", "refused", "unclaimed"):
        total += getattr(chances, name)
        bounds[name] = total
    return bounds


class _Dice:
    """Numbers that follow from a text."""

    def __init__(self, text: str) -> None:
        self.state = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")

    def below(self, limit: int) -> int:
        self.state, value = divmod(self.state, limit)
        return value
