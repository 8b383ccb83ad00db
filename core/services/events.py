"""Events: said in the transaction of what happened, heard by consumers afterwards.

``record`` writes to the outbox; the relay (``core.services.relay``) hands each event to the consumers at
least once, in order for each consumer and subject. What a consumer writes to the database is written once,
because its mark "done" commits with it.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from core import audit
from core.models import Event, User
from core.services import broker
from core.services.inserting import insert

KICK_SECONDS = 0.25

Handler = Callable[[Event], None]
H = TypeVar("H", bound=Handler)
_last_kick = 0.0
_occurred_at: ContextVar[datetime | None] = ContextVar("occurred_at", default=None)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to record. ``subject_id`` is the subject's public id; ``data`` holds ids and plain facts."""

    type: str
    subject_type: str
    subject_id: uuid.UUID
    merchant_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    types: tuple[str, ...]
    handler: Handler
    stale_after: timedelta | None = None


consumers: dict[str, Consumer] = {}


def consumer(name: str, *types: str, stale_after: timedelta | None = None) -> Callable[[H], H]:
    """Register a function of an event, in ``<app>/consumers.py``. ``order.*`` means all types of orders.

    It runs in a transaction that it shares with the mark "done": whatever it does outside the database, it
    enqueues as a job. What it raises undoes it and is tried again later. Names are stable: deliveries keep
    them. ``stale_after``: what occurred longer ago when the relay comes to it is not delivered; for news that
    nobody wants late, such as mails.
    """

    def register(handler: H) -> H:
        if name in consumers and consumers[name].handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"two consumers named {name}")
        if not types or any("*" in t.removesuffix(".*") and t != "*" for t in types):
            raise ValueError(f"{name}: types are names, names ending in .*, or *")
        consumers[name] = Consumer(name, types, handler, stale_after)
        return handler

    return register


def record(
    type: str,
    subject: models.Model,
    *,
    merchant_id: int | None = None,
    by: object = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Record that something happened to ``subject``, a row with a ``public_id``, locked by the caller.

    ``by`` is a person, an application's principal, or None for the machine. Must be in the transaction of the
    change itself.
    """
    subject_type, subject_id = subject._meta.model_name or "", getattr(subject, "public_id")  # noqa: B009
    new = NewEvent(type, subject_type, subject_id, merchant_id, data or {})
    return record_many([new], by=by)[0]


@contextmanager
def as_of(at: datetime) -> Iterator[None]:
    """Record what happens in the block as having occurred at that moment: history that is loaded afterwards.

    Nobody is woken for it; the relay's next sweep finds it.
    """
    token = _occurred_at.set(at)
    try:
        yield
    finally:
        _occurred_at.reset(token)


def record_many(news: Iterable[NewEvent], *, by: object = None) -> list[Event]:
    """Record any number of events with one ``INSERT``; see ``record``."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event is recorded in the transaction of its change")
    context, request, past = audit.current(), audit.current_request_id(), _occurred_at.get()
    now = past or timezone.now()
    actor_id, label = _actor(by, context)
    rows = [
        Event(
            type=new.type,
            subject_type=new.subject_type,
            subject_id=new.subject_id,
            merchant_id=new.merchant_id,
            data=dict(new.data),
            actor_id=actor_id,
            actor_label=label,
            request_id=request,
            occurred_at=now,
        )
        for new in news
    ]
    insert(rows)
    if rows and past is None:
        transaction.on_commit(kick)
    return rows


def kick() -> None:
    """Wake the relay a moment from now; calls within that moment are one."""
    global _last_kick
    now = time.monotonic()
    if now - _last_kick >= KICK_SECONDS:
        _last_kick = now
        broker.send("core.relay_events", countdown=KICK_SECONDS)


def relay_all() -> int:
    """Deliver in this process all that is due, and what that causes; returns how many were delivered."""
    from core.services import relay

    return relay.run()


def _actor(by: object, context: Mapping[str, Any]) -> tuple[int | None, str]:
    if isinstance(by, User):
        return by.pk, ""
    application = getattr(by, "application", None)
    if application is not None:
        return None, f"application:{application.public_id}"
    if by is not None:
        raise TypeError(f"by= is a person or an application, not {type(by).__name__}")
    for kind in ("application", "job", "command"):
        if context.get(kind):
            return None, f"{kind}:{context[kind]}"[:120]
    return None, ""
