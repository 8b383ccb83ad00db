"""What every journey of a merchant's file starts from: our staff, a mail folder, windows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from core.models import User
from demo import people
from tests.fixtures_browser import DESK
from tests.journeys.windows import FOLDER, Window

OpenWindow = Callable[..., Window]


@pytest.fixture
def staffed(settings: Any, live_server: Any, tmp_path: Path) -> None:
    """The demonstration's staff are there; mails are files, and their addresses lead to this server."""
    settings.PUBLIC_URL = live_server.url
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "core.mail.FolderBackend", str(tmp_path / "mail")
    people.load_staff()


@pytest.fixture
def open_window(
    staffed: None,
    request: pytest.FixtureRequest,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[BrowserContext, User], None],
) -> OpenWindow:
    """Give somebody a window of their own, signed in or not; the pictures carry the test's name."""

    def open_window(
        name: str, *, user: User | None = None, language: str = "fr", viewport: dict[str, int] | None = None
    ) -> Window:
        size = viewport or DESK
        context = new_context(viewport=size)
        if user is not None:
            sign_in(context, user)
        test = request.node.originalname.removeprefix("test_")
        return Window(context.new_page(), language, FOLDER / test / f"{name}-{language}-{size['width']}")

    return open_window


@pytest.fixture
def at_the_desk(open_window: OpenWindow) -> Callable[[str], Window]:
    """Open the desk to a member of our staff, by their address."""

    def at_the_desk(email: str) -> Window:
        user = User.objects.get(email=email)
        window = open_window(email.partition("@")[0], user=user, language=user.language)
        window.open("/admin/")
        return window

    return at_the_desk
