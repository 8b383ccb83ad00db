"""Jobs the database remembers."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import audit
from core.enums import JobState
from core.models import Job, User
from core.refusals import Refusal
from core.services import broker, jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]
LEASE = timedelta(minutes=5)


@pytest.fixture
def ran() -> list[object]:
    """A job ``test.add`` that notes its argument, and fails when told."""
    notes: list[object] = []

    @jobs.job("test.add", lease=LEASE)
    def add(job: Job, *, value: object) -> None:
        if isinstance(value, str) and value.startswith("fail"):
            raise ValueError("iban FR76")
        if value == "refuse":
            raise Refusal
        notes.append(value)

    return notes


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())


def test_sends_its_message_after_commit_only(ran, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        job = jobs.enqueue("test.add", value=1)
        assert sent == []
    for callback in callbacks:
        callback()

    assert sent == [("test.add", (job.pk,))]
    assert (job.state, job.arguments) == (JobState.WAITING, {"value": 1})


def test_an_undone_change_leaves_no_job(ran, sent):
    with pytest.raises(IntegrityError), transaction.atomic():
        jobs.enqueue("test.add", value=1)
        raise IntegrityError

    assert not Job.objects.exists()


def test_runs_once_with_its_arguments_and_ends_as_done(ran, sent):
    job = jobs.enqueue("test.add", value=1)

    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)

    job.refresh_from_db()
    assert ran == [1]
    assert (job.state, job.attempts, job.lease_until) == (JobState.DONE, 1, None)
    assert job.finished_at is not None


def test_runs_what_is_due_and_what_that_enqueues(ran, sent):
    @jobs.job("test.chain")
    def chain(job: Job) -> None:
        jobs.enqueue("test.add", value="second")

    jobs.enqueue("test.chain")
    later = jobs.enqueue("test.add", value="later", run_at=timezone.now() + LEASE)

    assert jobs.run_pending(reraise=True) == 2

    assert ran == ["second"]
    later.refresh_from_db()
    assert (later.state, later.sent_at) == (JobState.WAITING, None)


def test_is_not_doubled_while_unfinished(ran, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = jobs.enqueue("test.add", key="import:1", value=1)
        second = jobs.enqueue("test.add", key="import:1", value=2)
        other = jobs.enqueue("test.add", key="import:2", value=3)
    jobs.run_pending()
    third = jobs.enqueue("test.add", key="import:1", value=4)

    assert first == second
    assert first not in (other, third)
    assert [args for _task, args in sent] == [(first.pk,), (other.pk,)]
    assert ran == [1, 3]


def test_enqueues_many_with_one_insert(ran, sent, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = jobs.enqueue_many("test.add", [{"value": number} for number in range(50)])

    assert jobs.run_pending() == len(rows) == 50
    assert ran == list(range(50))


def test_tries_again_later_after_an_error(ran, sent):
    job = jobs.enqueue("test.add", value="fail")

    assert not jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until, job.sent_at) == (JobState.WAITING, 1, None, None)
    assert job.run_at > timezone.now()
    assert job.last_error.startswith("ValueError (")
    assert "FR76" not in job.last_error
    assert not jobs.run(job.pk)  # not due yet


def test_fails_after_its_last_attempt_and_can_be_started_again(ran, sent):
    job = jobs.enqueue("test.add", value="fail", max_attempts=2)
    for _attempt in range(3):
        make_due(job)
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert job.finished_at is not None

    assert jobs.retry(job_id=job.pk, at=timezone.now())
    assert not jobs.retry(job_id=job.pk, at=timezone.now())

    job.refresh_from_db()
    assert (job.state, job.attempts, job.finished_at) == (JobState.WAITING, 0, None)


def test_does_not_start_again_what_was_asked_anew(ran, sent):
    failed = jobs.enqueue("test.add", key="k", value="refuse")
    jobs.run(failed.pk)
    jobs.enqueue("test.add", key="k", value=1)

    assert not jobs.retry(job_id=failed.pk, at=timezone.now())

    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


def test_a_refusal_is_final(ran, sent):
    job = jobs.enqueue("test.add", value="refuse")

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert job.last_error.startswith("Refusal refused")


def test_nobody_takes_a_job_that_another_holds(ran, sent):
    job = jobs.enqueue("test.add", value=1)
    now = timezone.now()

    assert jobs.claim(job_id=job.pk, lease=LEASE, at=now)

    assert jobs.claim(job_id=job.pk, lease=LEASE, at=now) is None
    assert jobs.claim(job_id=job.pk, lease=LEASE, at=now + LEASE) is None
    assert jobs.claim(job_id=job.pk, lease=LEASE, at=now + LEASE + timedelta(seconds=1))


def test_takes_by_one_guarded_update(ran, sent):
    job = jobs.enqueue("test.add", value=1)

    with CaptureQueriesContext(connection) as queries:
        jobs.claim(job_id=job.pk, lease=LEASE, at=timezone.now())

    update = queries[0]["sql"]
    assert update.startswith("UPDATE")
    where = update.split("WHERE")[1]
    assert all(word in where for word in ("'waiting'", "'running'", "lease_until", "run_at", "attempts"))


@pytest.mark.django_db(transaction=True)
def test_eight_workers_run_a_job_once(ran, sent):
    job = jobs.enqueue("test.add", value=1)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        jobs.run(job.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    job.refresh_from_db()
    assert (ran, job.attempts, job.state) == ([1], 1, JobState.DONE)


@pytest.mark.django_db(transaction=True)
def test_eight_requests_with_one_key_make_one_job(ran, sent):
    start, made = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        made.append(jobs.enqueue("test.add", key="k", value=1).pk)
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(made) == {Job.objects.get().pk}
    assert len(sent) == 1


def test_a_worker_that_lost_its_lease_writes_nothing_more(sent):
    @jobs.job("test.slow", lease=LEASE)
    def slow(job: Job) -> None:
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - LEASE)
        assert jobs.claim(job_id=job.pk, lease=LEASE, at=timezone.now())
        jobs.heartbeat(job, done=1)

    job = jobs.enqueue("test.slow")

    assert not jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.progress_done) == (JobState.RUNNING, 2, 0)


def test_a_heartbeat_renews_the_lease_and_shows_progress(sent):
    @jobs.job("test.steps", lease=LEASE)
    def steps(job: Job) -> None:
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
        jobs.heartbeat(job, done=3, total=10)
        seen = Job.objects.get(pk=job.pk)
        assert seen.lease_until > timezone.now() + LEASE - timedelta(seconds=5)
        assert (seen.progress_done, seen.progress_total) == (3, 10)

    job = jobs.enqueue("test.steps")

    assert jobs.run(job.pk, reraise=True)


def test_the_sweep_sends_what_the_broker_lost(ran, sent):
    fresh = jobs.enqueue("test.add", value=1)
    lost = jobs.enqueue("test.add", value=2)
    unsent = jobs.enqueue("test.add", value=3)
    jobs.enqueue("test.add", value=4, run_at=timezone.now() + LEASE)
    died = jobs.enqueue("test.add", value=5)
    now = timezone.now() + timedelta(seconds=1)
    Job.objects.filter(pk=lost.pk).update(sent_at=now - timedelta(minutes=1))
    Job.objects.filter(pk=unsent.pk).update(sent_at=None)
    assert jobs.claim(job_id=died.pk, lease=timedelta(milliseconds=1), at=timezone.now())

    assert jobs.sweep(at=now) == 3
    assert jobs.sweep(at=now) == 0

    assert {args[0] for _task, args in sent} == {lost.pk, unsent.pk, died.pk}
    fresh.refresh_from_db()
    assert fresh.state == JobState.WAITING


def test_the_sweep_gives_up_what_kills_its_workers(ran, sent):
    job = jobs.enqueue("test.add", value=1, max_attempts=1)
    jobs.claim(job_id=job.pk, lease=LEASE, at=timezone.now())

    jobs.sweep(at=timezone.now() + LEASE + LEASE)

    job.refresh_from_db()
    assert (job.state, job.last_error, job.lease_until) == (JobState.FAILED, "the worker died", None)


@pytest.fixture
def told() -> list[tuple[int, str, object]]:
    """A job ``test.told`` whose owner is told how it ended."""
    notes: list[tuple[int, str, object]] = []

    def note(job: Job, error: Exception | None, *, value: object) -> None:
        notes.append((job.pk, type(error).__name__, value))
        if value == "deaf":
            raise ValueError

    @jobs.job("test.told", lease=LEASE, on_failed=note)
    def fail(job: Job, *, value: object) -> None:
        raise Refusal if value == "refuse" else ValueError

    return notes


def test_the_owner_is_told_once_when_the_last_worker_died(told, sent):
    dead = jobs.enqueue("test.told", value=1, max_attempts=1)
    alive = jobs.enqueue("test.told", value=2, max_attempts=2)
    for job in (dead, alive):
        jobs.claim(job_id=job.pk, lease=LEASE, at=timezone.now())

    for _ in range(2):
        jobs.sweep(at=timezone.now() + LEASE + LEASE)

    assert told == [(dead.pk, "NoneType", 1)]


def test_the_owner_is_told_of_the_last_error_only(told, sent):
    job = jobs.enqueue("test.told", value=1, max_attempts=2)
    refused = jobs.enqueue("test.told", value="refuse")

    jobs.run(job.pk)
    jobs.run(refused.pk)
    assert told == [(refused.pk, "Refusal", "refuse")]
    make_due(job)
    jobs.run(job.pk)

    assert told[1:] == [(job.pk, "ValueError", 1)]


def test_an_owner_who_cannot_be_told_keeps_no_other_job_back(told, sent):
    deaf = jobs.enqueue("test.told", value="deaf", max_attempts=1)
    dead = jobs.enqueue("test.told", value=1, max_attempts=1)
    for job in (deaf, dead):
        jobs.claim(job_id=job.pk, lease=LEASE, at=timezone.now())

    jobs.sweep(at=timezone.now() + LEASE + LEASE)

    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {deaf.pk: JobState.RUNNING, dead.pk: JobState.FAILED}


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_breaks_no_request(ran, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(broker.current_app, "send_task", refuse)
    monkeypatch.setattr(broker, "_down_until", 0.0)

    with transaction.atomic():
        job = jobs.enqueue("test.add", value=1)

    assert not broker.send("test.add", job.pk)  # not even tried for a while
    assert jobs.run_pending() == 1
    assert ran == [1]


def test_writes_in_the_name_of_who_asked(sent):
    person = User.objects.create_user("a@example.com")

    @jobs.job("test.write")
    def write(job: Job) -> None:
        User.objects.filter(pk=person.pk).update(language="en")

    with audit.acting(request_id="r-1"):
        jobs.enqueue("test.write", by=person)
    jobs.run_pending(reraise=True)

    context = person.trail.get(pgh_label="update").pgh_context.metadata
    assert context == {"job": "test.write", "user": person.pk, "request_id": "r-1"}


def test_refuses_two_jobs_of_one_name(ran):
    with pytest.raises(ValueError, match="two jobs"):
        jobs.job("test.add")(lambda job: None)


def test_an_unknown_job_stays_waiting(sent):
    job = jobs.enqueue("test.unknown")

    assert not jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "elsewhere"},
        {"state": JobState.RUNNING},
        {"state": JobState.DONE},
        {"lease_until": timezone.now()},
    ],
)
def test_the_database_refuses_impossible_states(wrong):
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        Job.objects.create(name="test.add", **wrong)
