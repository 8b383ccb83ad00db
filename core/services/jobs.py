"""Jobs: work asked in a transaction and done by a worker after it.

The ``Job`` row is the memory. A message hastens it; when the message or the worker is lost, the sweep sends
it again after the lease. A job may therefore run more than once: its service must be able to continue or to
start again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from celery import shared_task
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from core import audit
from core.enums import JobState
from core.models import Job, User
from core.refusals import Refusal
from core.services import backoff, broker
from core.services.relay import describe

logger = logging.getLogger(__name__)

RESEND_AFTER = timedelta(seconds=30)
SWEEP_BATCH = 500
UNFINISHED = (JobState.WAITING, JobState.RUNNING)

Handler = Callable[..., Any]
H = TypeVar("H", bound=Handler)

INSERT_ONCE = """
INSERT INTO core_job (public_id, created_at, name, arguments, key, state, run_at, sent_at,
    attempts, max_attempts, last_error, progress_done, actor_id, request_id)
VALUES (%s, %s, %s, %s, %s, 'waiting', %s, %s, 0, %s, '', 0, %s, %s)
ON CONFLICT (name, key) WHERE key IS NOT NULL AND state IN ('waiting', 'running') DO NOTHING
"""

SWEEP = """
UPDATE core_job SET sent_at = %(now)s WHERE id IN (
    SELECT id FROM core_job
    WHERE (state = 'waiting' AND run_at <= %(now)s OR state = 'running' AND lease_until < %(now)s)
      AND (sent_at IS NULL OR sent_at < %(resend)s OR state = 'running' AND sent_at < lease_until)
    ORDER BY run_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING id, name
"""


class LeaseLost(Exception):
    """The job took longer than its lease and belongs to another worker: stop without writing any more."""


@dataclass(frozen=True, slots=True)
class Registered:
    name: str
    handler: Handler
    lease: timedelta
    on_failed: Handler | None = None


registry: dict[str, Registered] = {}


def job(
    name: str, *, lease: timedelta = timedelta(minutes=5), on_failed: Handler | None = None
) -> Callable[[H], H]:
    """Register ``def f(job: Job, *, …)`` in ``<app>/tasks.py`` as the work called ``name``.

    ``lease``: how long it may be silent before another worker takes it over; ``heartbeat`` renews it.
    A ``Refusal`` it raises ends it as failed; any other exception is tried again later.

    ``on_failed``: ``def f(job: Job, error: Exception | None, *, …)`` with the job's arguments, called in the
    transaction that marks the job as failed; ``error`` is None when its last worker died. What it raises
    keeps the job running until the sweep tries again.
    """

    def register(handler: H) -> H:
        if name in registry and registry[name].handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"two jobs named {name}")
        registry[name] = Registered(name, handler, lease, on_failed)
        shared_task(name=name, ignore_result=True)(run)
        return handler

    return register


def enqueue(
    name: str,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    by: User | None = None,
    max_attempts: int = 8,
    **arguments: Any,
) -> Job:
    """Ask for a job; its message leaves after commit, or when ``run_at`` comes.

    With a ``key``, a job of that name and key that is not finished is returned instead of a second one.
    Arguments are plain JSON values.
    """
    now = timezone.now()
    new = _new(name, arguments, now=now, run_at=run_at, by=by, max_attempts=max_attempts, key=key)
    if key is None:
        new.save(force_insert=True)
    else:
        new, is_new = _insert_once(new)
        if not is_new:
            return new
    if new.sent_at is not None:
        _send_after_commit([(new.pk, name)])
    return new


def enqueue_many(
    name: str, calls: Iterable[Mapping[str, Any]], *, by: User | None = None, max_attempts: int = 8
) -> list[Job]:
    """Ask for one job per set of arguments, with one ``INSERT``."""
    now = timezone.now()
    rows = Job.objects.bulk_create(
        _new(name, call, now=now, run_at=None, by=by, max_attempts=max_attempts) for call in calls
    )
    _send_after_commit([(row.pk, name) for row in rows])
    return rows


def run(job_id: int, *, reraise: bool = False) -> bool:
    """Run a job if it is due and nobody holds it; returns whether it ended as done. Workers call this."""
    name = Job.objects.filter(pk=job_id).values_list("name", flat=True).first()
    known = registry.get(name or "")
    if known is None:
        logger.error("no such job", extra={"job_id": job_id, "job_name": name})
        return False
    mine = claim(job_id=job_id, lease=known.lease, at=timezone.now())
    if mine is None:
        return False
    try:
        with audit.acting(job=known.name, user=mine.actor_id, request_id=mine.request_id):
            known.handler(mine, **mine.arguments)
    except LeaseLost:
        logger.warning("lease lost", extra={"job": known.name, "job_id": mine.pk})
        return False
    except Exception as error:
        _note_failure(mine, error)
        if reraise:
            raise
        return False
    return _finish(mine, state=JobState.DONE, last_error="")


def claim(*, job_id: int, lease: timedelta, at: datetime) -> Job | None:
    """Take a due job by one guarded ``UPDATE``; None when it is not due, finished, or held by another."""
    due = Q(state=JobState.WAITING, run_at__lte=at) | Q(state=JobState.RUNNING, lease_until__lt=at)
    taken = Job.objects.filter(due, pk=job_id, attempts__lt=F("max_attempts")).update(
        state=JobState.RUNNING, lease_until=at + lease, started_at=at, attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


def heartbeat(job: Job, *, done: int | None = None, total: int | None = None) -> None:
    """Renew the lease, and note the progress. Call it outside the transactions of the work, to be seen.

    Raises ``LeaseLost`` when another worker has taken the job over.
    """
    changes: dict[str, Any] = {"lease_until": timezone.now() + registry[job.name].lease}
    if done is not None:
        changes["progress_done"] = done
    if total is not None:
        changes["progress_total"] = total
    if not _held(job).update(**changes):
        raise LeaseLost(job.name)
    for field, value in changes.items():
        setattr(job, field, value)


def sweep(*, at: datetime) -> int:
    """Send what is due and unsent, or lost; give up what died at its last attempt. Beat calls it."""
    _give_up_dead(at)
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, {"now": at, "resend": at - RESEND_AFTER, "limit": SWEEP_BATCH})
        due = cursor.fetchall()
    for pk, name in due:
        if not broker.send(name, pk):
            break
    return len(due)


def _give_up_dead(at: datetime) -> None:
    dead = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=at, attempts__gte=F("max_attempts"))
    for mine in dead.order_by("lease_until", "pk")[:SWEEP_BATCH]:
        try:
            with transaction.atomic():
                # Between reading and writing, its worker may have ended it or renewed its lease.
                ended = dead.filter(pk=mine.pk).update(
                    state=JobState.FAILED, lease_until=None, finished_at=at, last_error="the worker died"
                )
                if ended:
                    _tell_failed(mine, None)
        except Exception:
            logger.exception("cannot give up", extra={"job": mine.name, "job_id": mine.pk})


def _tell_failed(mine: Job, error: Exception | None) -> None:
    known = registry.get(mine.name)
    if known is None or known.on_failed is None:
        return
    with audit.acting(job=mine.name, user=mine.actor_id, request_id=mine.request_id):
        known.on_failed(mine, error, **mine.arguments)


def retry(*, job_id: int, at: datetime) -> bool:
    """Start a failed job again from its first attempt; False when it is not failed, or already asked anew."""
    failed = Job.objects.filter(pk=job_id, state=JobState.FAILED)
    twin = Job.objects.filter(
        name__in=failed.values("name"), key__in=failed.values("key"), state__in=UNFINISHED
    )
    if twin.exists():
        return False
    with transaction.atomic():
        changed = failed.update(state=JobState.WAITING, attempts=0, run_at=at, sent_at=at, finished_at=None)
        name = Job.objects.values_list("name", flat=True).get(pk=job_id) if changed else ""
        if changed:
            _send_after_commit([(job_id, name)])
    return bool(changed)


def run_pending(*, limit: int = 1000, reraise: bool = False) -> int:
    """Run in this process what is due now, and what that enqueues; returns how many were tried."""
    autodiscover_modules("tasks")
    tried: set[int] = set()
    while len(tried) < limit:
        due = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=timezone.now())
        jobs = Job.objects.filter(due, run_at__lte=timezone.now(), name__in=registry).exclude(pk__in=tried)
        pk = jobs.order_by("run_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            break
        tried.add(pk)
        run(pk, reraise=reraise)
    return len(tried)


def _new(
    name: str,
    arguments: Mapping[str, Any],
    *,
    now: datetime,
    run_at: datetime | None,
    by: User | None,
    max_attempts: int,
    key: str | None = None,
) -> Job:
    is_due = run_at is None or run_at <= now
    return Job(
        name=name,
        arguments=dict(arguments),
        key=key,
        created_at=now,
        run_at=run_at or now,
        sent_at=now if is_due else None,
        max_attempts=max_attempts,
        actor=by,
        request_id=audit.current_request_id(),
    )


def _insert_once(new: Job) -> tuple[Job, bool]:
    """Insert, or find the unfinished one; again when that one finished in between."""
    values = (
        new.public_id,
        new.created_at,
        new.name,
        Jsonb(new.arguments),
        new.key,
        new.run_at,
        new.sent_at,
        new.max_attempts,
        new.actor_id,
        new.request_id,
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(INSERT_ONCE, values)
            is_new = bool(cursor.rowcount)
        found = (
            Job.objects.filter(public_id=new.public_id)
            if is_new
            else Job.objects.filter(name=new.name, key=new.key, state__in=UNFINISHED)
        ).first()
        if found is not None:
            return found, is_new


def _send_after_commit(messages: list[tuple[int, str]]) -> None:
    def send() -> None:
        for pk, name in messages:
            if not broker.send(name, pk):
                return

    transaction.on_commit(send)


def _held(mine: Job) -> Any:
    return Job.objects.filter(pk=mine.pk, state=JobState.RUNNING, attempts=mine.attempts)


def _finish(mine: Job, *, state: JobState, last_error: str) -> bool:
    return bool(
        _held(mine).update(state=state, lease_until=None, finished_at=timezone.now(), last_error=last_error)
    )


def _note_failure(mine: Job, error: Exception) -> None:
    is_last = isinstance(error, Refusal) or mine.attempts >= mine.max_attempts
    logger.log(
        logging.ERROR if is_last else logging.WARNING,
        "job failed",
        extra={"job": mine.name, "job_id": mine.pk, "attempt": mine.attempts, "is_last": is_last},
        exc_info=error,
    )
    if is_last:
        with transaction.atomic():
            if _finish(mine, state=JobState.FAILED, last_error=describe(error)):
                _tell_failed(mine, error)
        return
    _held(mine).update(
        state=JobState.WAITING,
        lease_until=None,
        run_at=timezone.now() + backoff.delay(mine.attempts),
        sent_at=None,
        last_error=describe(error),
    )
