"""What a reviewer asks and refuses, and what the merchant answers, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from core import sealed
from core.models import User
from demo.journey import mailbox
from demo.journey.opening import REVIEWER, SECOND_REVIEWER
from merchants.enums import (
    AppealOutcome,
    ApplicationStatus,
    BankAccountState,
    DocumentKind,
    DocumentState,
    MeasureStatus,
    MerchantStatus,
)
from merchants.models import Appeal, BankAccount, Document, Measure, Merchant, Reopening
from merchants.services import signup
from merchants.services.review import wording
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
JUDGE = "admin@passerelle.example"
KBIS, BANK = "Kbis or RNE certificate of less than 3 months", "Bank account for your payouts"
STORE = "Savonnerie de Forcalquier"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
FACTS = "Le certificat joint a été modifié : sa date ne correspond pas à celle du greffe."
APPEAL = "Le certificat vient du greffe ; nous le joignons avec son code de vérification."
ANSWER = "Le code de vérification confirme le certificat : nous reprenons l’examen du dossier."


@pytest.fixture
def sent(staffed: None, language: str) -> Merchant:
    """A file sent by Claire, whose account speaks the journey's language."""
    owner, now = personas.person("claire@perdrelle.example", full_name="Claire Montbrun"), timezone.now()
    User.objects.filter(pk=owner.pk).update(language=language)
    merchant = signup.open_file(user_id=owner.pk, at=now)
    steps.submit(merchant, owner, now)
    Merchant.objects.filter(pk=merchant.pk).update(store_name=STORE)
    settle()
    merchant.refresh_from_db()
    return merchant


@pytest.fixture
def claire(sent: Merchant, open_window: OpenWindow, language: str, viewport: dict[str, int]) -> Window:
    owner = User.objects.get(email="claire@perdrelle.example")
    return open_window("claire", user=owner, language=language, viewport=viewport)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "greffe.pdf"
    path.write_bytes(steps.pdf().getvalue())
    return path


def open_at(desk: Window, store: str) -> None:
    desk.follow("Files to review")
    desk.follow(store)


@IN_BOTH_LANGUAGES
def test_what_a_reviewer_asks_is_reopened_and_nothing_else(
    sent: Merchant,
    claire: Window,
    at_the_desk: Callable[[str], Window],
    paper: Path,
    watch: Watch,
    language: str,
) -> None:
    maker = at_the_desk(REVIEWER)
    open_at(maker, STORE)
    maker.press("Review this file")
    asked = {}
    for title, reason in ((KBIS, "document_too_old"), (BANK, "holder_mismatch")):
        asked[title] = correct(maker, title, reason, language)
    maker.shows(*asked.values())
    maker.press("Ask for information")
    settle()

    sent.application.refresh_from_db()
    assert sent.application.status == ApplicationStatus.INFORMATION_REQUESTED
    opened = Reopening.objects.for_merchant(sent).filter(answered_at=None)
    assert sorted(opened.values_list("code", flat=True)) == ["bank_account", "registration_document"]
    (mail,) = mails(
        "claire@perdrelle.example",
        subject="We need something from you to open your store",
        language=language,
    )
    assert all(words in mailbox.text_of(mail).replace("\n", " ") for words in asked.values())

    claire.open("/file/")
    claire.shows(*asked.values(), "To fix")
    claire.follow("Legal representative")
    claire.shows("Only what we asked you to correct can change now.")
    answer(claire, paper)
    claire.follow("Check my answers")
    claire.press("Send my file")
    claire.shows("Your file is with us")
    settle()

    maker.open("/admin/")
    open_at(maker, STORE)
    for act in ("Review this file", "Accept the rest", "Propose to approve"):
        if maker.offers(act):
            maker.press(act)
    maker.shows("You proposed this approval: a second person must confirm it.")
    checker = at_the_desk(SECOND_REVIEWER)
    open_at(checker, STORE)
    checker.press("Confirm the approval")
    checker.picture()
    settle()

    sent.refresh_from_db()
    assert sent.status == MerchantStatus.ACTIVE
    kept = Document.objects.for_merchant(sent).filter(kind=DocumentKind.REGISTRATION).order_by("pk")
    assert [d.state for d in kept] == [DocumentState.REPLACED, DocumentState.ACCEPTED]
    accounts = BankAccount.objects.for_merchant(sent).order_by("pk")
    assert [a.state for a in accounts] == [BankAccountState.REFUSED, BankAccountState.CONFIRMED]
    assert mails("claire@perdrelle.example", subject="Your store is open", language=language)
    assert watch.unexpected() == []


def correct(desk: Window, title: str, reason: str, language: str) -> str:
    """Say of a piece what is wrong; return the words in the merchant's language that the desk proposes."""
    with desk.speaking():
        said = desk.say(title)
    desk.follow(title)
    desk.page.get_by_role("radio", name=desk.say("To correct")).check()
    with desk.page.expect_response(lambda answer: "/wording/" in answer.url):
        desk.page.locator("#reason").select_option(reason)
    theirs = Window(desk.page, language, desk.album).say(title)
    words = wording.fill(wording.ours(language)[reason], requirement=theirs, store=STORE)
    desk.page.locator("#text", has_text=words[:40]).wait_for()
    assert desk.page.locator("#text").input_value() == words, said
    desk.press("Save what I found")
    return words


def answer(window: Window, paper: Path) -> None:
    """Send another certificate, and give another account."""
    window.open("/file/")
    window.follow(KBIS)
    today = timezone.localdate().isoformat()
    window.fill({"Kbis or RNE certificate": paper, "Date on the document": today})
    window.press("Save and continue")
    window.follow(BANK)
    window.fill({"IBAN": OTHER_IBAN, "Account holder": "Savonnerie Perdrelle"})
    window.press("Save and continue")


@IN_BOTH_LANGUAGES
def test_a_refused_merchant_appeals_and_somebody_else_decides(
    sent: Merchant,
    claire: Window,
    at_the_desk: Callable[[str], Window],
    paper: Path,
    watch: Watch,
    language: str,
) -> None:
    maker = at_the_desk(REVIEWER)
    open_at(maker, STORE)
    maker.press("Review this file")
    watch.expected.append("422")
    maker.page.get_by_text(maker.say("Refuse the file") + "…").click()
    maker.page.locator("#refusal-reason").select_option("data_mismatch")
    maker.page.locator("#refusal").fill(FACTS)
    maker.press("Refuse the file")
    maker.picture()
    settle()

    sent.application.refresh_from_db()
    assert sent.application.status == ApplicationStatus.REJECTED
    measure = Measure.objects.for_merchant(sent).get()
    assert (measure.status, sealed.unseal(measure.facts)) == (MeasureStatus.IN_FORCE, FACTS)
    (mail,) = mails("claire@perdrelle.example", subject="Our decision on your file", language=language)
    assert FACTS in mailbox.text_of(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_payload(decode=True) == measure.statement.file.open("rb").read()

    appeal(claire, paper)
    settle()
    (mail,) = mails(
        "claire@perdrelle.example",
        subject="We received your appeal against decision %(reference)s",
        language=language,
        reference=measure.reference,
    )

    maker.open("/admin/merchants/appeal/")
    maker.page.get_by_role("link", name=measure.reference).click()
    maker.shows("You took part in this measure: somebody else decides on its appeal.")
    assert not maker.offers("Examine this appeal")
    judge(at_the_desk(JUDGE), measure)
    settle()

    found = Appeal.objects.get(measure=measure)
    assert (found.outcome, found.decided_by.email) == (AppealOutcome.OVERTURNED, JUDGE)
    measure.refresh_from_db()
    sent.application.refresh_from_db()
    assert measure.status == MeasureStatus.OVERTURNED
    assert sent.application.status == ApplicationStatus.SUBMITTED
    claire.look_again()
    claire.shows(ANSWER, "Overturned on appeal")
    (mail,) = mails(
        "claire@perdrelle.example",
        subject="Our answer to your appeal against decision %(reference)s",
        language=language,
        reference=measure.reference,
    )
    assert ANSWER in mailbox.text_of(mail).replace("\n", " ")
    assert watch.unexpected() == []


def appeal(window: Window, paper: Path) -> None:
    """Read the refusal, and appeal with a document; without words it comes back."""
    window.open("/file/")
    window.shows("Your file was refused", FACTS)
    window.follow("Read the statement of reasons, appeal or correct")
    window.shows(FACTS, "What you can do")
    window.follow(window.say("Appeal", "the act"))
    label = "What is wrong in this decision"
    assert window.say(label) in window.press_in_vain("Send the appeal")
    window.fill({label: APPEAL, "Documents": paper})
    window.press("Send the appeal")
    window.shows("Your appeal", APPEAL, "Documents of the appeal")


def judge(desk: Window, measure: Measure) -> None:
    """Examine the appeal and overturn the measure."""
    desk.follow("Appeals")
    desk.follow(measure.reference)
    desk.shows(FACTS, APPEAL)
    desk.press("Examine this appeal")
    desk.fill(
        {
            "Outcome": desk.say("The measure is overturned"),
            "Answer, which the merchant reads word for word": ANSWER,
        }
    )
    desk.press("Decide")
    desk.shows("Decided: the merchant is told.", ANSWER)
