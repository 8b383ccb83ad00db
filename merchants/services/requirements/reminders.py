"""Remind merchants of what they must give before its deadline: 30 days before, 7, and on the day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.services import events
from merchants.enums import MerchantStatus
from merchants.models import Merchant, Requirement
from merchants.services import files
from merchants.services.requirements.answer import OPEN

DAYS: Final = (30, 7, 0)
BATCH: Final = 200


def remind(*, at: datetime) -> int:
    """Record ``requirement.reminded`` for each merchant who has something due; returns how many merchants.

    One event tells all that came to the same day of the reminders; each requirement is told once a day of
    them and deadline. Merchants whose store never opened or is closed are not reminded.
    """
    waiting = sorted(set(_waiting(at).values_list("merchant_id", flat=True)))
    return sum(_remind(waiting[start : start + BATCH], at=at) for start in range(0, len(waiting), BATCH))


def days_before(due_at: datetime, at: datetime) -> int | None:
    """Return which reminder a deadline has come to: 30, 7 or 0; None while it is further away."""
    left = (timezone.localdate(due_at) - timezone.localdate(at)).days
    return next((days for days in reversed(DAYS) if left <= days), None)


@transaction.atomic
def _remind(merchant_ids: Sequence[int], *, at: datetime) -> int:
    files.lock_many(merchant_ids=merchant_ids)
    due: dict[int, dict[int, list[Requirement]]] = {}
    for row in _waiting(at).filter(merchant__in=merchant_ids).order_by("merchant", "due_at", "pk"):
        days = days_before(row.due_at, at) if row.due_at is not None else None
        if days is not None and (row.reminded_days is None or days < row.reminded_days):
            row.reminded_days = days
            due.setdefault(row.merchant_id, {}).setdefault(days, []).append(row)
    rows = [row for by_days in due.values() for told in by_days.values() for row in told]
    Requirement.objects.bulk_update(rows, ["reminded_days"])
    public_ids = dict(Merchant.objects.filter(pk__in=due).values_list("pk", "public_id"))
    news = [
        events.NewEvent(
            "requirement.reminded",
            "merchant",
            public_ids[merchant_id],
            merchant_id,
            {
                "days": days,
                "due_on": timezone.localdate(told[0].due_at).isoformat(),
                "requirements": [row.code for row in told],
            },
        )
        for merchant_id, by_days in due.items()
        for days, told in by_days.items()
    ]
    if news:
        events.record_many(news)
    return len(due)


def _waiting(at: datetime) -> "QuerySet[Requirement]":
    soon = at + timedelta(days=DAYS[0] + 1)
    rows: QuerySet[Requirement] = (
        Requirement.objects.filter(state__in=OPEN, due_at__lte=soon, asked_at__isnull=False)
        .filter(Q(reminded_days=None) | Q(reminded_days__gt=0))
        .exclude(merchant__status__in=[MerchantStatus.ONBOARDING, MerchantStatus.CLOSED])
    )
    return rows
