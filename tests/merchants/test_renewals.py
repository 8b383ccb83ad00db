"""What an open store sends again reaches the desk, is decided there, and the merchant is told."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from core.services import events, jobs
from core.staff import StaffGroup
from merchants.enums import CapabilityCode, Control, DocumentKind, Ownership
from merchants.models import Capability, Decision, Document, Notification, Reading, Requirement
from merchants.services import application, epr, notifications, people, requirements, review, trade
from merchants.services.review import renewals
from tests.merchants import steps
from tests.web.personas import staff

DAY = timedelta(days=1)
TEXT = "La date de fin n’est pas lisible. Renvoyez l’attestation entière."


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def opened(merchant, owner, maker, checker, now):
    """A store that has sold for weeks, with an insurance about to end."""
    then = now - 20 * DAY
    steps.complete(merchant, owner, then)
    who = {"merchant_id": merchant.pk, "by": owner, "at": then}
    trade.declare_plan(families=["supplements"], markets=["FR"], turnover="small", **who)
    steps.give(merchant, DocumentKind.INSURANCE, owner, then, expires_on=(now - DAY).date())
    application.submit(**who)
    steps.approve(merchant, maker, checker, then)
    merchant.refresh_from_db()
    return merchant


def row_of(merchant, code, at):
    requirements.refresh(merchant_id=merchant.pk, at=at)
    return Requirement.objects.for_merchant(merchant).get(code=code)


def renew_insurance(merchant, owner, at):
    steps.give(merchant, DocumentKind.INSURANCE, owner, at, expires_on=(at + 300 * DAY).date())
    return Requirement.objects.for_merchant(merchant).get(code="insurance")


def seen_of(row, at):
    return renewals.fingerprint(requirements.compute(merchant_id=row.merchant_id, at=at).file, row.code)


def taken(row, by, at):
    renewals.take(requirement_id=row.pk, by=by, at=at)
    return {"requirement_id": row.pk, "seen": seen_of(row, at), "by": by, "at": at}


def deliver():
    events.relay_all()
    jobs.run_pending()


def may_sell(merchant):
    return Capability.objects.for_merchant(merchant).get(code=CapabilityCode.SELL).status


def test_a_renewed_insurance_is_read_and_gives_back_what_waited_for_it(opened, owner, maker, now):
    late = now + 31 * DAY
    row_of(opened, "insurance", now)
    assert (row_of(opened, "insurance", late).state, may_sell(opened)) == ("past_due", "inactive")
    assert list(renewals.waiting()) == []

    row = renew_insurance(opened, owner, late)

    assert (list(renewals.waiting()), may_sell(opened)) == ([row], "pending")
    renewals.accept(**taken(row, maker, late))
    assert list(renewals.waiting()) == []
    assert (row_of(opened, "insurance", late).state, may_sell(opened)) == ("satisfied", "active")
    assert Document.objects.for_merchant(opened).filter(state="accepted", reviewed_by=maker).count() == 1
    decision = Decision.objects.latest("pk")
    assert (decision.kind, decision.requirements) == ("accept_piece", ["insurance"])
    deliver()
    told = Notification.objects.for_merchant(opened)
    assert "Accepté\u00a0: Assurance responsabilité civile produits." in [
        notifications.text_of(line) for line in told.filter(kind="requirement.accepted")
    ]


def test_a_refusal_is_told_word_for_word_and_leaves_time_to_mend_it(opened, owner, maker, now):
    row_of(opened, "insurance", now)
    row = renew_insurance(opened, owner, now)

    renewals.refuse(reason="document_unreadable", text=TEXT, **taken(row, maker, now))

    after = row_of(opened, "insurance", now)
    assert after.state == "currently_due" and after.due_at >= now + 7 * DAY
    item = requirements.compute(merchant_id=opened.pk, at=now).item("insurance")
    assert item.reason_text == TEXT
    deliver()
    assert TEXT in next(m.body for m in mail.outbox if "corrigé" in m.subject)
    again = renew_insurance(opened, owner, now)
    assert list(renewals.waiting()) == [again]


def test_a_list_of_owners_that_changed_is_read_before_it_counts(opened, owner, maker, now):
    who = {"merchant_id": opened.pk, "by": owner, "at": now}
    paul = people.PersonalData("Paul", "Vasseur", steps.CLAIRE.birth_date, "FR")
    added = people.add_owner(data=paul, share=people.Share(Control.DIRECT, Decimal(30)), **who)
    assert row_of(opened, "beneficial_owners", now).state != "satisfied"
    people.declare_owners(ownership=Ownership.LISTED, **who)
    steps.give(opened, DocumentKind.IDENTITY, owner, now, added, expires_on=(now + 900 * DAY).date())

    rows = {row.code: row for row in renewals.waiting()}
    assert set(rows) == {"beneficial_owners", "identity_documents"}
    renewals.refuse(reason="data_mismatch", text=TEXT, **taken(rows["beneficial_owners"], maker, now + DAY))
    assert row_of(opened, "beneficial_owners", now + DAY).state == "currently_due"
    people.declare_owners(**{**who, "at": now + 2 * DAY}, ownership=Ownership.LISTED)
    for row in renewals.waiting():
        renewals.accept(**taken(row, maker, now + 3 * DAY))

    states = {row.code: row.state for row in Requirement.objects.for_merchant(opened)}
    assert (states["beneficial_owners"], states["identity_documents"]) == ("satisfied", "satisfied")


def test_an_odd_epr_identifier_is_decided_with_the_piece(opened, owner, maker, now):
    declared = {"merchant_id": opened.pk, "country": "FR", "by": owner, "at": now}
    epr.declare(entries=[epr.Entry("01", "FR-XX-ODD")], **declared)
    row = row_of(opened, "epr_fr", now)

    renewals.refuse(reason="data_mismatch", text=TEXT, **taken(row, maker, now))
    assert row_of(opened, "epr_fr", now).state == "currently_due"
    epr.declare(entries=[epr.Entry("01", "FR-XX-OTHER")], **declared)
    renewals.accept(**taken(row, maker, now))

    assert row_of(opened, "epr_fr", now).state == "satisfied"


def test_one_reads_and_a_colleague_is_told(opened, owner, maker, checker, now):
    row = renew_insurance(opened, owner, now)
    mine = taken(row, maker, now)

    with pytest.raises(review.TakenBySomeone, match=str(maker)):
        renewals.take(requirement_id=row.pk, by=checker, at=now)
    with pytest.raises(review.TakenBySomeone):
        renewals.accept(**{**mine, "by": checker})
    renewals.take(requirement_id=row.pk, by=checker, at=now + review.HOLD)
    with pytest.raises(review.TakenBySomeone):
        renewals.accept(**mine)
    renewals.assign(requirement_id=row.pk, to=maker, by=checker, at=now)
    renewals.release(requirement_id=row.pk, by=maker, at=now)

    assert not Reading.objects.exists()


def test_what_changed_meanwhile_is_read_again(opened, owner, maker, now):
    row = renew_insurance(opened, owner, now)
    mine = taken(row, maker, now)
    renew_insurance(opened, owner, now)

    with pytest.raises(renewals.Changed):
        renewals.accept(**mine)
    renewals.accept(**taken(row, maker, now))
    with pytest.raises(renewals.NothingToRead):
        renewals.accept(**mine)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_is_told(opened, owner, maker, now):
    row = renew_insurance(opened, owner, now)
    mine, start, told = taken(row, maker, now), threading.Barrier(2), []

    def decide(call, **more):
        try:
            start.wait(10)
            call(**mine, **more)
            told.append("done")
        except (renewals.NothingToRead, renewals.Changed):
            told.append("told")
        finally:
            connections.close_all()

    both = [
        threading.Thread(target=decide, args=(renewals.accept,)),
        threading.Thread(target=decide, args=(renewals.refuse,), kwargs={"reason": "other", "text": TEXT}),
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)

    assert sorted(told) == ["done", "told"]


def test_an_open_store_is_asked_again_and_held_when_it_does_not_answer(opened, owner, maker, now):
    row = row_of(opened, "registration_document", now)
    renewals.ask_again(requirement_id=row.pk, reason="document_too_old", text=TEXT, by=maker, at=now)

    asked = row_of(opened, "registration_document", now)
    assert (asked.state, asked.due_at) == ("currently_due", now + review.ANSWER_DELAY)
    assert not requirements.may_be_paid(merchant_id=opened.pk, at=now + review.ANSWER_DELAY + DAY)
    steps.give_registration(opened, owner, now)
    renewals.accept(**taken(row, maker, now))
    assert row_of(opened, "registration_document", now).state == "satisfied"


def test_what_has_a_process_of_its_own_is_not_asked_again(opened, maker, now):
    row = row_of(opened, "bank_account", now)

    with pytest.raises(renewals.NotAskedHere):
        renewals.ask_again(requirement_id=row.pk, reason="other", text=TEXT, by=maker, at=now)


def test_the_desk_shows_the_piece_and_decides_it(opened, owner, now, sign_in):
    row = renew_insurance(opened, owner, now)
    reader, lead = staff("lectrice@example.org", StaffGroup.REVIEWER), sign_in(owner)
    desk = sign_in(reader)
    page = reverse("admin:merchants_requirement_change", args=[row.pk])
    act = reverse("admin:merchants_requirement_read", args=[row.pk])

    listed = desk.get(reverse("admin:merchants_requirement_changelist")).content.decode()
    assert page in listed
    shown = desk.get(page).content.decode()
    assert 'value="take"' in shown and 'value="accepted"' not in shown
    desk.post(act, {"act": "take"})
    shown = desk.get(page, {"reason": "document_unreadable"}).content.decode()
    assert "nous ne parvenons pas à lire" in shown
    refused = desk.post(act, {"act": "to_correct", "seen": seen_of(row, now), "text": "  "}, follow=True)
    assert Requirement.objects.get(pk=row.pk).state == "pending_verification"
    assert refused.status_code == 200
    desk.post(act, {"act": "accepted", "seen": seen_of(row, now)})

    assert Requirement.objects.get(pk=row.pk).state == "satisfied"
    assert desk.post(act, {"act": "assign", "to": str(reader.public_id)}).status_code == 403
    assert lead.post(act, {"act": "take"}).status_code in {302, 403}


def test_the_queue_costs_the_same_however_long(opened, owner, now, sign_in, django_assert_max_num_queries):
    renew_insurance(opened, owner, now)
    desk = sign_in(staff("lectrice@example.org", StaffGroup.REVIEWER))
    desk.get(reverse("admin:merchants_requirement_changelist"))

    with django_assert_max_num_queries(14):
        assert desk.get(reverse("admin:merchants_requirement_changelist")).status_code == 200
