"""Another bank account, and a measure that holds payouts, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from pypdf import PdfReader

from core import sealed
from core.models import User
from demo.journey import mailbox
from demo.journey.hands import plain
from demo.journey.opening import REVIEWER, SECOND_REVIEWER
from merchants.enums import AppealOutcome, BankAccountState, MeasureStatus, MerchantStatus
from merchants.models import Appeal, BankAccount, Measure, Merchant, Notification
from merchants.services import requirements, signup
from tests.factories.merchants import make_member
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.journeys.background import settle
from tests.journeys.conftest import OpenWindow
from tests.journeys.windows import Window, mails
from tests.merchants import steps
from tests.web import personas

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
IN_BOTH_LANGUAGES = pytest.mark.parametrize(
    ("language", "viewport"), [("fr", DESK), ("en", PHONE)], ids=["fr-desk", "en-phone"]
)
FINANCE, JUDGE = "sofia.rey@passerelle.example", "admin@passerelle.example"
CLAIRE, PARTNER = "claire@perdrelle.example", "yann@perdrelle.example"
STORE = "Savonnerie de Forcalquier"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
FACTS = "Le 12 de ce mois, nous vous avons demandé vos factures d’achat ; aucune ne nous est parvenue."
APPEAL = "Nous avons envoyé les factures le 14 par le portail ; en voici la preuve."
ANSWER = "Les factures étaient bien arrivées le 14 : la restriction est annulée."


@pytest.fixture
def store(staffed: None, language: str) -> Merchant:
    """An open store of two owners: Claire, who speaks the journey's language, and Yann."""
    owner, now = personas.person(CLAIRE, full_name="Claire Montbrun"), timezone.now()
    User.objects.filter(pk=owner.pk).update(language=language)
    maker, checker = (User.objects.get(email=email) for email in (REVIEWER, SECOND_REVIEWER))
    merchant = signup.open_file(user_id=owner.pk, at=now)
    steps.submit(merchant, owner, now)
    steps.approve(merchant, maker, checker, now)
    Merchant.objects.filter(pk=merchant.pk).update(store_name=STORE)
    make_member(merchant, user=personas.person(PARTNER, full_name="Yann Montbrun"))
    settle()
    merchant.refresh_from_db()
    return merchant


@pytest.fixture
def claire(store: Merchant, open_window: OpenWindow, language: str, viewport: dict[str, int]) -> Window:
    owner = User.objects.get(email=CLAIRE)
    return open_window("claire", user=owner, language=language, viewport=viewport)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "rib.pdf"
    path.write_bytes(steps.pdf().getvalue())
    return path


@IN_BOTH_LANGUAGES
def test_another_bank_account_needs_a_second_factor_and_two_of_us(
    store: Merchant,
    claire: Window,
    at_the_desk: Callable[[str], Window],
    paper: Path,
    watch: Watch,
    language: str,
) -> None:
    watch.expected.append("422")
    secret = personas.give_second_factor(User.objects.get(email=CLAIRE))
    ask_for_another(claire, secret, paper)
    settle()

    before, change = BankAccount.objects.for_merchant(store).order_by("pk")
    assert (before.state, change.state) == (BankAccountState.CONFIRMED, BankAccountState.PENDING)
    assert not requirements.may_be_paid(merchant_id=store.pk, at=timezone.now())
    for owner, speaks in ((CLAIRE, language), (PARTNER, "fr")):
        (mail,) = mails(owner, subject="Your bank account is about to change", language=speaks)
        said = mailbox.text_of(mail)
        assert change.iban_hint in plain(said)
        assert OTHER_IBAN.replace(" ", "") not in said.replace(" ", "")

    finance = at_the_desk(FINANCE)
    open_change(finance)
    finance.shows(change.iban_hint, before.iban_hint, "Open the proof")
    finance.press("Confirm (first of two)")
    finance.shows("You gave the first confirmation: a second person must give the other.")
    assert not finance.offers("Confirm: pay to this account from now on")
    claire.open("/file/bank/")
    claire.shows("Your payouts wait until we have checked what you sent.")
    claire.shows("One of two people of ours has confirmed it.", before.iban_hint, change.iban_hint)
    lead = at_the_desk(SECOND_REVIEWER)
    open_change(lead)
    lead.press("Confirm: pay to this account from now on")
    lead.picture()
    settle()

    before.refresh_from_db()
    change.refresh_from_db()
    assert (before.state, change.state) == (BankAccountState.REPLACED, BankAccountState.CONFIRMED)
    assert (change.proposed_by.email, change.decided_by.email) == (FINANCE, SECOND_REVIEWER)
    assert requirements.may_be_paid(merchant_id=store.pk, at=timezone.now())
    for owner, speaks in ((CLAIRE, language), (PARTNER, "fr")):
        assert mails(owner, subject="Your bank account has changed", language=speaks)
    claire.look_again()
    claire.shows("You are paid to", change.iban_hint)
    claire.hides("A change is being checked: payouts wait", before.iban_hint)
    assert watch.unexpected() == []


def ask_for_another(window: Window, secret: str, paper: Path) -> None:
    """Ask for another account: code first, a wrong number comes back, then the right one."""
    window.open("/file/bank/")
    window.follow("Change the account")
    window.shows("Confirm that it is you: this page asks for your second factor.")
    window.give_code(secret)
    window.press("Confirm")
    holder = {"Account holder": "Savonnerie Perdrelle", "Bank account proof (RIB)": paper}
    window.fill({"IBAN": OTHER_IBAN[:-1] + "7", **holder})
    assert "IBAN" in window.press_in_vain("Send the change")
    window.fill({"IBAN": OTHER_IBAN, **holder})
    window.press("Send the change")
    window.shows("A change is being checked: payouts wait", "You are paid to")


def open_change(desk: Window) -> None:
    desk.follow("Bank accounts")
    desk.follow(STORE)


@IN_BOTH_LANGUAGES
def test_a_restriction_is_reasoned_and_appealed(
    store: Merchant,
    claire: Window,
    at_the_desk: Callable[[str], Window],
    paper: Path,
    watch: Watch,
    language: str,
) -> None:
    propose(at_the_desk(REVIEWER))
    measure = Measure.objects.for_merchant(store).get()
    assert (measure.status, store.status) == (MeasureStatus.PROPOSED, MerchantStatus.ACTIVE)
    lead = at_the_desk(SECOND_REVIEWER)
    lead.follow("Measures")
    lead.follow(measure.reference)
    lead.press("Confirm")
    lead.shows(FACTS, "Statement of reasons as it was sent (PDF)")
    settle()

    store.refresh_from_db()
    measure.refresh_from_db()
    assert (measure.status, store.status) == (MeasureStatus.IN_FORCE, MerchantStatus.RESTRICTED)
    assert (measure.proposed_by.email, measure.confirmed_by.email) == (REVIEWER, SECOND_REVIEWER)
    assert not requirements.may_be_paid(merchant_id=store.pk, at=timezone.now())
    assert Notification.objects.for_merchant(store).filter(kind="measure.announced").count() == 1
    (mail,) = [one for one in mailbox.messages(CLAIRE) if measure.reference in str(one["Subject"])]
    (attached,) = mail.iter_attachments()
    statement = attached.get_payload(decode=True)

    read_statement(claire, measure, statement)
    appeal(claire, paper)
    settle()
    judge(at_the_desk(JUDGE), measure)
    settle()

    store.refresh_from_db()
    measure.refresh_from_db()
    assert (measure.status, store.status) == (MeasureStatus.OVERTURNED, MerchantStatus.ACTIVE)
    found = Appeal.objects.get(measure=measure)
    assert (found.outcome, found.decided_by.email) == (AppealOutcome.OVERTURNED, JUDGE)
    assert sealed.unseal(found.text) == APPEAL
    assert requirements.may_be_paid(merchant_id=store.pk, at=timezone.now())
    claire.look_again()
    claire.shows(ANSWER, "Overturned on appeal")
    claire.hides("Your store is restricted.")
    subject = "Our answer to your appeal against decision %(reference)s"
    (mail,) = mails(CLAIRE, subject=subject, language=language, reference=measure.reference)
    assert ANSWER in plain(mailbox.text_of(mail))
    assert watch.unexpected() == []


def propose(desk: Window) -> None:
    """Propose to hold the store's payouts, with facts, ground and clause."""
    desk.follow("Measures")
    desk.follow("Propose a measure")
    desk.fill({"SIREN, or the exact name of the store": STORE})
    desk.press("Continue")
    desk.fill(
        {
            "Measure": desk.say("Restriction"),
            "A restriction takes away": desk.say("Payouts"),
            "Reason": desk.say("Information asked for was not given"),
            "Facts and circumstances": FACTS,
            "Ground": desk.say("The agreement"),
            "Clause of the agreement": "3.",
            "Where the facts come from": desk.say("Our own checks"),
        }
    )
    desk.press("Propose the measure")
    desk.shows(FACTS)


def read_statement(window: Window, measure: Measure, statement: bytes) -> None:
    """Find the statement from the banner, as a page and as the PDF that was sent."""
    window.open("/file/")
    window.shows("Your store is restricted.")
    window.page.locator(".ps-banner a").click()
    window.page.wait_for_url("**/file/measures/**")
    window.shows(FACTS, measure.reference, "What you can do")
    sent = window.download(window.say("Download the statement (PDF)"))
    assert sent == statement
    words = plain(" ".join(page.extract_text() for page in PdfReader(measure.statement.file).pages))
    assert measure.reference in words
    assert "aucune ne nous est parvenue" in words


def appeal(window: Window, paper: Path) -> None:
    window.follow(window.say("Appeal", "the act"))
    window.fill({"What is wrong in this decision": APPEAL, "Documents": paper})
    window.press("Send the appeal")
    window.shows("Your appeal", APPEAL, "Documents of the appeal")


def judge(desk: Window, measure: Measure) -> None:
    """Examine the appeal, which nobody else has taken, and overturn the measure."""
    desk.follow("Appeals")
    desk.follow(measure.reference)
    desk.shows(FACTS, APPEAL)
    desk.press("Examine this appeal")
    overturned = desk.say("The measure is overturned")
    desk.fill({"Outcome": overturned, "Answer, which the merchant reads word for word": ANSWER})
    desk.press("Decide")
    desk.shows("Decided: the merchant is told.", ANSWER)
