"""Appeals: once, in time, decided by somebody else, with effect at once."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from core import sealed
from core.models import Event
from core.refusals import Refusal
from merchants.enums import (
    AppealOutcome,
    AppealStatus,
    ApplicationStatus,
    DecisionReason,
    MeasureKind,
    MeasureStatus,
    MerchantStatus,
)
from merchants.models import Appeal, Application, Document, Measure, Merchant, MerchantApplication
from merchants.services import appeals, contents, documents, measures, reasoning, refusals, review
from tests.api import make_application
from tests.factories import make_member, make_merchant, make_user
from tests.factories.measures import make_measure
from tests.merchants import steps
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db
TEXT = "Les produits visés n’ont jamais été mis en vente par nous."
ANSWER = "Vous avez raison : les produits venaient d’une autre boutique."


@pytest.fixture
def store():
    return make_merchant(opened_at=AT - timedelta(days=90))


@pytest.fixture
def speaker(store):
    return make_member(store)


@pytest.fixture
def judge():
    return make_user(is_staff=True)


def submit(measure, by, at=AT, attached=(), text=TEXT):
    return appeals.submit(measure_id=measure.pk, text=text, attached=attached, by=by, at=at)


def decide(appeal, judge, outcome=AppealOutcome.OVERTURNED, at=AT, **more):
    appeals.take(appeal_id=appeal.pk, by=judge, at=at)
    return appeals.decide(
        appeal_id=appeal.pk, by=judge, at=at, **{"outcome": outcome, "answer": ANSWER, **more}
    )


def test_an_appeal_is_acknowledged_and_due_in_fifteen_working_days(store, speaker):
    Application.objects.create(merchant=store)
    measure = make_measure(store, at=AT)

    appeal = submit(measure, speaker, attached=[(steps.pdf(), "preuve.pdf")])

    # The 11th of November is a holiday: fifteen working days from the 10th end on the 2nd of December.
    assert (appeal.status, appeal.decide_until.isoformat()) == (AppealStatus.RECEIVED, "2026-12-02")
    assert sealed.unseal(appeal.text) == TEXT and TEXT.encode() not in bytes(appeal.text)
    [stored] = documents.files_of(appeal.document)
    assert (appeal.document.kind, stored.merchant, documents.name_of(stored)) == (
        "appeal",
        store,
        "preuve.pdf",
    )
    assert Event.objects.filter(type="appeal.received", merchant_id=store.pk).count() == 1


def test_there_is_one_appeal_and_what_remains_is_said(store, speaker, judge):
    measure = make_measure(store, at=AT)
    decide(submit(measure, speaker), judge, AppealOutcome.UPHELD)

    with pytest.raises(appeals.AlreadyAppealed) as refused:
        submit(measure, speaker)

    assert "médiateur" in refused.value.message
    assert Measure.objects.get().status == MeasureStatus.IN_FORCE
    assert Merchant.objects.get(pk=store.pk).status == MerchantStatus.SUSPENDED


def test_an_appeal_comes_within_six_months(store, speaker):
    measure = make_measure(store, at=AT)
    last = reasoning.appeal_until(measure)
    assert last - AT >= timedelta(days=184)

    with pytest.raises(appeals.TooLate):
        submit(measure, speaker, at=last + timedelta(seconds=1))
    assert submit(measure, speaker, at=last).submitted_at == last


def test_there_is_nothing_to_appeal_against_before_it_is_told(store, speaker):
    measure = make_measure(store, at=AT)
    Measure.objects.filter(pk=measure.pk).update(status=MeasureStatus.PROPOSED)

    with pytest.raises(appeals.NothingToAppeal):
        submit(measure, speaker)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"text": " "}, appeals.TextNeeded),
        ({"attached": [(None, "a.pdf")] * 6}, appeals.TooManyDocuments),
        ({"attached": [(steps.pdf(), "a.pdf"), (steps.pdf(password="x"), "b.pdf")]}, contents.Encrypted),
    ],
)
def test_what_is_refused_leaves_nothing(store, speaker, more, refusal):
    measure = make_measure(store, at=AT)

    with pytest.raises(refusal):
        submit(measure, speaker, **more)

    assert not Appeal.objects.exists() and not Document.objects.exists()


@pytest.mark.parametrize("who", ["maker", "checker", "speaker"])
def test_who_took_part_decides_nothing(store, speaker, who):
    people = {"maker": make_user(is_staff=True), "checker": make_user(is_staff=True), "speaker": speaker}
    measure = make_measure(store, at=AT, maker=people["maker"], checker=people["checker"])
    appeal = submit(measure, speaker)

    with pytest.raises(appeals.TookPart):
        appeals.take(appeal_id=appeal.pk, by=people[who], at=AT)
    Appeal.objects.filter(pk=appeal.pk).update(assigned_to=people[who])
    with pytest.raises(appeals.TookPart):
        appeals.decide(appeal_id=appeal.pk, outcome="upheld", answer=ANSWER, by=people[who], at=AT)

    assert Appeal.objects.get().decided_by is None


@pytest.mark.parametrize("who", ["proposed_by", "confirmed_by"])
def test_the_database_refuses_a_decision_by_who_took_part(store, speaker, who):
    measure = make_measure(store, at=AT)
    appeal = submit(measure, speaker)

    with pytest.raises(IntegrityError, match="took no part"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            status="decided", outcome="upheld", answer=b"x", decided_at=AT, decided_by=getattr(measure, who)
        )


def test_overturning_ends_the_measure_at_once_and_gives_back(store, speaker, judge):
    application = make_application(name="ERP")
    MerchantApplication.objects.create(merchant=store, application=application)
    measure = make_measure(store, MeasureKind.TERMINATION, at=AT, notice_exception="legal_obligation")
    appeal = submit(measure, speaker)

    decided = decide(appeal, judge, at=AT + timedelta(days=2))

    store.refresh_from_db()
    application.refresh_from_db()
    measure.refresh_from_db()
    assert (store.status, store.closed_at, application.is_active) == (MerchantStatus.ACTIVE, None, True)
    assert (measure.status, measure.ended_at) == (MeasureStatus.OVERTURNED, AT + timedelta(days=2))
    assert (decided.outcome, sealed.unseal(decided.answer)) == ("overturned", ANSWER)
    assert Event.objects.filter(type="merchant.reinstated").count() == 1


def test_a_reduced_suspension_ends_sooner(store, speaker, judge):
    measure = make_measure(store, at=AT, ends_at=AT + timedelta(days=60))
    appeal = submit(measure, speaker)
    appeals.take(appeal_id=appeal.pk, by=judge, at=AT)
    for wrong in (None, AT, AT + timedelta(days=61)):
        with pytest.raises(appeals.WrongEnd):
            decide(appeal, judge, AppealOutcome.PARTLY, ends_at=wrong)
    assert Appeal.objects.get().status == AppealStatus.IN_REVIEW

    decide(appeal, judge, AppealOutcome.PARTLY, ends_at=AT + timedelta(days=7))

    assert measures.run_due(at=AT + timedelta(days=7)) == 1
    assert Merchant.objects.get(pk=store.pk).status == MerchantStatus.ACTIVE


def test_a_termination_is_not_reduced(store, speaker, judge):
    measure = make_measure(store, MeasureKind.TERMINATION, at=AT)

    with pytest.raises(appeals.NotDivisible):
        decide(submit(measure, speaker), judge, AppealOutcome.PARTLY, ends_at=AT + timedelta(days=1))


def test_only_who_examines_it_decides_and_once(store, speaker, judge):
    appeal = submit(make_measure(store, at=AT), speaker)
    other = make_user(is_staff=True)
    appeals.take(appeal_id=appeal.pk, by=other, at=AT)

    with pytest.raises(appeals.TakenBySomeone):
        appeals.decide(appeal_id=appeal.pk, outcome="upheld", answer=ANSWER, by=judge, at=AT)
    decide(appeal, judge, AppealOutcome.UPHELD)
    with pytest.raises(appeals.AlreadyDecided):
        appeals.take(appeal_id=appeal.pk, by=other, at=AT)


@pytest.fixture
def refused(merchant, owner, maker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)

    def refuse(reason=DecisionReason.DATA_MISMATCH) -> Measure:
        review.reject(application_id=merchant.application.pk, reason=reason, text="Motif.", by=maker, at=AT)
        return Measure.objects.get(merchant=merchant)

    return refuse


def state(merchant) -> str:
    return Application.objects.get(merchant=merchant).status


def test_a_refused_file_has_its_statement_and_may_be_corrected(refused, merchant, owner):
    measure = refused()
    assert (measure.kind, measure.status, measure.statement.language) == ("refusal", "in_force", "fr")

    refusals.start_again(merchant_id=merchant.pk, by=owner, at=AT)

    measure.refresh_from_db()
    assert (state(merchant), measure.status) == (ApplicationStatus.DRAFT, MeasureStatus.LIFTED)
    with pytest.raises(refusals.NotRefused):
        refusals.start_again(merchant_id=merchant.pk, by=owner, at=AT)


@pytest.mark.parametrize("reason", [DecisionReason.FRAUD_SUSPECTED, DecisionReason.ACTIVITY_FORBIDDEN])
def test_what_cannot_be_mended_leaves_the_appeal(refused, merchant, owner, reason):
    refused(reason)

    with pytest.raises(refusals.NotMendable):
        refusals.start_again(merchant_id=merchant.pk, by=owner, at=AT)
    assert state(merchant) == ApplicationStatus.REJECTED


def test_a_file_waits_for_its_appeal(refused, merchant, owner):
    submit(refused(), owner)

    with pytest.raises(refusals.AppealRuns):
        refusals.start_again(merchant_id=merchant.pk, by=owner, at=AT)


@pytest.mark.parametrize(
    ("outcome", "status", "measure_status"),
    [
        (AppealOutcome.UPHELD, ApplicationStatus.REJECTED, MeasureStatus.IN_FORCE),
        (AppealOutcome.PARTLY, ApplicationStatus.DRAFT, MeasureStatus.LIFTED),
        (AppealOutcome.OVERTURNED, ApplicationStatus.SUBMITTED, MeasureStatus.OVERTURNED),
    ],
)
def test_the_appeal_of_a_refusal(refused, merchant, owner, checker, outcome, status, measure_status):
    measure = refused()

    decide(submit(measure, owner), checker, outcome)

    measure.refresh_from_db()
    assert (state(merchant), measure.status) == (status, measure_status)
    assert Application.objects.get(merchant=merchant).assigned_to is None or status == "rejected"


def test_a_file_begun_anew_is_not_touched_by_a_late_answer(refused, merchant, owner, maker, checker):
    first = refused()
    refusals.start_again(merchant_id=merchant.pk, by=owner, at=AT)
    appeal = submit(first, owner)

    decide(appeal, checker)

    first.refresh_from_db()
    assert (state(merchant), first.status) == (ApplicationStatus.DRAFT, MeasureStatus.OVERTURNED)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told():
    store = make_merchant()
    measure = make_measure(store, at=AT)
    appeal = submit(measure, make_member(store))
    judge = make_user(is_staff=True)
    appeals.take(appeal_id=appeal.pk, by=judge, at=AT)
    answers, barrier = [], threading.Barrier(2)

    def run(outcome):
        barrier.wait()
        try:
            who = {"appeal_id": appeal.pk, "by": judge, "at": timezone.now(), "answer": ANSWER}
            answers.append(appeals.decide(outcome=outcome, **who).status)
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(outcome,)) for outcome in ("upheld", "overturned")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["appeal_already_decided", "decided"]
