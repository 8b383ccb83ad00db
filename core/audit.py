"""The trail: who changed what, when, from which address.

Triggers of the database write every version of a tracked row, whatever code changed it, and the rows of
history refuse change and removal. The acting user, address and request travel in the context of
``pghistory``, which the doors open (``core.middleware.AuditMiddleware``, ``acting``).
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar, overload

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from pghistory.runtime import Context, _tracker
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus

from core.logging import request_id
from core.models.trail import RefuseTruncate, TrailRow

M = TypeVar("M", bound=type[models.Model])

#: The context lasts as long as the transaction: ``true``.
TELL = (
    "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"
)
#: Statements before which it is not told: they change no row, or may not run in a transaction.
SILENT = ("select", "savepoint", "release", "rollback", "vacuum", "analyze", "create", "alter", "drop")


@overload
def tracked(model: M, /) -> M: ...
@overload
def tracked(*, exclude: Sequence[str] = (), model_name: str | None = None) -> Callable[[M], M]: ...
def tracked(
    model: M | None = None, /, *, exclude: Sequence[str] = (), model_name: str | None = None
) -> M | Callable[[M], M]:
    """Keep every version of the model's rows in ``<Model>Event`` (``model_name``), readable as ``row.trail``.

    Use as ``@tracked`` or ``@tracked(exclude=["password"])``. Exclude counters and whatever is personal and
    not sealed: history is never erased. The triggers fire once a statement, so bulk writes stay quick.
    """

    def decorate(model: M) -> M:
        decorated: M = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude),
            obj_field=pghistory.ObjForeignKey(related_name="trail", db_index=True),
            context_field=pghistory.ContextForeignKey(related_name="+", db_index=True),
            append_only=True,
            model_name=model_name or f"{model.__name__}Event",
            base_model=TrailRow,
            attrs={"merchant_path": _history_path(model, exclude)},
            meta={"triggers": [RefuseTruncate()]},
            level=pghistory.Statement,
        )(model)
        return decorated

    return decorate if model is None else decorate(model)


def _history_path(model: type[models.Model], exclude: Iterable[str]) -> str | None:
    path = getattr(model, "merchant_path", None)
    if path is None:
        return None
    first = path.split("__")[0]
    if first in {"pk", "id"}:
        return "pgh_obj"
    return f"pgh_obj__{path}" if first in set(exclude) else str(path)


class ContextEncoder(DjangoJSONEncoder):
    """Writes the context; what is a function is asked at that moment, once it matters."""

    def default(self, o: Any) -> Any:
        return o() if callable(o) else super().default(o)


@contextmanager
def acting(**who: Any) -> Iterator[None]:
    """Say who acts, for all that is written inside: ``user`` (pk), ``ip``, ``request_id``, ``route``,
    ``application`` (public id), ``job`` or ``command`` (name). A value may be a function that gives it later.

    Inside another ``acting`` it adds to what that one says, as a context of its own.
    """
    said = {name: value for name, value in who.items() if value not in (None, "")}
    outer = getattr(_tracker, "value", None)
    _tracker.value = Context(id=uuid.uuid4(), metadata={**(outer.metadata if outer else {}), **said})
    try:
        with nullcontext() if outer else connection.execute_wrapper(_tell_before_writing):
            yield
    finally:
        if outer:
            _tracker.value = outer
        else:
            del _tracker.value


def current() -> dict[str, Any]:
    """Return what ``acting`` says at this moment; empty outside."""
    tracker = getattr(_tracker, "value", None)
    known = dict(tracker.metadata) if tracker else {}
    return {name: value() if callable(value) else value for name, value in known.items()}


def current_request_id() -> str:
    """Return the id of the request that acts, or that caused the task; empty outside of both."""
    return str(current().get("request_id") or request_id.get())[:64]


def copy_context(cursor: CursorWrapper) -> None:
    """Hand the context to the transaction, for statements that pass by our wrapper: ``COPY``.

    Call it on the cursor inside the transaction, before the ``COPY``.
    """
    if (tracker := getattr(_tracker, "value", None)) is not None:
        cursor.execute(TELL, _words(tracker))


class _Told(threading.local):
    """The context that this thread's transaction was last told."""

    context: uuid.UUID | None = None


_told = _Told()


def _tell_before_writing(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Tell the database who acts, before the first write of each transaction.

    The library's own wrapper tells it before every statement, which costs an order twenty statements more.
    Rolling back to a savepoint may undo what was told, so it is told again.
    """
    cursor, tracker = context["cursor"], _tracker.value
    status = context["connection"].connection.info.transaction_status
    statement = str(sql).lstrip()[:9].lower()
    if status == TransactionStatus.IDLE or statement.startswith("rollback"):
        _told.context = None
    if (
        tracker.id == _told.context
        or status == TransactionStatus.INERROR
        or statement.startswith(SILENT)
        or getattr(cursor, "name", None)
    ):
        return execute(sql, params, many, context)
    joinable = isinstance(sql, str) and not many and not isinstance(params, dict)
    if not (joinable and isinstance(cursor.cursor, ClientCursor)):
        # Two statements cannot be one here, and must share a transaction.
        alone = not context["connection"].in_atomic_block
        with transaction.atomic() if alone else nullcontext():
            cursor.execute(TELL, _words(tracker))
            _told.context = tracker.id
            return execute(sql, params, many, context)
    _told.context = tracker.id
    result = execute(f"{TELL}; {sql}", [*_words(tracker), *(params or ())], many, context)
    while result is not None and result.nextset():
        pass
    return result


def _words(tracker: Context) -> list[str]:
    return [str(tracker.id), json.dumps(tracker.metadata, cls=ContextEncoder)]
