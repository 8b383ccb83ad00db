"""A service of others is down: nobody is blocked, it is asked again, and the file says so to both sides."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from core.services import events, jobs
from core.staff import StaffGroup
from merchants.adapters import antivirus
from merchants.enums import ApplicationStatus, DocumentState
from merchants.models import Document, StoredFile
from merchants.services import company, outages, requirements, scanning, vat_numbers
from merchants.services.company import Declared
from tests.merchants import steps
from tests.web.personas import staff

#: Numbers that the sample registers never answer about.
UNANSWERED, WITHOUT_VIES = "99998090700011", "99998041000016"
TYPED = Declared("Atelier Vasseur", "3 rue Basse", "59000", "Lille", legal_form_code="5710")


@pytest.fixture
def reviewer(db):
    return staff("maurel@example.org", StaffGroup.REVIEWER)


@pytest.fixture
def told(merchant, owner, reviewer, sign_in):
    """Return what the merchant's page and the desk's page of the file say is down."""

    def tell() -> tuple[list[str], list[str]]:
        desk = reverse("admin:merchants_application_change", args=[merchant.application.pk])
        pages = sign_in(owner).get(reverse("merchants:file")), sign_in(reviewer).get(desk)
        for page in pages:
            for outage in page.context["outages"]:
                assert str(outage.sentence) in page.content.decode()
        mine, theirs = ([outage.sentence for outage in page.context["outages"]] for page in pages)
        return mine, theirs

    return tell


def test_a_file_of_which_all_answers_says_nothing(merchant, owner, told):
    steps.submit(merchant, owner, timezone.now())
    jobs.run_pending()

    assert told() == ([], [])


def test_a_silent_register_is_said_and_keeps_nothing_back(merchant, owner, told):
    company.declare(merchant_id=merchant.pk, number=UNANSWERED, declared=TYPED, by=owner, at=timezone.now())
    jobs.run_pending()

    job = Job.objects.get(name=company.CHECK_JOB)
    assert told() == ([outages.REGISTER], [outages.REGISTER])
    assert (job.state, job.max_attempts) == ("waiting", company.CHECK_ATTEMPTS)


def test_a_silent_vies_is_said(merchant, owner, told):
    steps.give_company(merchant, owner, timezone.now(), WITHOUT_VIES)
    jobs.run_pending()

    assert told() == ([outages.VIES], [outages.VIES])
    assert Job.objects.get(name=vat_numbers.CHECK_JOB).state == "waiting"


def test_a_late_antivirus_is_said_after_a_moment(settings, merchant, owner, told):
    settings.CLAMAV_URL = "unix:///nowhere/clamd.ctl"
    now = timezone.now()
    steps.give_registration(merchant, owner, now)
    jobs.run_pending()
    assert told() == ([], [])

    Document.objects.update(created_at=now - outages.PATIENCE - timedelta(seconds=1))

    assert told() == ([outages.ANTIVIRUS], [outages.ANTIVIRUS])
    assert scanning.scan_waiting() == 1


def test_mail_that_a_server_refuses_is_said_tried_again_and_leaves_once(merchant, owner, told, monkeypatch):
    def refuse(self, messages):
        raise ConnectionRefusedError("mail server away")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        application = steps.submit(merchant, owner, timezone.now())
        events.relay_all()
        jobs.run_pending()
        job = Job.objects.get(name="merchants.mail_decision")

        assert application.status == ApplicationStatus.SUBMITTED
        assert (job.state, job.attempts, job.max_attempts) == ("waiting", 1, 180)
        assert told() == ([outages.MAIL], [outages.MAIL])
    assert not mail.outbox

    Job.objects.update(run_at=timezone.now())
    jobs.run_pending(reraise=True)

    assert told() == ([], [])
    assert [message.to for message in mail.outbox] == [[owner.email]]


class TestInfected:
    @pytest.fixture
    def infected(self, settings, merchant, owner, monkeypatch):
        settings.CLAMAV_URL = "unix:///nowhere/clamd.ctl"
        steps.submit(merchant, owner, timezone.now())
        monkeypatch.setattr(antivirus, "scan", lambda data, url: antivirus.Verdict("Win.Test"))
        stored = StoredFile.objects.filter(documents__kind="registration").get()
        scanning.scan(file_id=stored.pk, at=timezone.now())
        monkeypatch.setattr(antivirus, "scan", lambda data, url: antivirus.Verdict())
        return merchant

    def deliver(self) -> None:
        events.relay_all()
        jobs.run_pending()

    def mails(self) -> list[list[str]]:
        return sorted(message.to for message in mail.outbox if "Win.Test" in message.body)

    def test_reviewers_are_told_by_mail_once(self, infected, reviewer):
        other = staff("benoit@example.org", StaffGroup.LEAD_REVIEWER)
        staff("support@example.org", StaffGroup.SUPPORT)
        for _ in range(2):
            self.deliver()

        assert self.mails() == [[other.email], [reviewer.email]]
        desk = reverse("admin:merchants_application_change", args=[infected.application.pk])
        assert desk in mail.outbox[-1].body or desk in mail.outbox[0].body

    def test_who_reviews_the_file_is_told_alone(self, infected, reviewer):
        staff("benoit@example.org", StaffGroup.REVIEWER)
        steps.take(infected, reviewer, timezone.now())
        self.deliver()

        assert self.mails() == [[reviewer.email]]

    def test_the_queue_and_the_file_are_marked_until_another_is_sent(
        self, infected, reviewer, owner, sign_in, settings
    ):
        self.deliver()
        client = sign_in(reviewer)
        marked = reverse("admin:merchants_application_changelist") + "?risk=infected_file"
        desk = reverse("admin:merchants_application_change", args=[infected.application.pk])

        assert list(client.get(marked).context["cl"].queryset) == [infected.application]
        assert "Win.Test" in client.get(desk).content.decode()
        answer = requirements.compute(merchant_id=infected.pk, at=timezone.now())
        assert answer.item("registration_document").finding.reason == "document_infected"

        settings.CLAMAV_URL = ""
        Document.objects.filter(state=DocumentState.INFECTED).update(state=DocumentState.REPLACED)
        assert "Win.Test" not in client.get(desk).content.decode()

    def test_the_trail_says_when_and_by_what(self, infected, sign_in):
        document = Document.objects.get(state=DocumentState.INFECTED)
        client = sign_in(staff("auditor@example.org", StaffGroup.AUDITOR))

        entries = client.get(reverse("admin:merchants_document_history", args=[document.pk])).context[
            "entries"
        ]

        changed = [change for entry in entries for change in entry.changes if str(change.field) == "état"]
        assert changed
