"""The history of a product, read from the trail of its rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, Product, ProductText, Variant
from core.models import User

SHOWN = 100
_SILENT = {"updated_at", "accepted_at", "accepted_by_id", "source_hash", "slug", "score", "published_at"}
_KINDS: tuple[tuple[type[Any], str | Promise], ...] = (
    (Product, _("Sheet")),
    (ProductText, _("Text")),
    (Variant, _("Variant")),
    (Listing, _("Listing")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: what, by whom, and each field before and after."""

    at: datetime
    what: str
    label: str
    who: str
    is_new: bool
    changes: list[tuple[str, str, str]]


def entries(product: Product) -> list[Entry]:
    """Return the latest changes of a product and of what belongs to it, the newest first."""
    found: list[Entry] = []
    people: dict[str, str] = {}
    rows: list[tuple[Any, Any, str]] = []
    for model, what in _KINDS:
        trail = model.trail.rel.related_model.objects
        wanted = {"pgh_obj_id": product.pk} if model is Product else {"product_id": product.pk}
        events = list(trail.filter(**wanted).select_related("pgh_context").order_by("-pgh_id")[:SHOWN])
        before: dict[Any, Any] = {}
        for event in reversed(events):
            rows.append((event, before.get(event.pgh_obj_id), str(what)))
            before[event.pgh_obj_id] = event
    ids = {_actor(event) for event, _old, _what in rows}
    people = {
        str(user.pk): str(user)
        for user in User.objects.filter(pk__in=[pk for pk in ids if pk and pk.isdigit()])
    }
    for event, old, what in rows:
        changes = _changes(event, old)
        if changes or old is None:
            found.append(
                Entry(
                    event.pgh_created_at,
                    what,
                    _label(event),
                    people.get(_actor(event), ""),
                    event.pgh_label == "insert",
                    changes if event.pgh_label != "insert" else [],
                )
            )
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:SHOWN]


def _actor(event: Any) -> str:
    return str((event.pgh_context.metadata or {}).get("user", "")) if event.pgh_context else ""


def _label(event: Any) -> str:
    return str(
        getattr(event, "language", "") or getattr(event, "sku", "") or getattr(event, "market_id", "") or ""
    )


def _changes(event: Any, old: Any) -> list[tuple[str, str, str]]:
    if old is None:
        return []
    changes = []
    for column in event._meta.concrete_fields:
        name = column.attname
        if name.startswith("pgh_") or name in _SILENT:
            continue
        was, now = getattr(old, name), getattr(event, name)
        if was != now:
            changes.append((str(column.verbose_name), _shown(was), _shown(now)))
    return changes


def _shown(value: Any) -> str:
    text = "" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= 160 else text[:159] + "…"
