"""A world where only the test's own consumers and jobs exist."""

from collections.abc import Iterator

import pytest
from django.utils.module_loading import autodiscover_modules

from core.services import broker, events, jobs


@pytest.fixture
def consumers(monkeypatch: pytest.MonkeyPatch) -> dict[str, events.Consumer]:
    empty: dict[str, events.Consumer] = {}
    monkeypatch.setattr(events, "consumers", empty)
    return empty


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, jobs.Registered]:
    # Before it is put aside: a module that is first imported meanwhile would register its jobs for naught.
    autodiscover_modules("tasks")
    empty: dict[str, jobs.Registered] = {}
    monkeypatch.setattr(jobs, "registry", empty)
    return empty


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, tuple[int, ...]]]]:
    """The messages that would go to the broker."""
    messages: list[tuple[str, tuple[int, ...]]] = []

    def send(task: str, *args: int, countdown: float | None = None) -> bool:
        messages.append((task, args))
        return True

    monkeypatch.setattr(broker, "send", send)
    monkeypatch.setattr(events, "_last_kick", float("-inf"))
    yield messages
