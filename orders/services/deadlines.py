"""When a merchant must have acted. Working hours are those of the merchant's country."""

from datetime import datetime, timedelta

from core import dates

ACCEPT_WITHIN_HOURS = 24
SHIP_WITHIN_HOURS = 48
REMIND_BEFORE = timedelta(hours=4)


def accept_until(placed_at: datetime, country: str) -> datetime:
    """Return until when an order placed at that moment can be accepted."""
    return dates.add_working_hours(placed_at, ACCEPT_WITHIN_HOURS, country)


def ship_until(accepted_at: datetime, country: str) -> datetime:
    """Return until when an order accepted at that moment must be with the carrier."""
    return dates.add_working_hours(accepted_at, SHIP_WITHIN_HOURS, country)
