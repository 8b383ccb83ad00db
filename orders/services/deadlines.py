"""When a merchant must have acted, and by when a buyer is promised the parcel.

Working hours are those of the merchant's country. None run while the store is on holiday: ``closed`` is when
its next holiday, planned by then, begins and ends.
"""

from datetime import date, datetime, timedelta

from core import dates
from orders.adapters.points.geography import holidays_country

ACCEPT_WITHIN_HOURS = 24
SHIP_WITHIN_HOURS = 48
#: Goods are kept for a buyer who has not paid: as long as the card's second factor and a change of mind take.
PAY_WITHIN = timedelta(minutes=30)
REMIND_BEFORE = timedelta(hours=4)

Closed = tuple[datetime, datetime] | None


def accept_until(placed_at: datetime, country: str, closed: Closed = None) -> datetime:
    """Return until when an order placed at that moment can be accepted."""
    return _after(placed_at, ACCEPT_WITHIN_HOURS, country, closed)


def ship_until(accepted_at: datetime, country: str, closed: Closed = None) -> datetime:
    """Return until when an order accepted at that moment must be with the carrier."""
    return _after(accepted_at, SHIP_WITHIN_HOURS, country, closed)


def _after(start: datetime, hours: int, country: str, closed: Closed) -> datetime:
    end = dates.add_working_hours(start, hours, country)
    if closed is None or closed[0] >= end or closed[1] <= start:
        return end
    used = dates.working_hours_between(start, closed[0], country)
    return dates.add_working_hours(closed[1], hours - used, country)


def promised_on(
    placed_at: datetime, *, origin: str, destination: str, carrier_days: int | None, closed: Closed = None
) -> date | None:
    """Return the day by which the buyer is promised the parcel, None when the carrier tells no delay.

    The promise holds even when the merchant uses all the time there is: 24 working hours to accept, then two
    working days to prepare, then the carrier's working days. Those count from the day after the hand-over,
    with the public holidays of the country of destination, of the origin where we know no calendar.
    """
    if carrier_days is None:
        return None
    handed_over = ship_until(accept_until(placed_at, origin, closed), origin, closed)
    # A count that fills a day ends on the midnight after it: the day is the one before.
    day = (handed_over - timedelta(microseconds=1)).astimezone(dates.PARIS).date()
    calendar = holidays_country(destination)
    return dates.add_working_days(day, carrier_days, calendar if dates.has_calendar(calendar) else origin)
