"""One round of the sandbox carrier: read its parcels, send the scans that have happened since."""

from datetime import datetime, timedelta
from typing import Any

from orders.adapters.carriers.base import code_map
from orders.adapters.carriers.sandbox import fate
from orders.adapters.carriers.sandbox.client import Client
from orders.adapters.carriers.sandbox.fate import Chances, Step

UNDER_WAY = (
    "handed_over",
    "in_transit",
    "out_for_delivery",
    "exception",
    "at_pickup_point",
    "expired",
    "returning",
)
HELD_DAYS = 7
# A parcel given away longer ago goes at the pace of real life: what a demonstration loads as its past stays
# under way, while one that is handed over now is collected while you watch.
HURRY_FOR = timedelta(hours=1)


def make_round(client: Client, *, at: datetime, speed: float, chances: Chances | None = None) -> int:
    """Send what has happened to each parcel under way; answers how many scans were news to Passerelle.

    The carrier remembers nothing: each round sends all scans so far, the latest first, some of them twice,
    and Passerelle says which it knows.
    """
    events: list[dict[str, Any]] = []
    for status in UNDER_WAY:
        for parcel in client.parcels(status):
            events += _events(parcel, at=at, speed=speed, chances=chances or Chances())
    results = client.send(events)
    return sum(result["status"] == 201 for result in results)


def _events(parcel: dict[str, Any], *, at: datetime, speed: float, chances: Chances) -> list[dict[str, Any]]:
    number, point = parcel["tracking_number"], parcel["pickup_point"] or {}
    plan = fate.steps(
        number,
        place=point.get("city", "Domicile"),
        is_locker=point.get("kind") == "locker",
        held_days=HELD_DAYS,
        chances=chances,
        is_home=not point,
    )
    handed_over_at = datetime.fromisoformat(parcel["handed_over_at"])
    is_old = at - handed_over_at > HURRY_FOR
    happened = fate.due(
        plan, handed_over_at=handed_over_at, at=at, speed=min(speed, 1.0) if is_old else speed
    )
    if is_old and happened and code_map("sandbox").get(happened[-1][1].code) == parcel["status"]:
        return []
    # A late scan is the last one so far: it comes with the next round.
    if len(happened) > 1 and len(happened) < len(plan) and fate.is_late(number, happened[-1][1].code):
        happened = happened[:-1]
    events = [_event(number, moment, step) for moment, step in happened]
    repeated = [event for event in events if fate.is_repeated(number, event["code"])]
    return [*reversed(events), *repeated]


def _event(number: str, moment: datetime, step: Step) -> dict[str, Any]:
    return {
        "event_id": f"{number}-{step.code}",
        "tracking_number": number,
        "code": step.code,
        "happened_at": moment.isoformat(),
        "place": step.place,
    }
