"""The frame of the portal: what each member sees around a page, and where it leads."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from core.models import User
from core.web import navigation
from merchants.enums import MerchantStatus, Role
from merchants.services import notifications, signup
from tests.factories import make_member, make_merchant, make_offer, make_order, make_user
from tests.fixtures_browser import PHONE, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Iterator[navigation.Entry]:
    """An entry whose page exists, at a place that nobody has taken yet."""
    made = navigation.Entry(key="lives", section="steer", label="Lives", icon="video", url_name="help")
    navigation.register(made)
    yield made
    navigation.unregister("lives")


def page_of(user: User, path: str = "/catalog/") -> str:
    client = Client()
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def side(page: str) -> str:
    return page[page.index('class="navbar-nav"') : page.index("</aside>")]


def test_an_entry_shows_at_its_place_and_for_its_roles_only(entry: navigation.Entry) -> None:
    merchant = make_merchant()
    shown = side(page_of(make_member(merchant, Role.CATALOGUE)))

    assert shown.index("/help/") > shown.index("/catalog/")
    assert "/finances/" not in shown and "/developers/" not in shown
    assert "/finances/" in side(page_of(make_member(merchant, Role.ADMINISTRATOR)))


@pytest.mark.parametrize("wrong", [{"key": "nowhere"}, {"section": "nowhere"}])
def test_an_entry_without_a_place_is_refused(wrong: dict[str, str]) -> None:
    fields = {"key": "lives", "section": "steer", **wrong}

    with pytest.raises(ValueError, match="nowhere"):
        navigation.register(navigation.Entry(label="Lives", icon="video", url_name="help", **fields))


def test_before_approval_entries_are_shown_locked_with_the_reason_and_the_catalogue_is_open() -> None:
    user = make_user()
    signup.open_file(user_id=user.pk, at=timezone.now())

    page = side(page_of(user))

    assert 'href="/catalog/"' in page and 'href="/file/"' in page
    assert 'href="/orders/"' not in page
    assert page.count("ps-locked-entry") == page.count("préparez votre catalogue") > 0


def test_the_switcher_leads_to_ones_other_stores_and_to_no_strangers() -> None:
    first, second, stranger = (make_merchant(name) for name in ("Maison Une", "Maison Deux", "Etrangère"))
    user = make_member(first)
    assert "ps-shop-one" in page_of(user)
    make_member(second, user=user)
    client = Client()
    client.force_login(user)

    assert 'action="/switch/"' in client.get("/catalog/").content.decode()
    client.post("/switch/", {"merchant": str(second.public_id)})
    after = client.get("/catalog/")
    refused = client.post("/switch/", {"merchant": str(stranger.public_id)})

    assert after.wsgi_request.merchant == second
    assert refused.status_code == 404
    assert client.get("/catalog/").wsgi_request.merchant == second


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (MerchantStatus.RESTRICTED, "Votre boutique est restreinte"),
        (MerchantStatus.SUSPENDED, "Votre boutique est suspendue"),
        (MerchantStatus.CLOSED, "Cette boutique est fermée"),
    ],
)
def test_a_blocking_state_is_told_on_every_page(status: str, words: str) -> None:
    user = make_member(make_merchant(status=status))

    assert words in page_of(user)
    assert words in page_of(user, "/notifications/")


def test_nothing_is_told_when_nothing_blocks() -> None:
    assert "ps-banner" not in page_of(make_member(make_merchant()))


def test_the_bell_counts_what_is_unread_until_it_is_read() -> None:
    merchant = make_merchant()
    user, other = make_member(merchant), make_member(make_merchant())
    for _n in range(2):
        notifications.notify(merchant_id=merchant.pk, kind="order.accepted", url="/orders/")
    client = Client()
    client.force_login(user)

    before = client.get("/catalog/").content.decode()
    client.post("/notifications/read/")

    assert "Notifications, 2 non lues" in before
    assert "Notifications, 2 non lues" not in client.get("/catalog/").content.decode()
    assert "ps-bell-n" not in page_of(other)


def test_an_entry_counts_what_waits() -> None:
    merchant = make_merchant()
    make_order((make_offer(merchant), 1))

    page = side(page_of(make_member(merchant)))

    assert '<span class="ps-count">1<' in page


def test_the_bar_of_a_phone_has_at_most_four_open_entries() -> None:
    merchant = make_merchant()
    page = page_of(make_member(merchant))
    bar = page[page.index('class="ps-thumb"') :]
    bar = bar[: bar.index("</ul>")]

    assert 2 <= bar.count("<li>") <= 4
    assert "/orders/" in bar
    assert "/orders/" not in page_of(make_member(merchant, Role.CATALOGUE)).split("ps-thumb")[-1]


def test_who_belongs_to_no_store_gets_a_frame_without_one() -> None:
    page = page_of(make_user(), "/accounts/2fa/")

    assert "ps-shop-n" not in page
    assert 'id="ps-q"' not in page


@pytest.fixture
def database_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(DatabaseWrapper, "_cursor", refuse)


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_the_status_page_tells_that_the_database_is_down(
    client: Client, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, is_signed_in: bool
) -> None:
    if is_signed_in:
        client.force_login(make_member(make_merchant()))
    request.getfixturevalue("database_down")

    response = client.get("/status/")

    assert response.status_code == 503
    assert "Ne répond pas" in response.content.decode()


@pytest.mark.parametrize("path", ["/catalog/", "/nulle-part/"])
def test_pages_say_sorry_in_french_when_the_database_is_down(
    client: Client, request: pytest.FixtureRequest, path: str
) -> None:
    client.raise_request_exception = False
    client.force_login(make_member(make_merchant()))
    request.getfixturevalue("database_down")

    response = client.get(path)

    assert response.status_code == 500
    assert "Une panne" in response.content.decode()
    assert '<html lang="fr"' in response.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInTheBrowser:
    @pytest.fixture
    def portal(
        self, new_context: Callable[..., BrowserContext], sign_in: Callable[..., None], watch: Watch
    ) -> Iterator[Page]:
        context = new_context()
        sign_in(context, make_member(make_merchant("Maison Tresquel")))
        page = context.new_page()
        page.goto("/catalog/")
        yield page
        assert watch.unexpected() == []

    def test_g_and_a_letter_go_slash_searches_and_question_mark_helps(self, portal: Page) -> None:
        portal.keyboard.press("?")
        expect(portal.locator("#ps-help")).to_be_visible()
        portal.keyboard.press("Escape")
        portal.keyboard.press("/")
        expect(portal.locator("#ps-q")).to_be_focused()
        portal.keyboard.type("gi")
        expect(portal).to_have_url(re.compile(r"/catalog/$"))
        portal.locator("h1").click()
        portal.keyboard.press("g")
        portal.keyboard.press("i")
        portal.wait_for_url("**/imports/")

    def test_words_in_the_box_lead_to_the_results(self, portal: Page) -> None:
        portal.keyboard.press("/")
        portal.keyboard.type("introuvable")
        portal.keyboard.press("Enter")

        portal.wait_for_url("**/search/?q=introuvable")
        expect(portal.locator("main")).to_contain_text("Rien ne correspond")

    def test_language_and_theme_change_at_once_and_stay(self, portal: Page) -> None:
        portal.locator(".ps-top details.ps-drop summary").click()
        portal.locator('.ps-top button[name="language"][value="en"]').click()
        expect(portal.locator("html")).to_have_attribute("lang", "en")
        portal.locator(".ps-top details.ps-drop summary").click()
        portal.locator('.ps-top button[name="theme"][value="dark"]').click()
        expect(portal.locator("html")).to_have_attribute("data-bs-theme", "dark")

        portal.goto("/imports/")

        expect(portal.locator("html")).to_have_attribute("lang", "en")
        expect(portal.locator("html")).to_have_attribute("data-bs-theme", "dark")

    def test_the_menu_of_a_phone_opens_and_its_bar_leads_on(
        self, new_context: Callable[..., BrowserContext], sign_in: Callable[..., None]
    ) -> None:
        context = new_context(viewport=PHONE, is_mobile=True, has_touch=True)
        sign_in(context, make_member(make_merchant("Maison Tresquel")))
        page = context.new_page()
        page.goto("/catalog/")

        page.locator('[data-ps-toggle="ps-nav"]').tap()
        expect(page.locator("#ps-nav")).to_be_visible()
        page.locator('[data-ps-toggle="ps-nav"]').tap()
        page.locator(".ps-thumb a").first.tap()

        page.wait_for_url("**/today/")

    def test_the_end_of_a_long_page_stays_above_the_bar_of_a_phone(
        self, new_context: Callable[..., BrowserContext], sign_in: Callable[..., None]
    ) -> None:
        context = new_context(viewport=PHONE, is_mobile=True, has_touch=True)
        sign_in(context, make_member(make_merchant("Maison Tresquel")))
        page = context.new_page()
        page.goto("/catalog/")

        end, bar = page.evaluate(
            """() => {
                const main = document.querySelector("main");
                main.style.minHeight = "2000px";
                scrollTo({top: document.documentElement.scrollHeight, behavior: "instant"});
                const bar = document.querySelector(".ps-thumb");
                return [main.getBoundingClientRect().bottom, bar.getBoundingClientRect().top];
            }"""
        )

        assert end <= bar
