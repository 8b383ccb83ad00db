"""The history of a product, read from the trail of its rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from catalog.models import Category, Listing, Market, Product, ProductText, Variant
from catalog.services import languages
from core.models import User

SHOWN = 100
_SILENT = {"updated_at", "accepted_at", "accepted_by_id", "source_hash", "slug", "score", "published_at"}
#: What happened, as one sentence: made, and changed.
_KINDS: tuple[tuple[type[Any], str | Promise, str | Promise], ...] = (
    (Product, _("Product created"), _("Sheet changed")),
    (ProductText, _("Text added: %(label)s"), _("Text changed: %(label)s")),
    (Variant, _("Variant added: %(label)s"), _("Variant changed: %(label)s")),
    (Listing, _("Market prepared: %(label)s"), _("Sale changed: %(label)s")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: what happened in one sentence, by whom, and each field before and after."""

    at: datetime
    what: str
    who: str
    changes: list[tuple[str, str, str]]


def entries(product: Product) -> list[Entry]:
    """Return the latest changes of a product and of what belongs to it, the newest first."""
    found: list[Entry] = []
    people: dict[str, str] = {}
    rows: list[tuple[Any, Any, str]] = []
    markets = dict(Market.objects.values_list("pk", "country"))
    for model, made, changed in _KINDS:
        trail = model.trail.rel.related_model.objects
        wanted = {"pgh_obj_id": product.pk} if model is Product else {"product_id": product.pk}
        events = list(trail.filter(**wanted).select_related("pgh_context").order_by("-pgh_id")[:SHOWN])
        before: dict[Any, Any] = {}
        for event in reversed(events):
            what = str(made if event.pgh_label == "insert" else changed) % {"label": _label(event, markets)}
            rows.append((event, before.get(event.pgh_obj_id), what))
            before[event.pgh_obj_id] = event
    ids = {_actor(event) for event, _old, _what in rows}
    people = {
        str(user.pk): str(user)
        for user in User.objects.filter(pk__in=[pk for pk in ids if pk and pk.isdigit()])
    }
    filed = {event.category_id for event, _old, _what in rows if hasattr(event, "category_id")}
    categories = {category.pk: str(category) for category in Category.objects.filter(pk__in=filed)}
    for event, old, what in rows:
        changes = _changes(event, old, categories)
        if changes or old is None:
            found.append(
                Entry(
                    event.pgh_created_at,
                    what,
                    people.get(_actor(event), ""),
                    changes if event.pgh_label != "insert" else [],
                )
            )
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:SHOWN]


def _actor(event: Any) -> str:
    return str((event.pgh_context.metadata or {}).get("user", "")) if event.pgh_context else ""


def _label(event: Any, markets: dict[int, str]) -> str:
    """Name what the row is about: the language, the SKU, the country."""
    if language := getattr(event, "language", ""):
        return languages.name(language)
    if market_id := getattr(event, "market_id", None):
        return str(countries.name(markets.get(market_id, "")))
    return str(getattr(event, "sku", ""))


def _changes(event: Any, old: Any, categories: dict[int, str]) -> list[tuple[str, str, str]]:
    if old is None:
        return []
    changes = []
    for column in event._meta.concrete_fields:
        name = column.attname
        if name.startswith("pgh_") or name in _SILENT:
            continue
        was, now = getattr(old, name), getattr(event, name)
        if was != now:
            changes.append(
                (_name(event, column), _shown(column, was, categories), _shown(column, now, categories))
            )
    return changes


def _name(event: Any, column: Any) -> str:
    return str(event.pgh_tracked_model._meta.get_field(column.name).verbose_name)


def _shown(column: Any, value: Any, categories: dict[int, str]) -> str:
    """Write a value as a person reads it: the word of a state, the name of a category."""
    if value in (None, "", [], {}):
        return ""
    if column.attname == "category_id":
        return categories.get(value, "")
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    text = str(dict(column.flatchoices).get(value, value) if column.choices else value)
    return text if len(text) <= 160 else text[:159] + "…"
