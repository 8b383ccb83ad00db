"""The trail: who changed what, when, from which address.

Triggers of the database write every version of a tracked row, whatever code changed it, and the rows of
history refuse change and removal. The acting user, address and request travel in the context of
``pghistory``, which the doors open (``core.middleware.AuditMiddleware``, ``acting``).
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, overload

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.utils import CursorWrapper
from pghistory.runtime import Context, _tracker

from core.logging import request_id
from core.models.trail import RefuseTruncate, TrailRow

M = TypeVar("M", bound=type[models.Model])


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
    if outer is None:
        with pghistory.context(**said):
            yield
        return
    _tracker.value = Context(id=uuid.uuid4(), metadata={**outer.metadata, **said})
    try:
        yield
    finally:
        _tracker.value = outer


def current() -> dict[str, Any]:
    """Return what ``acting`` says at this moment; empty outside."""
    tracker = getattr(_tracker, "value", None)
    known = dict(tracker.metadata) if tracker else {}
    return {name: value() if callable(value) else value for name, value in known.items()}


def current_request_id() -> str:
    """Return the id of the request that acts, or that caused the task; empty outside of both."""
    return str(current().get("request_id") or request_id.get())[:64]


def copy_context(cursor: CursorWrapper) -> None:
    """Hand the context to the transaction, for statements the history library cannot see: ``COPY``.

    Call it on the cursor inside the transaction, before the ``COPY``.
    """
    tracker = getattr(_tracker, "value", None)
    if tracker is None:
        return
    metadata = json.dumps(tracker.metadata, cls=ContextEncoder)
    cursor.execute(
        "SELECT set_config('pghistory.context_id', %s, true),"
        " set_config('pghistory.context_metadata', %s, true)",
        [str(tracker.id), metadata],
    )
