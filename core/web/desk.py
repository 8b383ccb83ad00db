"""The desk of the staff: queues on its first page, navigation by job. Each app registers its own.

Apps call ``add_page`` and ``add_queue`` from ``<app>/web/desk.py``, which core imports at start.
What a person may not see is not shown; a model of the admin that nobody placed stands under « Other ».
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.services import reading

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SECTIONS: dict[str, _StrPromise] = {
    "desks": _("Desks"),
    "health": _("Health"),
    "reference": _("Reference"),
    "control": _("Control"),
    "other": _("Other"),
}
#: What waits is counted up to here: the cost of a page does not grow with a queue.
COUNTED: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Page:
    """A line of the desk's navigation. ``icon`` is a name of Material Symbols, which unfold draws.

    ``waiting`` are the rows that its badge counts.
    """

    key: str
    section: str
    title: str | _StrPromise
    icon: str
    url_name: str
    permission: str
    order: int = 100
    waiting: Callable[[HttpRequest], QuerySet[Any]] | None = None


@dataclass(frozen=True)
class Waiting:
    """How many wait, up to ``COUNTED``, and since when the oldest does."""

    count: int
    oldest_at: datetime | None = None

    @property
    def is_capped(self) -> bool:
        return self.count >= COUNTED


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A block of the first page: the rows that wait, the one that counts as the oldest first, and the field
    that says since when. ``within`` is the service level the oldest is measured against.
    """

    key: str
    title: str | _StrPromise
    permission: str
    waiting: Callable[[HttpRequest], QuerySet[Any]]
    url: Callable[[], str]
    since: str = "created_at"
    within: timedelta | None = None
    order: int = 100


@dataclass(frozen=True)
class QueueShown:
    """A queue as one request sees it; ``shape`` and ``word`` for its state."""

    queue: Queue
    waiting: Waiting
    url: str
    share: int
    shape: str
    word: str | _StrPromise


_pages: dict[str, Page] = {}
_queues: dict[str, Queue] = {}


def add_page(page: Page) -> None:
    if page.section not in SECTIONS:
        raise ValueError(f"{page.section} is no section of the desk")
    _pages[page.key] = page


def add_queue(queue: Queue) -> None:
    _queues[queue.key] = queue


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the navigation as unfold wants it, of what this person may see."""
    lines: dict[str, list[dict[str, Any]]] = {key: [] for key in SECTIONS}
    claimed = {page.url_name for page in _pages.values()}
    shown = [page for page in _pages.values() if request.user.has_perm(page.permission) and _link(page)]
    counts = _counts(request, [page for page in shown if page.waiting])
    for page in sorted(shown, key=lambda page: page.order):
        line = {"title": page.title, "icon": page.icon, "link": _link(page)}
        if number := counts.get(page.key):
            line["badge"] = f"{number}+" if number >= COUNTED else str(number)
        lines[page.section].append(line)
    lines["other"] = _unplaced(request, claimed)
    return [
        {"title": title, "separator": True, "items": lines[key]}
        for key, title in SECTIONS.items()
        if lines[key]
    ]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the queues to the first page, the latest against their service level first."""
    now = timezone.now()
    mine = [queue for queue in _queues.values() if request.user.has_perm(queue.permission)]
    rows = [queue.waiting(request) for queue in mine]
    oldest = [found.values_list(queue.since)[:1] for queue, found in zip(mine, rows, strict=True)]
    reading.fetch(*oldest)
    waiting = [
        Waiting(count, first[0][0] if first else None)
        for count, first in zip(reading.count(rows, most=COUNTED), oldest, strict=True)
    ]
    shown = [_show(queue, found, now) for queue, found in zip(mine, waiting, strict=True)]
    return {**context, "queues": sorted(shown, key=lambda line: (-line.share, line.queue.order))}


def no_colours(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Give unfold no colours to write into the page: they are in our stylesheet, as the policy asks."""
    return {}


def _link(page: Page) -> str:
    """Return where a page is; nowhere while its admin is not registered."""
    try:
        return reverse(page.url_name)
    except NoReverseMatch:
        return ""


def _counts(request: HttpRequest, pages: list[Page]) -> dict[str, int]:
    """Count what waits for every page in one statement."""
    rows = [page.waiting(request) for page in pages if page.waiting]
    return dict(zip((page.key for page in pages), reading.count(rows, most=COUNTED), strict=True))


def _show(queue: Queue, waiting: Waiting, now: datetime) -> QueueShown:
    age = now - waiting.oldest_at if waiting.oldest_at else timedelta()
    share = int(100 * age / queue.within) if queue.within else 0
    if not waiting.count:
        shape, word = "done", _("Empty")
    elif queue.within is None:
        shape, word = "us", _("Waiting")
    elif share >= 100:
        shape, word = "late", _("Late")
    elif share >= 75:
        shape, word = "soon", _("Soon late")
    else:
        shape, word = "us", _("Within the delay")
    return QueueShown(queue, waiting, queue.url(), share, shape, word)


def _unplaced(request: HttpRequest, claimed: set[str]) -> list[dict[str, Any]]:
    found = []
    for model, model_admin in admin.site._registry.items():
        url_name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        if url_name in claimed or not model_admin.has_module_permission(request):
            continue
        if model_admin.has_view_or_change_permission(request):
            title = str(model._meta.verbose_name_plural)
            found.append(
                {"title": title[:1].upper() + title[1:], "icon": "table_rows", "link": reverse(url_name)}
            )
    return sorted(found, key=lambda item: item["title"])
