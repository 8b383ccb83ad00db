"""Reading the trail of one object: who, when, from where, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _
from pghistory.core import event_models

from core.models import SealedField, User

SHOWN = 200
LABELS = {"insert": _("Created"), "update": _("Changed"), "delete": _("Deleted")}


@dataclass(frozen=True, slots=True)
class Change:
    """A field's value before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an object. ``who`` is a person, an application, a job or a command; empty if unknown."""

    at: datetime
    act: str
    who: str
    address: str
    reason: str
    changes: list[Change]


def event_model(model: type[models.Model]) -> type[models.Model] | None:
    """Return the model of the history of a tracked model, None when it is not tracked."""
    found = event_models(tracks_model=model)
    return found[0] if found else None


def of(instance: models.Model) -> list[Entry]:
    """Return the versions of an object, the newest first, at most ``SHOWN``; three queries."""
    history = event_model(type(instance))
    if history is None:
        return []
    newest = history._default_manager.filter(pgh_obj_id=instance.pk).select_related("pgh_context")
    rows: list[Any] = list(newest.order_by("-pgh_id")[: SHOWN + 1])
    people = _people(rows)
    fields = [field for field in history._meta.concrete_fields if not field.name.startswith("pgh_")]
    return [
        Entry(
            at=row.pgh_created_at,
            act=str(LABELS.get(row.pgh_label, row.pgh_label)),
            who=_who(row, people),
            address=str(_context(row).get("ip") or ""),
            reason=str(_context(row).get("reason") or ""),
            changes=_changes(instance, fields, before, row),
        )
        for row, before in zip(rows, [*rows[1:], None], strict=True)
    ][:SHOWN]


def choose(entries: list[Entry], *, field: str = "", who: str = "") -> list[Entry]:
    """Keep the versions by one author, and of these the changes of one field; empty means all."""
    mine = [entry for entry in entries if who in ("", entry.who)]
    if not field:
        return mine
    kept = [replace(one, changes=[change for change in one.changes if change.field == field]) for one in mine]
    return [entry for entry in kept if entry.changes]


def choices(entries: list[Entry]) -> tuple[list[str], list[str]]:
    """Return the fields that changed and the authors, each once, by name."""
    fields = {change.field for entry in entries for change in entry.changes}
    return sorted(fields), sorted({entry.who for entry in entries if entry.who})


def _people(rows: Sequence[Any]) -> dict[int, User]:
    return User.objects.in_bulk({_context(row)["user"] for row in rows if _context(row).get("user")})


def _context(row: Any) -> dict[str, Any]:
    return row.pgh_context.metadata if row.pgh_context else {}


def _who(row: Any, people: dict[int, User]) -> str:
    context = _context(row)
    if context.get("user"):
        person = people.get(context["user"])
        return str(person) if person else f"#{context['user']}"
    for kind, words in (("application", _("application")), ("job", _("job")), ("command", _("command"))):
        if context.get(kind):
            return f"{words} {context[kind]}"
    return ""


def _changes(
    instance: models.Model, fields: "Sequence[models.Field[Any, Any]]", before: Any, after: Any
) -> list[Change]:
    """Compare two versions; the first is compared with nothing, a deletion shows what was there."""
    gone = after.pgh_label == "delete"
    if gone or before is None:
        shown = ((_name(instance, field), _text(field, after)) for field in fields if _set(field, after))
        return [Change(name, text, "") if gone else Change(name, "", text) for name, text in shown]
    return [
        Change(_name(instance, field), _text(field, before), _text(field, after))
        for field in fields
        if _value(field, before) != _value(field, after)
    ]


def _value(field: "models.Field[Any, Any]", row: Any) -> Any:
    value = getattr(row, field.attname)
    return bytes(value) if isinstance(value, memoryview) else value


def _set(field: "models.Field[Any, Any]", row: Any) -> bool:
    return _value(field, row) not in (None, "", b"", [], {})


def _name(instance: models.Model, field: "models.Field[Any, Any]") -> str:
    return str(instance._meta.get_field(field.name).verbose_name)  # type: ignore[union-attr]


def _text(field: "models.Field[Any, Any]", row: Any) -> str:
    value = _value(field, row)
    if value in (None, "", b""):
        return ""
    if isinstance(field, SealedField | models.BinaryField):
        return "•••••"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return str(localize(value, use_l10n=True))
