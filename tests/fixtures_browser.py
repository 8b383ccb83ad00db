"""A real Chromium for the pages: ``page`` fails the test on script errors and on broken policy.

Uses the machine's browser (``CHROMIUM`` or ``chromium`` on the path). Without one the tests are skipped,
except where ``CI`` is set: there they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium_path() -> str | None:
    """Return where the machine's Chromium is."""
    asked = os.environ.get("CHROMIUM", "")
    found = [asked] if asked else [path for name in NAMES if (path := shutil.which(name))]
    return next((path for path in found if Path(path).is_file()), None)


@dataclass
class Watch:
    """What the browser complained about; what a test provokes on purpose it names in ``expected``."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(part in said for part in self.expected)]


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    # Playwright's loop would make Django believe that tests are asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium() -> str:
    path = chromium_path()
    if path is None:
        reason = "no Chromium on this machine (install chromium, or set CHROMIUM to its path)"
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def browser(chromium: str, request: pytest.FixtureRequest) -> Iterator[Browser]:
    playwright: Playwright = request.getfixturevalue("_playwright")
    browser = playwright.chromium.launch(
        executable_path=chromium,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
    )
    yield browser
    browser.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def new_context(
    browser: Browser, live_server: Any, watch: Watch, socket_enabled: None
) -> Iterator[Callable[..., BrowserContext]]:
    """Make contexts (one a person) whose pages are watched; closed at the end."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        options = {"viewport": DESK, "locale": "fr-FR", "timezone_id": "Europe/Paris", **options}
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(15_000)
        context.on("page", lambda page: _listen(page, watch))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], watch: Watch) -> Iterator[Page]:
    """A page at desk width, nobody signed in."""
    yield new_context().new_page()
    assert watch.unexpected() == []


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext], watch: Watch) -> Iterator[Page]:
    """A page at phone width, nobody signed in."""
    yield new_context(viewport=PHONE, is_mobile=True, has_touch=True).new_page()
    assert watch.unexpected() == []


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[BrowserContext, Any], None]:
    """Give a context the session of a person, without passing by the form."""

    def sign_in(context: BrowserContext, user: Any) -> None:
        # One client a person: a second one at the same client would end the session of the first.
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}]
        )

    return sign_in


def _listen(page: Page, watch: Watch) -> None:
    def console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            watch.complaints.append(f"{page.url}: {message.text}")

    page.on("console", console)
    page.on("pageerror", lambda error: watch.complaints.append(f"{page.url}: {error}"))
