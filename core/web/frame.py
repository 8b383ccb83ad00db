"""What stands around a portal page and depends on the merchant: name, state, banner, bell, switcher.

Core knows no merchant: the app that does gives a function to ``provide``. Without one, or for somebody
who belongs to no merchant, the frame is empty and pages still show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Banner:
    """One blocking state, told on every page until it is solved. ``shape`` as in the status tag."""

    shape: str
    text: str | _StrPromise
    url: str = ""
    link: str | _StrPromise = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A merchant the person may switch to; ``value`` is posted to ``Frame.switch_url`` as ``merchant``."""

    value: str
    name: str
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class Frame:
    """See the module. ``is_locked`` closes the entries that need an approved store;
    ``sees_all`` shows every entry whatever its roles."""

    name: str = ""
    shape: str = ""
    word: str | _StrPromise = ""
    role: str = ""
    sees_all: bool = False
    role_word: str | _StrPromise = ""
    is_locked: bool = False
    lock_reason: str | _StrPromise = ""
    choices: list[Choice] = field(default_factory=list)
    switch_url: str = ""
    banner: Banner | None = None
    search_url: str = ""
    notifications_url: str = ""
    unread: int = 0

    @property
    def initials(self) -> str:
        """Return up to two letters that stand for the merchant."""
        words = [word for word in self.name.split() if word[:1].isalnum()]
        return "".join(word[0] for word in words[:2]).upper()


Provider = Callable[["HttpRequest"], "Frame | None"]

_provider: Provider | None = None


def provide(provider: Provider) -> None:
    """Register the function that describes the frame of a request; called once, at start."""
    global _provider
    _provider = provider


_search_name = ""


def search_at(url_name: str) -> None:
    """Say which page answers the search box; it gets the words in ``q``. Called once, at start."""
    global _search_name
    _search_name = url_name


def of(request: HttpRequest) -> Frame:
    """Return the frame of this request, computed once."""
    known = getattr(request, "_passerelle_frame", None)
    if known is None:
        known = (_provider(request) if _provider is not None else None) or Frame()
        if known.name and _search_name:
            known = replace(known, search_url=reverse(_search_name))
        request._passerelle_frame = known  # type: ignore[attr-defined]
    return known
