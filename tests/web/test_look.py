"""Base pages in a real browser: no script error, no broken policy, nothing sideways, accessible."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from core.models import User
from tests.fixtures_browser import DESK, PHONE, Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/", "/legal/", "/privacy/", "/accessibility/", "/status/", "/accounts/login/", "/accounts/signup/"]
PUBLIC += ["/accounts/signup/passkey/", "/accounts/password/reset/"]


def serious(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


def is_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_accessible_and_fits(
    new_context: Callable[..., BrowserContext], watch: Watch, path: str, viewport: dict[str, int], theme: Any
) -> None:
    page = new_context(viewport=viewport, color_scheme=theme).new_page()

    page.goto(path)

    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert serious(page) == []
    assert not is_sideways(page)
    assert watch.unexpected() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("query", ["", "?errors=1"])
def test_every_part_is_accessible_and_fits(
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[BrowserContext, User], None],
    watch: Watch,
    query: str,
    viewport: dict[str, int],
    theme: Any,
) -> None:
    context = new_context(viewport=viewport, color_scheme=theme)
    sign_in(context, User.objects.create_user("staff@example.org", is_staff=True))
    page = context.new_page()

    page.goto(f"/styleguide/{query}")

    assert serious(page) == []
    assert not is_sideways(page)
    assert watch.unexpected() == []
