"""Restriction, suspension and termination: two people, reasons, notice, on time, undone."""

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Event
from core.refusals import Refusal
from merchants.enums import MeasureKind, MeasureStatus, MerchantStatus, NoticeException, RestrictedCapability
from merchants.models import Measure, MeasureStep, Merchant, MerchantApplication, Statement
from merchants.models.measures import NOTICE
from merchants.services import measures, requirements, standing, statements
from tests.api import make_application
from tests.factories import make_merchant, make_user
from tests.factories.measures import FACTS, make_measure, terms
from tests.merchants import steps
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db
REASON = "La preuve de conformité a été fournie."


@pytest.fixture
def store():
    return make_merchant(opened_at=AT - timedelta(days=90))


@pytest.fixture
def maker():
    return make_user(is_staff=True)


@pytest.fixture
def checker():
    return make_user(is_staff=True)


def propose(store, maker, kind=MeasureKind.SUSPENSION, at=AT, **fields):
    return measures.propose(merchant_id=store.pk, terms=terms(kind, **fields), by=maker, at=at)


def status(store):
    return Merchant.objects.get(pk=store.pk).status


def told(kind="merchant."):
    return list(Event.objects.filter(type__startswith=kind).order_by("pk").values_list("type", flat=True))


def test_a_suspension_is_proposed_by_one_and_confirmed_by_another(store, maker, checker):
    proposed = propose(store, maker)
    assert status(store) == MerchantStatus.ACTIVE
    with pytest.raises(measures.SamePerson):
        measures.confirm(measure_id=proposed.pk, by=maker, at=AT)

    measure = measures.confirm(measure_id=proposed.pk, by=checker, at=AT)

    assert (measure.status, measure.confirmed_by, measure.began_at) == (MeasureStatus.IN_FORCE, checker, AT)
    assert status(store) == MerchantStatus.SUSPENDED
    assert told() == ["merchant.suspended"]
    steps = MeasureStep.objects.filter(measure=measure).order_by("pk")
    assert [(s.origin, s.to, s.by) for s in steps] == [
        ("", "proposed", maker),
        ("proposed", "confirmed", checker),
        ("confirmed", "in_force", checker),
    ]


def test_the_database_refuses_one_person_for_both(store, maker):
    measure = propose(store, maker)

    with pytest.raises(IntegrityError, match="checker_is_not_maker"), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(
            status="confirmed", confirmed_by=maker, confirmed_at=AT, starts_at=AT
        )


def test_a_restriction_takes_one_person_and_one_capability(store, maker):
    measure = make_measure(
        store, MeasureKind.RESTRICTION, at=AT, maker=maker, checker=maker, capability="market", country="DE"
    )

    found = standing.of(merchant_id=store.pk, at=AT)
    assert status(store) == MerchantStatus.RESTRICTED
    assert (found.closed_markets, found.publication, found.sales) == ({"DE": measure}, None, None)
    assert found.publishing(["DE"]) == measure and found.publishing(["DE", "FR"]) is None


def test_the_requirements_answer_says_what_a_measure_takes(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)
    steps.approve(merchant, maker, checker, AT)
    make_measure(merchant, MeasureKind.RESTRICTION, at=AT, capability=RestrictedCapability.PAYOUTS)

    answer = requirements.compute(merchant_id=merchant.pk, at=AT)

    statuses = {c.code: c.status for c in requirements.capabilities.of(answer)}
    assert (statuses["sell"], statuses["be_paid"], answer.disabled_reason) == ("active", "restricted", "")
    assert not requirements.may_be_paid(merchant_id=merchant.pk, at=AT)
    with pytest.raises(requirements.PayoutHeld), transaction.atomic():
        requirements.require_payable(merchant_id=merchant.pk, at=AT)


def test_payouts_are_held_when_declared_or_restricted(store):
    assert standing.payouts_held(merchant_id=store.pk, at=AT) is None
    holding = make_measure(store, at=AT, holds_payouts=True)
    assert standing.payouts_held(merchant_id=store.pk, at=AT) == holding

    other = make_merchant()
    held = make_measure(other, MeasureKind.RESTRICTION, at=AT, capability=RestrictedCapability.PAYOUTS)
    assert standing.payouts_held(merchant_id=other.pk, at=AT) == held


@pytest.mark.parametrize(
    ("fields", "refusal", "field"),
    [
        ({"facts": "  "}, measures.Incomplete, "facts"),
        ({"clause": ""}, measures.Incomplete, "clause"),
        ({"ground": "law"}, measures.Incomplete, "legal_reference"),
        ({"kind": "restriction", "capability": ""}, measures.Incomplete, "capability"),
        ({"kind": "restriction", "capability": "market"}, measures.Incomplete, "country"),
        ({"starts_at": AT - timedelta(hours=1)}, measures.WrongDates, "starts_at"),
        ({"ends_at": AT}, measures.WrongDates, "ends_at"),
        ({"kind": "termination", "ends_at": AT + timedelta(days=90)}, measures.WrongDates, "ends_at"),
        ({"kind": "termination", "starts_at": AT + timedelta(days=29)}, measures.NoticeTooShort, "starts_at"),
    ],
)
def test_what_the_law_wants_said_is_asked_for(store, maker, fields, refusal, field):
    with pytest.raises(refusal) as refused:
        propose(store, maker, **fields)

    assert refused.value.details["field"] == field
    assert not Measure.objects.exists()


def test_only_an_open_store_is_measured_and_once_for_each_scope(store, maker):
    for closed in (MerchantStatus.ONBOARDING, MerchantStatus.CLOSED):
        with pytest.raises(measures.NotOpen):
            propose(make_merchant(status=closed), maker)
    propose(store, maker)
    with pytest.raises(measures.AlreadyOpen):
        propose(store, maker)
    propose(store, maker, MeasureKind.RESTRICTION)


def test_a_termination_gives_thirty_days_then_closes(store, maker, checker):
    application = make_application(name="ERP")
    MerchantApplication.objects.create(merchant=store, application=application)

    measure = make_measure(store, MeasureKind.TERMINATION, at=AT, maker=maker, checker=checker)

    assert (measure.status, measure.starts_at) == (MeasureStatus.CONFIRMED, AT + NOTICE)
    assert status(store) == MerchantStatus.ACTIVE
    assert measures.run_due(at=AT + NOTICE - timedelta(seconds=1)) == 0
    assert measures.run_due(at=AT + NOTICE) == 1
    closed = Merchant.objects.get(pk=store.pk)
    assert (closed.status, closed.closed_at) == (MerchantStatus.CLOSED, AT + NOTICE)
    application.refresh_from_db()
    assert not application.is_active
    assert told() == ["merchant.closed"]
    with pytest.raises(measures.WrongState):
        measures.lift(measure_id=measure.pk, text=REASON, by=checker, at=AT + NOTICE)


def test_a_named_exception_ends_it_at_once_and_is_in_the_letter(store):
    measure = make_measure(
        store, MeasureKind.TERMINATION, at=AT, notice_exception=NoticeException.REPEATED_INFRINGEMENT
    )

    assert (measure.status, status(store)) == (MeasureStatus.IN_FORCE, MerchantStatus.CLOSED)
    text = str(statements.read(measure.statement))
    assert "article 4, paragraphe 4, point c" in text


def test_the_database_refuses_a_termination_without_notice(store):
    measure = make_measure(store, MeasureKind.TERMINATION, at=AT)

    with pytest.raises(IntegrityError, match="termination_has_notice"), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(starts_at=AT + timedelta(days=1))


def test_what_is_due_happens_in_order_after_an_outage(store):
    later, end = AT + timedelta(days=1), AT + timedelta(days=3)
    measure = make_measure(store, at=AT, starts_at=later, ends_at=end)
    assert (measure.status, status(store)) == (MeasureStatus.CONFIRMED, MerchantStatus.ACTIVE)
    in_force = Measure.objects.in_force
    assert [m.count() for m in (in_force(AT), in_force(later), in_force(end))] == [0, 1, 0]

    assert measures.run_due(at=AT + timedelta(days=9)) == 2

    measure.refresh_from_db()
    assert (measure.status, status(store)) == (MeasureStatus.EXPIRED, MerchantStatus.ACTIVE)
    assert told() == ["merchant.suspended", "merchant.reinstated"]
    assert measures.run_due(at=AT + timedelta(days=9)) == 0


def test_lifting_one_of_two_leaves_the_other(store, checker):
    restriction = make_measure(store, MeasureKind.RESTRICTION, at=AT)
    suspension = make_measure(store, at=AT)

    measures.lift(measure_id=suspension.pk, text=REASON, by=checker, at=AT)
    assert status(store) == MerchantStatus.RESTRICTED
    measures.lift(measure_id=restriction.pk, text=REASON, by=checker, at=AT)

    assert status(store) == MerchantStatus.ACTIVE
    assert told() == [
        "merchant.restricted",
        "merchant.suspended",
        "merchant.restricted",
        "merchant.reinstated",
    ]
    with pytest.raises(measures.WrongState):
        measures.lift(measure_id=suspension.pk, text=REASON, by=checker, at=AT)


def test_a_proposal_is_withdrawn_with_its_reason_and_leaves_no_trace_for_the_merchant(store, maker, checker):
    measure = propose(store, maker)
    with pytest.raises(measures.TextNeeded):
        measures.withdraw(measure_id=measure.pk, text=" ", by=checker, at=AT)

    measures.withdraw(measure_id=measure.pk, text="Faits non établis.", by=checker, at=AT)

    assert not Measure.objects.for_merchant(store).told().exists()
    assert not Statement.objects.exists()
    with pytest.raises(measures.WrongState):
        measures.confirm(measure_id=measure.pk, by=checker, at=AT)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Suspension de votre boutique", "article 3", "médiateurs", "tribunal", "10 novembre 2026"]),
        ("en", ["Suspension of your store", "article 3", "mediators", "court", "10 November 2026"]),
    ],
)
def test_the_statement_says_what_articles_4_and_17_want_and_is_frozen(store, checker, language, words):
    store.language = language
    store.save(update_fields=["language"])

    measure = make_measure(store, at=AT, ends_at=AT + timedelta(days=30))

    statement = measure.statement
    content = statements.read(statement)
    text = str(content)
    for word in [FACTS, measure.reference, *words]:
        assert word in text
    pdf = statement.file.read()
    assert pdf.startswith(b"%PDF-") and b"pdfaid" in pdf
    assert hashlib.sha256(pdf).hexdigest() == statement.sha256
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(sha256="0" * 64)
    measures.lift(measure_id=measure.pk, text=REASON, by=checker, at=AT + timedelta(days=1))
    assert statements.read(Statement.objects.get()) == content


@pytest.mark.parametrize("act", ["confirm", "withdraw", "lift"])
def test_every_act_locks_merchant_then_measure(store, maker, checker, act):
    measure = make_measure(store, at=AT) if act == "lift" else propose(store, maker)
    more = {} if act == "confirm" else {"text": REASON}

    with CaptureQueriesContext(connection) as queries:
        getattr(measures, act)(measure_id=measure.pk, by=checker, at=AT, **more)

    locks = [q["sql"] for q in queries if "FOR UPDATE" in q["sql"] or "FOR NO KEY UPDATE" in q["sql"]]
    tables = [
        next(t for t in ("application", "measure", "merchant") if f'"merchants_{t}"' in s) for s in locks
    ]
    assert tables[:3] == ["application", "merchant", "measure"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("act", "codes"), [("confirm", ["in_force"]), ("lift", ["lifted"])])
def test_of_two_who_act_at_once_one_is_told(act, codes):
    store = make_merchant()
    measure = make_measure(store, at=AT) if act == "lift" else propose(store, make_user())
    people, answers, barrier = [make_user(), make_user()], [], threading.Barrier(2)
    more = {} if act == "confirm" else {"text": REASON}

    def run(by):
        barrier.wait()
        try:
            answers.append(getattr(measures, act)(measure_id=measure.pk, by=by, at=AT, **more).status)
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == sorted([*codes, "measure_wrong_state"])
    assert Statement.objects.filter(measure=measure).count() == 1


def test_the_sweep_costs_nothing_where_nothing_is_due(store, django_assert_num_queries):
    make_measure(store, at=timezone.now())

    with django_assert_num_queries(2):
        assert measures.run_due(at=timezone.now()) == 0
