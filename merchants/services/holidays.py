"""When a store is closed for a while: nothing of it is on sale, and no deadline runs.

What was sold before keeps the deadlines that a holiday planned later would have moved: the buyer was promised
them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.models import Holiday
from merchants.services import stores

LONGEST: Final = timedelta(days=92)
AHEAD: Final = timedelta(days=366)


class WrongDates(Refusal):
    """``field`` names the date."""

    code = "wrong_holiday_dates"
    status = 422


class Overlaps(Refusal):
    code = "holiday_overlaps"
    default_message = _("Another holiday is planned in these days: end or cancel it first.")


@transaction.atomic
def plan(*, merchant_id: int, starts_at: datetime, ends_at: datetime, by: User, at: datetime) -> Holiday:
    """Close the store from a moment to another, 92 days at most. It closes and opens again by itself.

    A beginning that is past counts from now. Raises ``WrongDates``, ``Overlaps``.
    """
    merchant = stores.lock(merchant_id)
    starts_at = max(starts_at, at)
    if ends_at <= starts_at:
        raise WrongDates(_("The end must be later than the beginning, and not past."), field="until")
    if ends_at - starts_at > LONGEST:
        raise WrongDates(_("A holiday lasts 92 days at most."), field="until")
    if starts_at > at + AHEAD:
        raise WrongDates(_("Plan it a year ahead at most."), field="since")
    if (
        Holiday.objects.for_merchant(merchant_id)
        .filter(ends_at__gt=starts_at, starts_at__lt=ends_at)
        .exists()
    ):
        raise Overlaps
    holiday: Holiday = Holiday.objects.create(
        merchant=merchant, starts_at=starts_at, ends_at=ends_at, planned_by=by, created_at=at
    )
    stores.changed(merchant, "holiday", by=by, at=at)
    return holiday


@transaction.atomic
def end(*, merchant_id: int, holiday_id: int, by: User, at: datetime) -> None:
    """Open the store again now, or cancel a holiday that has not begun. One that is over stays as it was."""
    merchant = stores.lock(merchant_id)
    holiday = Holiday.objects.select_for_update().for_merchant(merchant_id).get(pk=holiday_id)
    if holiday.ends_at <= at:
        return
    if holiday.starts_at >= at:
        holiday.delete()
    else:
        holiday.ends_at = at
        holiday.save(update_fields=["ends_at"])
    stores.changed(merchant, "holiday", by=by, at=at)


def current(at: datetime) -> "QuerySet[Holiday]":
    """Return the holidays that are going on at a moment, of all merchants."""
    found: QuerySet[Holiday] = Holiday.objects.filter(starts_at__lte=at, ends_at__gt=at)
    return found


def next_of(merchant_ids: Collection[int], *, at: datetime) -> dict[int, tuple[datetime, datetime]]:
    """Return, for each merchant that has one, when its present or next holiday begins and ends."""
    found: dict[int, tuple[datetime, datetime]] = {}
    rows = Holiday.objects.filter(merchant__in=merchant_ids, ends_at__gt=at).order_by("ends_at")
    for merchant, starts_at, ends_at in rows.values_list("merchant", "starts_at", "ends_at"):
        found.setdefault(merchant, (starts_at, ends_at))
    return found


def coming(*, merchant_id: int, at: datetime) -> list[Holiday]:
    """Return the merchant's holidays that are not over, the next first."""
    return list(Holiday.objects.for_merchant(merchant_id).filter(ends_at__gt=at).order_by("starts_at"))
