"""When a merchant must have acted, and by when a buyer is promised the parcel.

Working hours are those of the merchant's country.
"""

from datetime import date, datetime, timedelta

from core import dates
from orders.adapters.points.geography import holidays_country

ACCEPT_WITHIN_HOURS = 24
SHIP_WITHIN_HOURS = 48
REMIND_BEFORE = timedelta(hours=4)


def accept_until(placed_at: datetime, country: str) -> datetime:
    """Return until when an order placed at that moment can be accepted."""
    return dates.add_working_hours(placed_at, ACCEPT_WITHIN_HOURS, country)


def ship_until(accepted_at: datetime, country: str) -> datetime:
    """Return until when an order accepted at that moment must be with the carrier."""
    return dates.add_working_hours(accepted_at, SHIP_WITHIN_HOURS, country)


def promised_on(
    placed_at: datetime, *, origin: str, destination: str, carrier_days: int | None
) -> date | None:
    """Return the day by which the buyer is promised the parcel, None when the carrier tells no delay.

    The promise holds even when the merchant uses all the time there is: 24 working hours to accept, then two
    working days to prepare, then the carrier's working days. Those count from the day after the hand-over,
    with the public holidays of the country of destination, of the origin where we know no calendar.
    """
    if carrier_days is None:
        return None
    handed_over = ship_until(accept_until(placed_at, origin), origin)
    # A count that fills a day ends on the midnight after it: the day is the one before.
    day = (handed_over - timedelta(microseconds=1)).astimezone(dates.PARIS).date()
    calendar = holidays_country(destination)
    return dates.add_working_days(day, carrier_days, calendar if dates.has_calendar(calendar) else origin)
