"""A team in a real browser: invited, made an owner, removed; and our support as a visitor, who only reads."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import User
from demo import people
from demo.journey import mailbox
from merchants.enums import Role
from merchants.models import Invitation, Merchant, SupportVisit
from merchants.services import developers, signup, visits
from partners.enums import Scope
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.journeys.background import settle
from tests.journeys.conftest import OpenWindow
from tests.journeys.windows import Window
from tests.merchants import steps
from tests.web import personas

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
IN_BOTH_LANGUAGES = pytest.mark.parametrize(
    ("language", "viewport"), [("fr", DESK), ("en", PHONE)], ids=["fr-desk", "en-phone"]
)
CLAIRE, YANN, NOLWENN = "claire@perdrelle.example", "yann@perdrelle.example", "nolwenn@perdrelle.example"
SUPPORT, AUDITOR = "theo.garnier@passerelle.example", "maud.keller@passerelle.example"
PASSWORD = "quatre chevaux dans la lande"
STORE = "Savonnerie de Forcalquier"
CLOSED = ("/finances/", "/file/bank/change/", "/developers/")
REASON = "Ticket 4812 : la page des imports reste vide"


@pytest.fixture
def store(staffed: None, language: str) -> Merchant:
    """An open store whose owner, Claire, speaks the journey's language."""
    owner, now = personas.person(CLAIRE, full_name="Claire Montbrun", language=language), timezone.now()
    maker, checker = (User.objects.get(email=person.email) for person in people.STAFF[:2])
    merchant = signup.open_file(user_id=owner.pk, at=now)
    steps.submit(merchant, owner, now)
    steps.approve(merchant, maker, checker, now)
    Merchant.objects.filter(pk=merchant.pk).update(store_name=STORE)
    settle()
    merchant.refresh_from_db()
    return merchant


@pytest.fixture
def claire(store: Merchant, open_window: OpenWindow, language: str, viewport: dict[str, int]) -> Window:
    owner = User.objects.get(email=CLAIRE)
    return open_window("claire", user=owner, language=language, viewport=viewport)


@pytest.fixture
def yann(
    store: Merchant, open_window: OpenWindow, language: str, viewport: dict[str, int]
) -> Callable[[str], Window]:
    """Let Yann join in a role, and open his window."""

    def yann(role: str) -> Window:
        user = personas.person(YANN, full_name="Yann Montbrun", language=language)
        store.memberships.create(user=user, role=role)
        return open_window("yann", user=user, language=language, viewport=viewport)

    return yann


@IN_BOTH_LANGUAGES
def test_an_invitation_runs_out_is_sent_again_and_accepted(
    store: Merchant,
    claire: Window,
    open_window: OpenWindow,
    watch: Watch,
    language: str,
    viewport: dict[str, int],
) -> None:
    watch.expected += ["410", "403"]
    claire.open("/team/")
    claire.fill({"E-mail address": NOLWENN, "Role": claire.say("Orders")})
    claire.press("Invite")
    claire.shows("Invitation sent. It is valid for 7 days.", NOLWENN)
    settle()
    old = mailbox.link(NOLWENN, containing="/team/join/")
    Invitation.objects.for_merchant(store).update(expires_at=timezone.now())

    nolwenn = open_window("nolwenn", language=language, viewport=viewport)
    nolwenn.open("/accounts/login/")
    if language != "fr":
        nolwenn.press("English")
    nolwenn.open(old)
    sign_up(nolwenn)
    nolwenn.shows("This invitation was withdrawn, used or is over 7 days old. Ask for a new one.")
    assert not store.memberships.filter(user__email=NOLWENN).exists()
    claire.look_again()
    claire.shows("expired on")
    claire.press("Send again")
    settle()
    new = mailbox.link(NOLWENN, containing="/team/join/")
    assert new != old
    nolwenn.open(old)
    nolwenn.shows("This invitation was withdrawn, used or is over 7 days old. Ask for a new one.")
    nolwenn.open(new)
    nolwenn.shows("Join a store", STORE)
    nolwenn.press("Join")
    nolwenn.shows(nolwenn.say("Welcome to %(store)s.", store=STORE))

    assert store.memberships.get(user__email=NOLWENN).role == Role.ORDERS
    nolwenn.open("/orders/")
    nolwenn.shows("Orders")
    doors = {path: nolwenn.page.context.request.get(path, max_redirects=0).status for path in CLOSED}
    assert doors == dict.fromkeys(CLOSED, 403)
    nolwenn.open("/team/")
    assert not nolwenn.offers("Invite")
    assert watch.unexpected() == []


def sign_up(window: Window) -> None:
    """Open an account from the page that asks to sign in; the code of the mail opens it."""
    window.follow("Open an account for my store")
    window.fill({"First and last name": "Nolwenn Tresquel", "Email": NOLWENN, "Password": PASSWORD})
    window.press("Open an account")
    window.fill({"Code": mailbox.code(NOLWENN)})
    window.press("Confirm")


@IN_BOTH_LANGUAGES
def test_a_store_changes_hands_when_both_confirm(
    store: Merchant, claire: Window, yann: Callable[[str], Window], watch: Watch, language: str
) -> None:
    colleague = yann(Role.CATALOGUE)
    secrets = [personas.give_second_factor(User.objects.get(email=email)) for email in (CLAIRE, YANN)]

    claire.open("/team/")
    claire.follow("Make an owner", near=YANN)
    give_code(claire, secrets[0])
    claire.fill({"I hand it over and become an administrator": True})
    claire.press("Offer ownership")
    claire.shows("Ownership is offered")
    assert roles(store) == {CLAIRE: Role.OWNER, YANN: Role.CATALOGUE}
    colleague.open("/team/")
    colleague.follow("See the offer")
    give_code(colleague, secrets[1])
    colleague.shows("Become an owner")
    colleague.press("Accept and become an owner")
    colleague.picture()
    settle()

    assert roles(store) == {CLAIRE: Role.ADMINISTRATOR, YANN: Role.OWNER}
    claire.open("/team/")
    assert not claire.offers("Make an owner")
    assert not claire.offers("Remove", near=YANN)
    for email in (CLAIRE, YANN):
        assert mailbox.messages(email), email
    assert watch.unexpected() == []


def give_code(window: Window, secret: str) -> None:
    window.shows("Confirm that it is you: this page asks for your second factor.")
    window.give_code(secret)
    window.press("Confirm")


def roles(store: Merchant) -> dict[str, str]:
    return dict(store.memberships.filter(ended_at=None).values_list("user__email", "role"))


@IN_BOTH_LANGUAGES
def test_who_is_removed_is_out_at_the_next_click_and_their_token_too(
    store: Merchant, claire: Window, yann: Callable[[str], Window], watch: Watch, language: str
) -> None:
    colleague = yann(Role.ADMINISTRATOR)
    issued = developers.connect(
        merchant_id=store.pk,
        name="Logiciel Perdrelle",
        contact_email=YANN,
        scopes=[Scope.ORDERS_READ],
        by=User.objects.get(email=YANN),
        at=timezone.now(),
    )
    colleague.open("/catalog/")
    colleague.shows("Catalogue")
    token = token_by(colleague, issued.client_id, issued.secret)
    assert status_with(colleague, token) == 200

    claire.open("/team/")
    claire.follow("Remove", near=YANN)
    claire.shows("Remove from the team", issued.client_id)
    claire.press("Remove")
    claire.shows("Removed. This person can no longer open this store, from this moment on.")

    colleague.open("/catalog/")
    colleague.picture()
    assert "/accounts/login/" in colleague.page.url
    assert status_with(colleague, token) == 401
    settle()
    assert mailbox.messages(YANN)
    assert watch.unexpected() == []


def token_by(window: Window, client_id: str, secret: str) -> str:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    answer = window.page.context.request.post("/identity/o/api/token", form=form)
    assert answer.ok, answer.text()
    return str(answer.json()["access_token"])


def status_with(window: Window, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return int(window.page.context.request.get("/api/v1/me/", headers=headers).status)


@pytest.mark.parametrize(("language", "viewport"), [("fr", DESK)])
def test_support_reads_the_portal_as_the_merchant_and_leaves_a_line(
    store: Merchant, claire: Window, at_the_desk: Callable[[str], Window], watch: Watch
) -> None:
    watch.expected += ["403", "422"]
    agent = at_the_desk(SUPPORT)
    agent.open(reverse("admin:merchants_merchant_change", args=[store.pk]))
    agent.follow("Open the portal as this merchant")
    agent.page.locator("[name=reason]").fill("court")
    # The browser itself holds back a reason that is too short.
    agent.page.get_by_role("button", name=agent.say("Open the portal")).click()
    assert "/supportvisit/begin/" in agent.page.url
    assert not SupportVisit.objects.exists()
    agent.page.locator("[name=reason]").fill(REASON)
    agent.press("Open the portal")
    for page in ("/file/", "/catalog/", "/team/"):
        agent.open(page)
        agent.shows("End the visit", STORE)
    assert not agent.offers("Invite")
    words, navigation = (
        agent.page.locator(one).bounding_box() for one in ("body > .ps-banner p", ".ps-side")
    )
    assert words and navigation and words["x"] >= navigation["x"] + navigation["width"]
    answer = agent.page.evaluate(
        """async () => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const body = new URLSearchParams({csrfmiddlewaretoken: token, store_name: "Changée"});
            return (await fetch("/store/name/", {method: "POST", body})).status;
        }"""
    )
    store.refresh_from_db()
    assert (answer, store.store_name) == (403, STORE)
    agent.press("End the visit")
    agent.open("/catalog/")
    agent.hides(STORE)

    visit = SupportVisit.objects.get()
    assert visit.ended_at is not None and visits.reason_of(visit) == REASON
    claire.open("/security/visits/")
    claire.shows(REASON)
    claire.hides(SUPPORT)
    auditor = at_the_desk(AUDITOR)
    auditor.open(reverse("admin:merchants_supportvisit_history", args=[visit.pk]))
    auditor.shows(REASON, "Théo Garnier")
    assert watch.unexpected() == []
