"""The side navigation of the portal: each app registers the pages it has, here their order is kept.

An entry exists only when its page does, so that no link leads nowhere. Apps call ``register`` from
``<app>/web/navigation.py``, which their ``AppConfig.ready`` imports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    from core.web.frame import Frame

SECTIONS: tuple[tuple[str, _StrPromise], ...] = (
    ("daily", _("Every day")),
    ("sell", _("Sell")),
    ("steer", _("Steer")),
    ("store", _("My store")),
)

# By how often it is used, as in the portal's design; the number of an entry's place follows from it.
ORDER: tuple[str, ...] = (
    "today",
    "orders",
    "packing",
    "returns",
    "catalog",
    "imports",
    "markets",
    "stock",
    "campaigns",
    "hashtags",
    "lives",
    "influencers",
    "finances",
    "statistics",
    "store",
    "file",
    "team",
    "security",
    "developers",
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the navigation.

    ``key`` is one of ``ORDER``; ``open_label`` replaces ``label`` once the store is approved; ``letter``
    goes there after ``g``; ``badge`` counts what waits (None or 0 shows nothing); ``roles`` empty means every
    role; ``open_early`` entries work before approval.
    """

    key: str
    section: str
    label: str | _StrPromise
    icon: str
    url_name: str
    open_label: str | _StrPromise = ""
    letter: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    badge: Callable[[HttpRequest], int | None] | None = None
    open_early: bool = False
    on_phone: bool = False


@dataclass(frozen=True)
class Line:
    """An entry as one request sees it."""

    entry: Entry
    label: str | _StrPromise
    url: str
    is_current: bool
    is_locked: bool
    count: int | None


@dataclass(frozen=True)
class Section:
    label: str | _StrPromise
    lines: list[Line]


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry; registering the same key again replaces it."""
    if entry.key not in ORDER:
        raise ValueError(f"{entry.key} has no place in core.web.navigation.ORDER")
    if entry.section not in dict(SECTIONS):
        raise ValueError(f"{entry.section} is no section of the navigation")
    _entries[entry.key] = entry


def unregister(key: str) -> None:
    _entries.pop(key, None)


def sections(request: HttpRequest, frame: Frame) -> list[Section]:
    """Return the sections with the lines this person may see, the locked ones among them."""
    best = _current_key(request)
    by_section: dict[str, list[Line]] = {key: [] for key, _label in SECTIONS}
    for key in ORDER:
        entry = _entries.get(key)
        if entry is None or not _may_see(entry, frame):
            continue
        locked = frame.is_locked and not entry.open_early
        by_section[entry.section].append(
            Line(
                entry=entry,
                label=entry.label if frame.is_locked else entry.open_label or entry.label,
                url=reverse(entry.url_name),
                is_current=key == best,
                is_locked=locked,
                count=None if locked or entry.badge is None else entry.badge(request),
            )
        )
    return [Section(label, by_section[key]) for key, label in SECTIONS if by_section[key]]


def phone_lines(all_sections: list[Section]) -> list[Line]:
    """Return the entries of the bar at the bottom of a phone: at most four, open ones only."""
    lines = [line for section in all_sections for line in section.lines]
    return [line for line in lines if line.entry.on_phone and not line.is_locked][:4]


def _may_see(entry: Entry, frame: Frame) -> bool:
    return not entry.roles or frame.sees_all or frame.role in entry.roles


def _current_key(request: HttpRequest) -> str | None:
    """Return the entry whose address is the longest beginning of the request's."""
    best_key, best_length = None, 0
    for key, entry in _entries.items():
        url = reverse(entry.url_name)
        is_here = request.path == url or (url != "/" and request.path.startswith(url))
        if is_here and len(url) > best_length:
            best_key, best_length = key, len(url)
    return best_key


def start_url(request: HttpRequest, frame: Frame) -> str:
    """Return where somebody who signed in begins: the first entry open to them; empty when none is."""
    if not frame.name:
        return ""
    for section in sections(request, frame):
        for line in section.lines:
            if not line.is_locked:
                return line.url
    return ""
