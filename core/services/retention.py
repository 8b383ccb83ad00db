"""How long the traces of work are kept, and their removal after that; docs/deploy.md states it too.

Whatever somebody may still act upon stays: jobs that wait or run, deliveries that wait or were given up.
Events, history and facts are never removed; after a year history forgets only from which address.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from core.enums import DeliveryState, JobState
from core.models import Delivery, Job, SentMail

BATCH = 5000
DONE_KEPT_FOR = timedelta(days=30)
FAILED_KEPT_FOR = timedelta(days=365)
# As long as a delivery may be made again by hand, its mail must not leave twice.
MAILS_KEPT_FOR = timedelta(days=365)
ADDRESSES_KEPT_FOR = timedelta(days=365)

FORGET_ADDRESSES = """
UPDATE pghistory_context SET metadata = metadata - 'ip' WHERE id IN (
    SELECT id FROM pghistory_context WHERE metadata ? 'ip' AND created_at < %s ORDER BY created_at LIMIT %s
)
"""


def forget(*, at: datetime) -> dict[str, int]:
    """Remove what is past its time, in batches each in its own transaction; return how many of each kind.

    Meant for a schedule; repeating it, or two at a time, does no harm.
    """
    jobs = Job.objects.order_by("finished_at")
    return {
        "jobs_done": _remove(jobs.filter(state=JobState.DONE, finished_at__lt=at - DONE_KEPT_FOR)),
        "jobs_failed": _remove(jobs.filter(state=JobState.FAILED, finished_at__lt=at - FAILED_KEPT_FOR)),
        "deliveries": _remove(
            Delivery.objects.filter(state=DeliveryState.DONE, done_at__lt=at - DONE_KEPT_FOR).order_by(
                "done_at"
            )
        ),
        "mails": _remove(SentMail.objects.filter(sent_at__lt=at - MAILS_KEPT_FOR).order_by("sent_at")),
        "sessions": _remove(Session.objects.filter(expire_date__lt=at).order_by("expire_date")),
        "sessions_listed": _remove(_sessions_without_a_session(at)),
        "addresses": _in_batches(lambda: _forget_addresses(at - ADDRESSES_KEPT_FOR)),
    }


def _sessions_without_a_session(at: datetime) -> QuerySet[UserSession]:
    """Return what people's lists of sessions hold of sessions that have ended; one may be just beginning."""
    live = Session.objects.filter(session_key=OuterRef("session_key"))
    old = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found: QuerySet[UserSession] = UserSession.objects.filter(~Exists(live), last_seen_at__lt=old)
    return found.order_by("pk")


def _remove(due: QuerySet[Any]) -> int:
    """Remove what is due, and is still due when its row is locked."""
    rows = due.order_by()
    return _in_batches(lambda: rows.filter(pk__in=due.values("pk")[:BATCH]).delete()[0])


def _forget_addresses(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ADDRESSES, [before, BATCH])
        return int(cursor.rowcount)


def _in_batches(step: Callable[[], int]) -> int:
    total = 0
    while done := step():
        total += done
    return total
