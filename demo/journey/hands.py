"""What a person does with a page: read, follow a link, fill fields, press a button.

The journey is told in these acts alone (``driver``), by the words that stand on the screen; whoever has hands
walks it: ``http.HttpHands`` without JavaScript, the tests' with a real browser. A word means the thing whose
name it is or, where there is none, begins with it.
"""

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from demo.journey.steps import NotReached

PATIENCE_SECONDS = 300.0
PAUSE_SECONDS = 0.5

Value = str | bool | Path | list[str]


class DeadEnd(NotReached):
    """A person would not know how to go on from this page."""


class Hands(Protocol):
    """One person at one browser. What is not found on the page raises ``DeadEnd``."""

    @property
    def where(self) -> str:
        """The address and title of the page, for messages."""

    def open(self, address: str) -> None:
        """Go to an address: a whole one (from a mail), or a path."""

    def read(self) -> str:
        """Answer the words of the page, spaces made plain."""

    def follow(self, name: str, *, near: str = "") -> None:
        """Follow the link of that name. ``near``: words that it stands closest to."""

    def fill(self, fields: Mapping[str, Value]) -> None:
        """Fill fields by their labels: a text, the word of a choice, a tick, a file."""

    def press(self, name: str, *, near: str = "") -> None:
        """Press the button of that name."""

    def offers(self, name: str, *, near: str = "") -> bool:
        """Tell whether the page has a link or button of that name."""

    def download(self, name: str) -> bytes:
        """Follow a link, or press a button, that answers a file."""

    def look_again(self) -> None:
        """See what has become of the page: reload it, or let it renew itself."""


def until_read(hands: Hands, words: str) -> None:
    """Watch a page until it says so: the work is done in the background."""
    until(hands, lambda: words in hands.read(), words)


def until(hands: Hands, holds: Callable[[], bool], words: str) -> None:
    """Watch a page until something holds; ``words`` name it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise DeadEnd(f"“{words}”: nothing has changed at {hands.where}")
        time.sleep(PAUSE_SECONDS)
        hands.look_again()


def plain(text: str) -> str:
    """Make every kind of space one space."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def pick(name: str, names: list[str]) -> int | None:
    """Answer which of the names on a page is meant: the same, else the first that begins so."""
    wanted, found = plain(name), [plain(text) for text in names]
    if wanted in found:
        return found.index(wanted)
    return next((number for number, text in enumerate(found) if text.startswith(wanted)), None)
