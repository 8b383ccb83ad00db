"""Who reviews which file: taken, held, released, taken over, given."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from core.dates import add_working_hours
from core.models import Event, User
from core.refusals import Refusal
from core.staff import StaffGroup
from merchants.enums import ApplicationStatus
from merchants.models import Application, Note
from merchants.services import review, signup
from merchants.services.review import notes
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.web.personas import staff


@pytest.fixture
def sent(merchant, owner):
    steps.submit(merchant, owner, AT)
    return merchant


@pytest.fixture
def send_another(make_user):
    def send(at=AT):
        user = make_user()
        return steps.submit(signup.open_file(user_id=user.pk, at=AT), user, at)

    return send


def file_of(merchant) -> Application:
    return Application.objects.get(merchant=merchant)


def test_a_file_is_due_two_working_days_after_it_was_sent(sent):
    # 11 November is a public holiday.
    assert file_of(sent).due_at == add_working_hours(AT, 48) == AT + timedelta(days=3)


def test_who_takes_a_file_holds_it_for_a_time(sent, maker, checker):
    steps.take(sent, maker, AT)

    held = file_of(sent)
    assert (held.assigned_to, held.held_since, held.held_until) == (maker, AT, AT + review.HOLD)
    with pytest.raises(review.TakenBySomeone):
        steps.take(sent, checker, AT + review.HOLD - timedelta(seconds=1))


def test_a_hold_that_ran_out_lets_a_colleague_take_the_file(sent, maker, checker):
    steps.take(sent, maker, AT)
    later = AT + review.HOLD

    steps.take(sent, checker, later)

    assert (file_of(sent).assigned_to, file_of(sent).held_since) == (checker, later)
    assert Event.objects.filter(type="application.taken").latest("pk").data == {"from": str(maker.public_id)}


def test_each_act_of_the_reviewer_renews_the_hold(sent, maker):
    steps.take(sent, maker, AT)
    later = AT + timedelta(hours=3)

    steps.accept_all(sent, maker, later)

    assert file_of(sent).held_until == later + review.HOLD


def test_a_released_file_waits_for_anybody_and_keeps_what_was_checked(sent, maker, checker):
    steps.take(sent, maker, AT)
    steps.accept_all(sent, maker, AT)

    review.release(application_id=sent.application.pk, by=maker, at=AT)

    free = file_of(sent)
    assert (free.status, free.assigned_to, free.held_until) == (ApplicationStatus.SUBMITTED, None, None)
    assert free.checks.exists()
    with pytest.raises(review.WrongState):
        review.release(application_id=sent.application.pk, by=maker, at=AT)
    steps.take(sent, checker, AT)


def test_a_lead_takes_over_for_a_reason_that_stays(sent, maker, checker):
    steps.take(sent, maker, AT)
    asked = {"application_id": sent.application.pk, "by": checker, "at": AT}

    with pytest.raises(review.TextNeeded):
        review.take_over(reason="  ", **asked)
    assert file_of(sent).assigned_to == maker
    review.take_over(reason="Absente jusqu’à lundi.", **asked)

    assert file_of(sent).assigned_to == checker
    [(note, text)] = notes.of(sent.pk)
    assert (note.author, text) == (checker, "Absente jusqu’à lundi.")
    assert b"Absente" not in bytes(Note.objects.get().text)
    with pytest.raises(review.TakenBySomeone):
        review.release(application_id=sent.application.pk, by=maker, at=AT)


def test_a_file_given_to_a_colleague_is_not_taken(sent, maker, checker):
    review.assign(application_id=sent.application.pk, to=maker, by=checker, at=AT)

    with pytest.raises(review.TakenBySomeone):
        steps.take(sent, checker, AT)
    with pytest.raises(review.QueueEmpty):
        review.take_next(by=checker, at=AT)

    assert review.take_next(by=maker, at=AT).assigned_to == maker


def test_the_next_file_is_the_one_due_first_ones_own_before(sent, send_another, maker):
    later = send_another(AT + timedelta(days=7))
    mine = send_another(AT + timedelta(days=14))
    review.assign(application_id=mine.pk, to=maker, by=maker, at=AT)

    taken = [review.take_next(by=maker, at=AT).pk for _ in range(3)]

    assert taken == [mine.pk, sent.application.pk, later.pk]
    with pytest.raises(review.QueueEmpty):
        review.take_next(by=maker, at=AT)


def test_files_are_dealt_to_reviewers_in_turn(sent, send_another):
    one, two = (staff(f"{name}@example.org", StaffGroup.REVIEWER) for name in ("maurel", "benoit"))
    others = [send_another(AT + timedelta(days=7 * n)) for n in (1, 2)]
    pks = [others[1].pk, sent.application.pk, others[0].pk]

    given = review.deal(application_ids=pks, to=[one, two], by=one, at=AT)

    assert given == 3
    assert list(Application.objects.order_by("due_at").values_list("assigned_to", flat=True)) == [
        one.pk,
        two.pk,
        one.pk,
    ]


def test_files_are_dealt_to_reviewers_only_and_pass_over_what_is_decided(sent, make_user, maker, checker):
    one = staff("maurel@example.org", StaffGroup.REVIEWER)
    asked = {"application_ids": [sent.application.pk], "by": one, "at": AT}

    for to in ([make_user()], []):
        with pytest.raises(review.NotReviewer):
            review.deal(to=to, **asked)
    assert file_of(sent).assigned_to is None
    steps.approve(sent, maker, checker, AT)

    assert review.deal(to=[one], **asked) == 0
    assert file_of(sent).assigned_to == maker


@pytest.mark.parametrize("act", ["take", "take_next", "release", "take_over", "deal"])
def test_every_change_of_hands_locks_the_file(act, sent, maker):
    pk = sent.application.pk
    if act in {"release", "take_over"}:
        steps.take(sent, maker, AT)
    who = {"by": maker, "at": AT}
    reviewer = staff("maurel@example.org", StaffGroup.REVIEWER)
    acts = {
        "take": lambda: review.take(application_id=pk, **who),
        "take_next": lambda: review.take_next(**who),
        "release": lambda: review.release(application_id=pk, **who),
        "take_over": lambda: review.take_over(application_id=pk, reason="x", by=reviewer, at=AT),
        "deal": lambda: review.deal(application_ids=[pk], to=[reviewer], **who),
    }

    with CaptureQueriesContext(connection) as queries:
        acts[act]()

    first = next(q["sql"] for q in queries if "merchants_application" in q["sql"])
    assert "FOR UPDATE" in first
    assert ("SKIP LOCKED" in first) is (act == "take_next")


def at_once(people, act):
    """Let each person act in a thread of their own; return what each was answered."""
    answers, barrier = [], threading.Barrier(len(people))

    def run(by: User) -> None:
        barrier.wait()
        try:
            answers.append(act(by).pk)
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_who_take_a_file_at_once_one_is_told(make_user):
    owner = make_user()
    application = steps.submit(signup.open_file(user_id=owner.pk, at=AT), owner, AT)

    answers = at_once(
        [make_user(), make_user()], lambda by: review.take(application_id=application.pk, by=by, at=AT)
    )

    assert sorted(map(str, answers)) == sorted([str(application.pk), "application_taken"])
    assert Event.objects.filter(type="application.taken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_who_take_the_next_at_once_get_two_files(make_user):
    pks = set()
    for _ in range(2):
        owner = make_user()
        pks.add(steps.submit(signup.open_file(user_id=owner.pk, at=AT), owner, AT).pk)

    answers = at_once([make_user(), make_user()], lambda by: review.take_next(by=by, at=AT))

    assert set(answers) == pks
