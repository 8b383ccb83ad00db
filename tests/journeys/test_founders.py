"""From sign-up to an open store in a real browser: a sole trader, and a company with two owners."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.models import User
from demo.journey import mailbox
from demo.journey.opening import REVIEWER, SECOND_REVIEWER
from demo.journey.traveller import Traveller
from merchants.enums import ApplicationStatus, Control, DocumentKind, MerchantStatus, Ownership, PersonRole
from merchants.models import Document, Merchant, Person
from merchants.services import people
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.journeys.background import settle
from tests.journeys.conftest import OpenWindow
from tests.journeys.founders import Founder, SoleTrader, TwoOwners, traveller
from tests.journeys.windows import Window, mails

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
OPEN = "Your store is open and its file is in order. We write to you as soon as something must be renewed."
IN_BOTH_LANGUAGES = pytest.mark.parametrize(
    ("language", "viewport"), [("fr", DESK), ("en", PHONE)], ids=["fr-desk", "en-phone"]
)


def open_file(founder: Founder, of: Traveller, window: Window) -> None:
    """Go from the home page to the file sent, in the language of the window."""
    window.open("/")
    if window.language != "fr":
        window.press("English")
    with window.speaking():
        founder.signed_up(of)
        founder.company_known(of)
        founder.submitted(of)
    settle()


def approve(at_the_desk: Callable[[str], Window], store: str) -> tuple[Window, Window]:
    """Let one of us accept what is declared and propose, and another confirm."""
    maker, checker = at_the_desk(REVIEWER), at_the_desk(SECOND_REVIEWER)
    for desk, acts in (
        (maker, ["Review this file", "Accept the rest", "Propose to approve"]),
        (checker, ["Confirm the approval"]),
    ):
        desk.follow("Files to review")
        desk.follow(store)
        for act in acts:
            desk.press(act)
        desk.picture()
    settle()
    return maker, checker


def check_opened(merchant: Merchant, of: Traveller, window: Window) -> None:
    """Check that two people decided, and that the merchant was told in their language."""
    merchant.refresh_from_db()
    application = merchant.application
    assert merchant.status == MerchantStatus.ACTIVE
    assert application.status == ApplicationStatus.APPROVED
    assert (application.proposed_by.email, application.decided_by.email) == (REVIEWER, SECOND_REVIEWER)
    assert User.objects.get(email=of.email).language == window.language
    for subject in ("Your file is with us", "Your store is open"):
        (mail,) = mails(of.email, subject=subject, language=window.language)
        assert mailbox.text_of(mail)
    window.open("/file/")
    window.shows("Compliance", OPEN)


@IN_BOTH_LANGUAGES
def test_a_sole_trader_opens_a_store(
    live_server: Any,
    open_window: OpenWindow,
    at_the_desk: Callable[[str], Window],
    watch: Watch,
    language: str,
    viewport: dict[str, int],
) -> None:
    benoit = traveller(
        email="benoit@larzille.example",
        siret="99998014700014",
        full_name="Benoit Larzille",
        store_name="Atelier Larzille",
        home_address="12 rue de la Cadole, 42300 Roanne",
    )
    window = open_window("benoit", language=language, viewport=viewport)

    open_file(SoleTrader(live_server.url, lambda: window), benoit, window)

    merchant = benoit.merchant
    assert merchant.company.is_sole_trader
    assert set(merchant.requirements.values_list("code", flat=True)).isdisjoint(
        {"statutes", "beneficial_owners", "power_of_attorney"}
    )
    assert [p.role for p in Person.objects.for_merchant(merchant)] == [PersonRole.LEGAL_REPRESENTATIVE]
    window.shows("Your file is with us", "Proof of address", "Tax number and place of birth")
    window.hides("Articles of association", "Beneficial owners")

    approve(at_the_desk, benoit.store_name)

    check_opened(merchant, benoit, window)
    window.open("/store/")
    window.shows("BENOIT LARZILLE EI", "TVA non applicable, art. 293 B du CGI", "999 980 147 00014")
    assert watch.unexpected() == []


@IN_BOTH_LANGUAGES
def test_a_company_with_two_owners_and_a_holding_opens_a_store(
    live_server: Any,
    open_window: OpenWindow,
    at_the_desk: Callable[[str], Window],
    watch: Watch,
    language: str,
    viewport: dict[str, int],
) -> None:
    arnaud = traveller(
        email="arnaud@valclair.example",
        siret="99998012100019",
        full_name="Arnaud Rouveyre",
        store_name="Ateliers du Val Clair",
        home_address="3 place de la Collégiale, 87200 Saint-Junien",
    )
    window = open_window("arnaud", language=language, viewport=viewport)

    open_file(TwoOwners(live_server.url, lambda: window), arnaud, window)

    merchant = arnaud.merchant
    assert merchant.company.ownership == Ownership.LISTED
    owners = {people.read(p).last_name: p for p in Person.objects.for_merchant(merchant).order_by("pk")}
    assert {name: (p.role, p.control, p.share_percent) for name, p in owners.items()} == {
        "Rouveyre": (PersonRole.LEGAL_REPRESENTATIVE, Control.INDIRECT, Decimal(51)),
        "Castagnier": (PersonRole.BENEFICIAL_OWNER, Control.DIRECT, Decimal("34.5")),
    }
    assert people.holdings_of(owners["Rouveyre"]) == TwoOwners.HOLDING
    identities = Document.objects.for_merchant(merchant).filter(kind=DocumentKind.IDENTITY)
    assert {d.person_id for d in identities} == {p.pk for p in owners.values()}

    maker, _checker = approve(at_the_desk, arnaud.store_name)

    maker.follow("Beneficial owners")
    maker.shows("Arnaud Rouveyre, 51 %", "Hélène Castagnier, 34,50 %", TwoOwners.HOLDING)
    check_opened(merchant, arnaud, window)
    assert watch.unexpected() == []
