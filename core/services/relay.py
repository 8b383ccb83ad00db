"""The relay: from the outbox to the consumers.

Two steps. *Fan out*: one process at a time (an advisory lock) turns undelivered events into deliveries, one
for each consumer that wants the type. *Deliver*: any number of workers lock the first pending delivery of a
consumer and subject (later ones wait behind it), call the handler in a savepoint, and commit its effects
with the mark "done".
"""

import logging
import traceback
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from core import audit
from core.enums import DeliveryState
from core.models import Delivery, Event
from core.refusals import Refusal
from core.services import backoff, events

logger = logging.getLogger(__name__)

FAN_OUT_BATCH = 2000
DELIVER_BATCH = 50
MAX_ATTEMPTS = 12
LOCK = 0x7061_7373_0001  # "pass" 1: the relay's advisory lock

FAN_OUT = """
WITH taken AS (
    DELETE FROM core_undelivered WHERE event_id IN (
        SELECT event_id FROM core_undelivered ORDER BY event_id LIMIT %(limit)s
    ) RETURNING event_id
), wanted AS (
    SELECT * FROM unnest(%(consumers)s::text[], %(patterns)s::text[], %(since)s::timestamptz[])
        AS w (consumer, pattern, since)
), written AS (
    INSERT INTO core_delivery (event_id, consumer, subject_id, state, attempts, next_try_at, last_error)
    SELECT DISTINCT e.id, w.consumer, e.subject_id, 'pending', 0, %(now)s::timestamptz, ''
    FROM taken JOIN core_event e ON e.id = taken.event_id JOIN wanted w ON e.type LIKE w.pattern
        AND (w.since IS NULL OR e.occurred_at >= w.since)
    ON CONFLICT (event_id, consumer) DO NOTHING
)
SELECT count(*) FROM taken
"""

CLAIM = """
SELECT d.id FROM core_delivery d
WHERE d.state = 'pending' AND d.next_try_at <= %(now)s AND d.consumer = ANY(%(consumers)s)
  AND NOT EXISTS (
    SELECT 1 FROM core_delivery before
    WHERE before.consumer = d.consumer AND before.subject_id = d.subject_id
      AND before.state = 'pending' AND before.event_id < d.event_id
  )
ORDER BY d.event_id LIMIT %(limit)s
FOR UPDATE OF d SKIP LOCKED
"""


def run(*, limit: int = 100_000) -> int:
    """Relay until nothing is due, or ``limit`` deliveries were made; returns how many succeeded."""
    delivered = 0
    while delivered < limit:
        fanned_out = fan_out(at=timezone.now())
        done, tried = deliver(at=timezone.now())
        delivered += done
        if not fanned_out and not tried:
            break
    return delivered


@transaction.atomic
def fan_out(*, at: datetime) -> int:
    """Write the deliveries of the oldest undelivered events; returns how many events. 0 when another does."""
    wanted = [
        (c.name, _pattern(t), c.stale_after and at - c.stale_after)
        for c in events.consumers.values()
        for t in c.types
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            FAN_OUT,
            {
                "limit": FAN_OUT_BATCH,
                "now": at,
                "consumers": [name for name, _type, _since in wanted],
                "patterns": [pattern for _name, pattern, _since in wanted],
                "since": [since for _name, _type, since in wanted],
            },
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def deliver(*, at: datetime) -> tuple[int, int]:
    """Deliver one batch, one event for each consumer and subject; returns how many succeeded, were tried."""
    with connection.cursor() as cursor:
        names = list(events.consumers)
        cursor.execute(CLAIM, {"now": at, "limit": DELIVER_BATCH, "consumers": names})
        claimed = [pk for (pk,) in cursor.fetchall()]
    deliveries = Delivery.objects.filter(pk__in=claimed).select_related("event").order_by("event_id")
    done = [delivery.pk for delivery in deliveries if _hand_over(delivery)]
    if done:
        Delivery.objects.filter(pk__in=done).update(
            state=DeliveryState.DONE, done_at=timezone.now(), attempts=F("attempts") + 1, last_error=""
        )
    return len(done), len(claimed)


def replay(*, delivery_id: int, at: datetime) -> bool:
    """Try again, from the beginning, a delivery that was given up; False when it is not in that state.

    Later events of its subject may have been delivered meanwhile.
    """
    return bool(
        Delivery.objects.filter(pk=delivery_id, state=DeliveryState.DEAD).update(
            state=DeliveryState.PENDING, attempts=0, next_try_at=at
        )
    )


def _hand_over(delivery: Delivery) -> bool:
    event: Event = delivery.event
    try:
        with (
            audit.acting(
                job=f"consumer:{delivery.consumer}", user=event.actor_id, request_id=event.request_id
            ),
            transaction.atomic(),
        ):
            events.consumers[delivery.consumer].handler(event)
    except Exception as error:
        _note_failure(delivery, error)
        return False
    return True


def _note_failure(delivery: Delivery, error: Exception) -> None:
    delivery.attempts += 1
    dead = delivery.attempts >= MAX_ATTEMPTS
    delivery.state = DeliveryState.DEAD if dead else DeliveryState.PENDING
    delivery.next_try_at = timezone.now() + backoff.delay(delivery.attempts)
    delivery.last_error = describe(error)
    delivery.save(update_fields=["state", "attempts", "next_try_at", "last_error"])
    level = logging.ERROR if dead else logging.WARNING
    logger.log(
        level,
        "consumer failed",
        extra={"consumer": delivery.consumer, "event": str(delivery.event.public_id), "dead": dead},
        exc_info=error,
    )


def describe(error: BaseException) -> str:
    """Return what staff may read of an error: its kind, its code, and where; never its values."""
    code = f" {error.code}" if isinstance(error, Refusal) else ""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = ", ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__}{code} ({where})"


def _pattern(type_: str) -> str:
    escaped = type_.replace("\\", r"\\").replace("_", r"\_").replace("%", r"\%")
    return escaped.replace("*", "%")
