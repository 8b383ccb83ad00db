"""A passkey in a real browser, whose authenticator is Chromium's virtual one."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures_browser import Watch
from tests.web.personas import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "une-phrase-longue"


def give_authenticator(page: Page) -> None:
    """Plug a virtual authenticator in, which verifies its user and keeps passkeys."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_opens_the_account_without_password(
    new_context: Callable[..., BrowserContext], watch: Watch, live_server: Any
) -> None:
    user = person("claire@example.org", PASSWORD)
    page = new_context().new_page()
    give_authenticator(page)

    page.goto("/accounts/login/")
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form[action='/accounts/login/'] button[type=submit]").first.click()
    page.wait_for_url("**/start/")
    page.goto("/accounts/2fa/webauthn/add/?next=/accounts/2fa/")
    if "reauthenticate" in page.url:
        page.locator("#id_password").fill(PASSWORD)
        page.locator("form button[type=submit]").first.click()
        page.wait_for_url("**/webauthn/add/**")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() == 1

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/start/")

    expect(page.locator("h1")).to_be_visible()
    assert watch.unexpected() == []
