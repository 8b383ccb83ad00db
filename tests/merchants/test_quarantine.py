"""Quarantine until scanned, and reminders before documents end."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from core.enums import JobState
from core.models import Event, Job
from core.services import jobs
from merchants.adapters import antivirus
from merchants.enums import DocumentKind, DocumentState, ScanState
from merchants.models import Document, StoredFile
from merchants.services import application, documents, expiry, requirements, scanning
from tests.merchants import steps
from tests.merchants.conftest import AT

NOBODY = "unix:///nowhere/clamd.ctl"


@pytest.fixture
def quarantine(settings, merchant, owner):
    settings.CLAMAV_URL = NOBODY
    return steps.give_registration(merchant, owner, timezone.now())


def verdict(monkeypatch, threat: str = "") -> None:
    monkeypatch.setattr(antivirus, "scan", lambda data, url: antivirus.Verdict(threat))


def test_without_an_answer_the_file_waits_says_so_and_is_asked_again(quarantine, merchant):
    jobs.run_pending()

    item = requirements.compute(merchant_id=merchant.pk, at=timezone.now()).item("registration_document")
    assert quarantine.state == DocumentState.QUARANTINED
    assert (item.state, item.finding.reason) == ("pending_verification", "document_scanned")
    assert Job.objects.get(name=documents.SCAN_JOB).state == JobState.WAITING
    Job.objects.filter(name=documents.SCAN_JOB).update(state=JobState.FAILED, finished_at=timezone.now())
    assert scanning.scan_waiting() == 1
    assert Job.objects.filter(name=documents.SCAN_JOB, state=JobState.WAITING).count() == 1


def test_a_file_in_quarantine_is_opened_by_nobody_and_blocks_no_sending(settings, merchant, owner, sign_in):
    settings.CLAMAV_URL = NOBODY
    steps.complete(merchant, owner, AT)
    document = Document.objects.for_merchant(merchant).get(kind=DocumentKind.REGISTRATION)

    page = sign_in(owner).get(reverse("merchants:document", args=[document.public_id]))

    assert not page.context["shown"].pages and page.context["shown"].files[0].url == ""
    with pytest.raises(documents.Withheld):
        documents.look(document=document, by=owner, at=AT, address=None)
    assert application.submit(merchant_id=merchant.pk, by=owner, at=AT).status == "submitted"


def test_a_clean_file_leaves_quarantine_and_is_drawn(quarantine, monkeypatch):
    verdict(monkeypatch)

    jobs.run_pending(reraise=True)

    quarantine.refresh_from_db()
    stored = StoredFile.objects.get()
    assert quarantine.state == DocumentState.PENDING
    assert (stored.scan, len(stored.previews)) == (ScanState.CLEAN, 1)


def test_an_infected_file_is_destroyed_and_told(
    quarantine, merchant, monkeypatch, django_capture_on_commit_callbacks
):
    verdict(monkeypatch, "Win.Test")

    with django_capture_on_commit_callbacks(execute=True):
        scanning.scan(file_id=StoredFile.objects.get().pk, at=timezone.now())

    quarantine.refresh_from_db()
    stored = StoredFile.objects.get()
    item = requirements.compute(merchant_id=merchant.pk, at=timezone.now()).item("registration_document")
    assert (quarantine.state, stored.threat, stored.is_kept) == (DocumentState.INFECTED, "Win.Test", False)
    assert not stored.file.storage.exists(stored.file.name)
    assert (item.is_open, item.finding.reason) == (True, "document_infected")
    assert Event.objects.get(type="document.infected").data["sha256"] == stored.sha256


def test_reminders_leave_once_at_each_stage_even_after_days_without_worker(merchant, owner):
    steps.give_company(merchant, owner, AT)
    claire = steps.give_people(merchant, owner, AT)
    end = AT.date() + timedelta(days=40)
    steps.give(merchant, DocumentKind.IDENTITY, owner, AT, claire, expires_on=end)

    told = []
    for day in (5, 10, 11, 30, 36, 39, 40, 41, 60):
        told.append((day, expiry.remind(at=AT + timedelta(days=day))))
        jobs.run_pending(reraise=True)

    assert [day for day, count in told if count] == [10, 36, 40]
    words = [message.subject for message in mail.outbox]
    assert len(words) == 3 and "30" in words[0] and "4" in words[1] and "dernier jour" in words[2]
    late = requirements.compute(merchant_id=merchant.pk, at=AT + timedelta(days=41))
    assert late.item("identity_documents").finding.reason == "document_expired"


def test_a_replaced_document_reminds_nobody(merchant, owner):
    steps.give_company(merchant, owner, AT)
    claire = steps.give_people(merchant, owner, AT)
    end = AT.date() + timedelta(days=5)
    steps.give(merchant, DocumentKind.IDENTITY, owner, AT, claire, expires_on=end)
    expiry.remind(at=AT)
    steps.give(merchant, DocumentKind.IDENTITY, owner, AT, claire, expires_on=end + timedelta(days=900))

    jobs.run_pending(reraise=True)

    assert not mail.outbox
