"""From a draft to an open store, and every way that is closed."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Event
from core.refusals import Refusal
from merchants.enums import ApplicationStatus, DecisionReason, MerchantStatus
from merchants.models import (
    AgreementAcceptance,
    AgreementText,
    Application,
    BankAccount,
    Decision,
    Document,
    Merchant,
    Requirement,
)
from merchants.services import agreements, application, files, requirements, review, signup
from merchants.services.requirements import Blocks
from tests.merchants import steps
from tests.merchants.conftest import AT

TEXT = "L’extrait date du 18 juillet 2026. Envoyez un extrait daté du 24 août 2026 ou après."


def status_of(merchant) -> str:
    return Application.objects.get(merchant=merchant).status


def ask(merchant, by, codes=("registration_document",)):
    return review.request_information(
        application_id=merchant.application.pk,
        codes=codes,
        reason=DecisionReason.DOCUMENT_TOO_OLD,
        text=TEXT,
        by=by,
        at=AT,
    )


def test_an_empty_file_names_what_is_missing(merchant, owner):
    with pytest.raises(application.Incomplete) as refused:
        application.submit(merchant_id=merchant.pk, by=owner, at=AT)

    assert refused.value.details["codes"] == [
        *("company_identity", "registration_document", "legal_representative"),
        *("bank_account", "bank_proof", "store_name", "dsa_contact", "trade_plan"),
        *("self_certification", "agreement"),
    ]
    assert status_of(merchant) == ApplicationStatus.DRAFT


def test_a_complete_file_is_sent_once(merchant, owner):
    sent = steps.submit(merchant, owner, AT)

    assert (sent.status, sent.submitted_at, sent.submitted_by) == (ApplicationStatus.SUBMITTED, AT, owner)
    assert Event.objects.filter(type="merchant.submitted").count() == 1
    with pytest.raises(files.FileWithUs):
        application.submit(merchant_id=merchant.pk, by=owner, at=AT)


def test_two_people_open_the_store(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)

    approved = steps.approve(merchant, maker, checker, AT)

    assert (approved.status, approved.proposed_by, approved.decided_by) == ("approved", maker, checker)
    opened = Merchant.objects.get(pk=merchant.pk)
    assert (opened.status, opened.opened_at) == (MerchantStatus.ACTIVE, AT)
    assert BankAccount.objects.for_merchant(merchant).get().state == "confirmed"
    document = Document.objects.for_merchant(merchant).get(kind="registration")
    assert (document.state, document.reviewed_by) == ("accepted", checker)
    assert Event.objects.filter(type="merchant.approved").count() == 1
    answer = requirements.compute(merchant_id=merchant.pk, at=AT + timedelta(days=200))
    assert {item.code for item in answer.items if item.state != "satisfied"} == set()
    assert answer.disabled_reason == ""


def test_the_maker_does_not_confirm(merchant, owner, maker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)
    steps.accept_all(merchant, maker, AT)
    review.propose(application_id=merchant.application.pk, by=maker, at=AT)

    with pytest.raises(review.SamePerson):
        review.confirm(application_id=merchant.application.pk, by=maker, at=AT)

    assert status_of(merchant) == ApplicationStatus.PROPOSED
    assert Merchant.objects.get().status == MerchantStatus.ONBOARDING


def test_a_second_confirmation_is_refused(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)
    steps.approve(merchant, maker, checker, AT)

    with pytest.raises(review.NotProposed):
        review.confirm(application_id=merchant.application.pk, by=checker, at=AT)

    assert Event.objects.filter(type="merchant.approved").count() == 1


def test_a_document_that_grew_too_old_meanwhile_stops_the_confirmation(merchant, owner, maker, checker):
    steps.complete(merchant, owner, AT)
    steps.give_registration(merchant, owner, AT, AT.date() - timedelta(days=92))
    application.submit(merchant_id=merchant.pk, by=owner, at=AT)
    steps.take(merchant, maker, AT)
    steps.accept_all(merchant, maker, AT)
    review.propose(application_id=merchant.application.pk, by=maker, at=AT)

    with pytest.raises(review.NotReady) as refused:
        review.confirm(application_id=merchant.application.pk, by=checker, at=AT + timedelta(days=1))

    assert refused.value.details["codes"] == ["registration_document"]
    assert status_of(merchant) == ApplicationStatus.PROPOSED


def test_a_request_reopens_exactly_what_it_names_and_shows_its_words(merchant, owner, maker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)

    decision = ask(merchant, maker)

    answer = requirements.compute(merchant_id=merchant.pk, at=AT)
    item = answer.item("registration_document")
    assert [i.code for i in answer.items if i.is_open] == ["registration_document"]
    assert (item.reason_text, item.finding.due_at) == (TEXT, AT + review.ANSWER_DELAY)
    assert Document.objects.get(kind="registration").refusal_text == TEXT
    assert decision.requirements == ["registration_document"]
    assert (
        requirements.compute(merchant_id=merchant.pk, at=AT + timedelta(days=15))
        .item("registration_document")
        .state
        == "past_due"
    )


def test_only_what_was_asked_changes_then_the_file_is_sent_again(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)
    ask(merchant, maker)

    with pytest.raises(files.NotAsked):
        steps.give_company(merchant, owner, AT)
    with pytest.raises(application.Incomplete):
        application.submit(merchant_id=merchant.pk, by=owner, at=AT)
    later = AT + timedelta(days=2)
    steps.give_registration(merchant, owner, later)
    application.submit(merchant_id=merchant.pk, by=owner, at=later)

    assert status_of(merchant) == ApplicationStatus.SUBMITTED
    assert Application.objects.get().submitted_at == later
    steps.approve(merchant, maker, checker, later)
    assert status_of(merchant) == ApplicationStatus.APPROVED


def test_a_request_without_words_or_requirement_is_refused(merchant, owner, maker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)
    asked = {"application_id": merchant.application.pk, "reason": "other", "by": maker, "at": AT}

    with pytest.raises(review.TextNeeded):
        review.request_information(codes=["agreement"], text="  ", **asked)
    with pytest.raises(review.NothingAsked):
        review.request_information(codes=["no_such_thing"], text=TEXT, **asked)

    assert status_of(merchant) == ApplicationStatus.IN_REVIEW
    assert not Decision.objects.exists()


def test_a_proposal_is_sent_back_by_another_person(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)
    pk = merchant.application.pk
    steps.accept_all(merchant, maker, AT)
    review.propose(application_id=pk, by=maker, at=AT)

    with pytest.raises(review.SamePerson):
        review.send_back(application_id=pk, text="Voir le RIB.", by=maker, at=AT)
    sent_back = review.send_back(application_id=pk, text="Voir le RIB.", by=checker, at=AT)

    assert (sent_back.status, sent_back.assigned_to, sent_back.proposed_by) == ("in_review", maker, None)


def test_a_rejection_keeps_its_reason_and_words(merchant, owner, maker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)

    decision = review.reject(
        application_id=merchant.application.pk,
        reason=DecisionReason.ACTIVITY_FORBIDDEN,
        text="La vente d’armes n’est pas admise.",
        by=maker,
        at=AT,
    )

    assert (decision.reason, decision.text) == ("activity_forbidden", "La vente d’armes n’est pas admise.")
    assert status_of(merchant) == ApplicationStatus.REJECTED
    assert requirements.compute(merchant_id=merchant.pk, at=AT).disabled_reason == "application_rejected"


def test_a_colleague_cannot_decide_on_a_file_that_somebody_holds(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)

    with pytest.raises(review.TakenBySomeone):
        steps.take(merchant, checker, AT)
    with pytest.raises(review.TakenBySomeone):
        review.propose(application_id=merchant.application.pk, by=checker, at=AT)
    assert Application.objects.get().assigned_to == maker

    review.assign(application_id=merchant.application.pk, to=checker, by=maker, at=AT)
    steps.accept_all(merchant, checker, AT)
    review.propose(application_id=merchant.application.pk, by=checker, at=AT)


ACTS = {
    "take": lambda pk, by: review.take(application_id=pk, by=by, at=AT),
    "request": lambda pk, by: review.request_information(
        application_id=pk, codes=["agreement"], reason="other", text=TEXT, by=by, at=AT
    ),
    "propose": lambda pk, by: review.propose(application_id=pk, by=by, at=AT),
    "confirm": lambda pk, by: review.confirm(application_id=pk, by=by, at=AT),
    "send_back": lambda pk, by: review.send_back(application_id=pk, text=TEXT, by=by, at=AT),
    "reject": lambda pk, by: review.reject(application_id=pk, reason="other", text=TEXT, by=by, at=AT),
}
# By state: the acts a colleague who neither proposed nor holds the file may do; the holder's beside.
ALLOWED = {
    "draft": (set(), set()),
    "submitted": ({"take"}, {"take"}),
    "in_review": (set(), {"take", "request", "propose", "reject"}),
    "information_requested": (set(), set()),
    "proposed": ({"confirm", "send_back", "reject"}, {"reject"}),
    "approved": (set(), set()),
    "rejected": (set(), set()),
}


def bring_to(status, merchant, owner, maker, checker):
    pk = merchant.application.pk
    if status == "draft":
        steps.complete(merchant, owner, AT)
        return
    steps.submit(merchant, owner, AT)
    if status == "submitted":
        return
    steps.take(merchant, maker, AT)
    steps.accept_all(merchant, maker, AT)
    if status == "information_requested":
        ask(merchant, maker)
    elif status == "rejected":
        ACTS["reject"](pk, maker)
    elif status in {"proposed", "approved"}:
        ACTS["propose"](pk, maker)
        if status == "approved":
            ACTS["confirm"](pk, checker)


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["colleague", "holder"])
def test_each_act_in_each_state(status, act, who, merchant, owner, maker, checker):
    bring_to(status, merchant, owner, maker, checker)
    by = maker if who == "holder" else checker
    before = (status_of(merchant), Decision.objects.count(), Event.objects.count())

    try:
        ACTS[act](merchant.application.pk, by)
        refused = False
    except Refusal:
        refused = True

    assert refused is (act not in ALLOWED[status][who == "holder"])
    if refused:
        assert (status_of(merchant), Decision.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize("act", ACTS)
def test_every_decision_locks_the_application(act, merchant, owner, maker, checker):
    bring_to("proposed" if act in {"confirm", "send_back"} else "in_review", merchant, owner, maker, checker)

    with CaptureQueriesContext(connection) as queries:
        ACTS[act](merchant.application.pk, checker if act in {"confirm", "send_back"} else maker)

    first = next(q["sql"] for q in queries if "merchants_application" in q["sql"])
    assert "FOR UPDATE" in first


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_who_confirm_at_once_one_is_told(make_user):
    owner, maker = make_user(), make_user()
    merchant = signup.open_file(user_id=owner.pk, at=AT)
    steps.submit(merchant, owner, AT)
    pk = merchant.application.pk
    steps.take(merchant, maker, AT)
    steps.accept_all(merchant, maker, AT)
    review.propose(application_id=pk, by=maker, at=AT)
    people, answers, barrier = [make_user(), make_user()], [], threading.Barrier(2)

    def confirm(by):
        barrier.wait()
        try:
            answers.append(review.confirm(application_id=pk, by=by, at=AT).status)
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["approval_not_proposed", "approved"]
    assert Decision.objects.filter(kind="confirm").count() == 1


def test_an_acceptance_is_proof_kept_once(merchant, owner):
    first = steps.accept(merchant, "terms", owner, AT)
    again = steps.accept(merchant, "terms", owner, AT + timedelta(days=1), address="198.51.100.1")

    assert first.pk == again.pk
    assert (first.accepted_by, first.accepted_at, first.address) == (owner, AT, "192.0.2.7")
    assert first.text_sha256 == first.text.sha256


@pytest.mark.parametrize(("kind", "language"), [("self_certification", "fr"), ("terms", "en")])
def test_the_text_accepted_is_the_one_that_was_asked_for(merchant, owner, kind, language):
    other = agreements.current(kind=kind, language=language, at=AT)

    with pytest.raises(agreements.NotCurrent):
        agreements.accept(
            merchant_id=merchant.pk,
            kind="terms",
            language="fr",
            text_id=other.pk,
            by=owner,
            at=AT,
            address=None,
        )

    assert not AgreementAcceptance.objects.exists()


def test_the_database_refuses_to_change_a_published_text(db):
    text = agreements.current(kind="terms", language="fr", at=AT)

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        AgreementText.objects.filter(pk=text.pk).update(body="autre")

    text.refresh_from_db()
    assert text.body != "autre"


def test_a_published_text_never_changes(db):
    text = agreements.current(kind="terms", language="fr", at=AT)

    with pytest.raises(agreements.TextChanged):
        agreements.publish(
            kind="terms",
            version=text.version,
            language="fr",
            body="autre",
            effective_on=text.effective_on,
        )


def test_the_snapshot_says_what_the_function_says_and_keeps_its_dates(merchant, owner):
    steps.give_company(merchant, owner, AT)
    before = dict(Requirement.objects.for_merchant(merchant).values_list("code", "since"))

    answer = requirements.refresh(merchant_id=merchant.pk, at=AT + timedelta(days=1))

    kept = dict(Requirement.objects.for_merchant(merchant).values_list("code", "state"))
    assert kept == {item.code: item.state for item in answer.items}
    assert dict(Requirement.objects.for_merchant(merchant).values_list("code", "since")) == before


def test_computing_costs_the_same_for_an_empty_and_a_full_file(
    merchant, owner, django_assert_max_num_queries
):
    with CaptureQueriesContext(connection) as empty:
        requirements.compute(merchant_id=merchant.pk, at=AT)
    steps.complete(merchant, owner, AT)
    with CaptureQueriesContext(connection) as full:
        answer = requirements.compute(merchant_id=merchant.pk, at=AT)

    assert len(full) == len(empty) <= 3
    assert answer.blocking(Blocks.SUBMISSION) == []
