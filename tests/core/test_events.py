"""The outbox and its relay."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import audit
from core.enums import DeliveryState
from core.models import Delivery, Event, Undelivered, User
from core.services import events, relay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("consumers", "sent")]


def new(subject: uuid.UUID, type: str = "order.accepted", **fields) -> events.NewEvent:
    return events.NewEvent(type, "order", subject, **fields)


def record(subject: uuid.UUID, *types: str) -> list[Event]:
    with transaction.atomic():
        return events.record_many([new(subject, type) for type in types])


def test_records_what_happened_to_whom_by_whom(django_assert_num_queries):
    person = User.objects.create_user("a@example.com")

    # Who acts is told once a transaction; the rest is one INSERT.
    with audit.acting(request_id="r-1"), django_assert_num_queries(2):
        event = events.record("user.invited", person, merchant_id=7, by=person, data={"role": "owner"})

    event.refresh_from_db()
    assert (event.type, event.subject_type, event.subject_id) == ("user.invited", "user", person.public_id)
    assert (event.merchant_id, event.actor, event.request_id) == (7, person, "r-1")
    assert event.data == {"role": "owner"}
    assert list(Event.objects.for_merchant(7)) == [event]
    assert not Event.objects.for_merchant(8).exists()


def test_records_many_with_one_insert(django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = events.record_many(new(uuid.uuid4()) for _number in range(100))

    assert Undelivered.objects.count() == len(rows) == 100


def test_names_the_application_job_or_command_that_acted():
    class Principal:
        application = User(public_id=uuid.UUID(int=5))

    by_application = events.record_many([new(uuid.uuid4())], by=Principal())[0]
    with audit.acting(job="catalog.run_import"):
        by_job = events.record_many([new(uuid.uuid4())])[0]
    by_nobody = events.record_many([new(uuid.uuid4())])[0]

    assert by_application.actor_label == f"application:{uuid.UUID(int=5)}"
    assert by_job.actor_label == "job:catalog.run_import"
    assert (by_nobody.actor_label, by_nobody.actor_id) == ("", None)
    with pytest.raises(TypeError):
        events.record_many([new(uuid.uuid4())], by="somebody")


@pytest.mark.django_db(transaction=True)
def test_refuses_an_event_outside_of_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        events.record_many([new(uuid.uuid4())])

    assert not Event.objects.exists()


def test_an_undone_change_leaves_no_event():
    with pytest.raises(IntegrityError), transaction.atomic():
        events.record_many([new(uuid.uuid4())])
        raise IntegrityError

    assert not Event.objects.exists()
    assert not Undelivered.objects.exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET type = 'x'", "DELETE FROM core_event", "TRUNCATE core_event CASCADE"],
)
def test_the_database_refuses_to_change_what_happened(statement):
    event = record(uuid.uuid4(), "order.accepted")[0]

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL passerelle.allow_truncate = 'off'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)

    assert Event.objects.get() == event


def test_wakes_the_relay_once_for_many_changes(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record(uuid.uuid4(), "order.accepted")
        record(uuid.uuid4(), "order.accepted")

    assert sent == [("core.relay_events", ())]


def test_delivers_to_those_who_want_the_type():
    heard: list[tuple[str, str]] = []
    events.consumer("all_orders", "order.*")(lambda event: heard.append(("all_orders", event.type)))
    events.consumer("exact", "order.accepted", "order.*")(lambda event: heard.append(("exact", event.type)))
    events.consumer("other", "orders.*", "order.acceptedx", "orderXaccepted")(
        lambda event: heard.append(("other", event.type))
    )
    events.consumer("everything", "*")(lambda event: heard.append(("everything", event.type)))
    record(uuid.uuid4(), "order.accepted")
    record(uuid.uuid4(), "product.published")

    assert events.relay_all() == 4

    assert sorted(heard) == [
        ("all_orders", "order.accepted"),
        ("everything", "order.accepted"),
        ("everything", "product.published"),
        ("exact", "order.accepted"),
    ]
    assert events.relay_all() == 0
    assert not Undelivered.objects.exists()


def test_stale_news_reach_only_those_who_want_them_at_any_age(sent):
    heard: list[str] = []
    events.consumer("mail", "order.*", stale_after=timedelta(days=3))(lambda event: heard.append("mail"))
    events.consumer("count", "order.*")(lambda event: heard.append("count"))
    past = timezone.now() - timedelta(days=4)

    with events.as_of(past):
        [event] = record(uuid.uuid4(), "order.accepted")
    events.relay_all()

    event.refresh_from_db()
    assert event.occurred_at == past
    assert sent == []
    assert heard == ["count"]
    assert not Undelivered.objects.exists()

    record(uuid.uuid4(), "order.accepted")
    events.relay_all()
    assert sorted(heard) == ["count", "count", "mail"]


@pytest.mark.parametrize("types", [(), ("order*",), ("*.accepted",)])
def test_refuses_a_consumer_of_unclear_types(types):
    with pytest.raises(ValueError, match="types are"):
        events.consumer("bad", *types)(lambda event: None)


def test_refuses_two_consumers_of_one_name():
    def one(event: Event) -> None: ...
    def two(event: Event) -> None: ...

    events.consumer("name", "*")(one)
    with pytest.raises(ValueError, match="two consumers"):
        events.consumer("name", "*")(two)


def test_delivers_in_order_for_each_subject():
    heard: dict[uuid.UUID, list[int]] = {}
    events.consumer("listener", "*")(
        lambda event: heard.setdefault(event.subject_id, []).append(event.data["n"])
    )
    subjects = [uuid.uuid4() for _number in range(3)]
    events.record_many(new(subjects[n % 3], data={"n": n}) for n in range(30))

    assert events.relay_all() == 30

    assert heard == {subject: list(range(first, 30, 3)) for first, subject in enumerate(subjects)}


def test_a_failure_blocks_only_its_consumer_and_subject():
    heard: list[tuple[str, uuid.UUID, str]] = []
    bad, good = uuid.uuid4(), uuid.uuid4()

    def picky(event: Event) -> None:
        User.objects.create_user(f"{event.pk}@example.com")
        if event.subject_id == bad:
            raise ValueError("secret@example.com")
        heard.append(("picky", event.subject_id, event.type))

    events.consumer("picky", "*")(picky)
    events.consumer("easy", "*")(lambda event: heard.append(("easy", event.subject_id, event.type)))
    first, _second = record(bad, "order.accepted", "order.sent")
    record(good, "order.accepted")

    assert events.relay_all() == 4

    assert sorted(heard) == sorted(
        [
            ("easy", bad, "order.accepted"),
            ("easy", bad, "order.sent"),
            ("easy", good, "order.accepted"),
            ("picky", good, "order.accepted"),
        ]
    )
    failed = Delivery.objects.get(event=first, consumer="picky")
    assert (failed.state, failed.attempts) == (DeliveryState.PENDING, 1)
    assert failed.next_try_at > timezone.now()
    assert failed.last_error.startswith("ValueError (")
    assert "secret" not in failed.last_error
    assert User.objects.count() == 1  # what the failed attempt wrote is undone


def test_tries_again_later_and_then_goes_on_in_order():
    heard: list[str] = []
    broken = [True]

    def handler(event: Event) -> None:
        if broken[0]:
            raise ConnectionError
        heard.append(event.type)

    events.consumer("listener", "*")(handler)
    record(uuid.uuid4(), "order.accepted", "order.sent")
    events.relay_all()
    broken[0] = False

    assert events.relay_all() == 0
    Delivery.objects.update(next_try_at=timezone.now())
    assert events.relay_all() == 2

    assert heard == ["order.accepted", "order.sent"]


def test_gives_up_after_many_attempts_lets_others_pass_and_replays_when_asked():
    heard: list[str] = []
    broken = [True]

    def handler(event: Event) -> None:
        if broken[0] and event.type == "order.accepted":
            raise ConnectionError
        heard.append(event.type)

    events.consumer("listener", "*")(handler)
    first, _second = record(uuid.uuid4(), "order.accepted", "order.sent")
    for _attempt in range(relay.MAX_ATTEMPTS):
        Delivery.objects.update(next_try_at=timezone.now())
        events.relay_all()
    dead = Delivery.objects.get(event=first)
    assert (dead.state, heard) == (DeliveryState.DEAD, ["order.sent"])

    broken[0] = False
    assert relay.replay(delivery_id=dead.pk, at=timezone.now())
    assert not relay.replay(delivery_id=dead.pk, at=timezone.now())
    events.relay_all()

    assert heard == ["order.sent", "order.accepted"]


def test_the_handlers_writes_are_those_of_who_caused_the_event():
    person = User.objects.create_user("a@example.com")
    events.consumer("listener", "*")(lambda event: User.objects.update(language="en"))
    events.record("user.invited", person, by=person)

    events.relay_all()

    change = person.trail.get(pgh_label="update").pgh_context.metadata
    assert change == {"job": "consumer:listener", "user": person.pk}


def test_many_deliveries_cost_few_statements():
    events.consumer("listener", "*")(lambda event: None)
    events.record_many(new(uuid.uuid4()) for _number in range(50))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert events.relay_all() == 50

    own = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(own) <= 10


def test_locks_what_it_delivers_and_lets_one_process_fan_out():
    events.consumer("listener", "*")(lambda event: None)
    record(uuid.uuid4(), "order.accepted")

    with CaptureQueriesContext(connection) as queries:
        events.relay_all()

    statements = [q["sql"] for q in queries]
    assert any("pg_try_advisory_xact_lock" in sql for sql in statements)
    assert any("FOR UPDATE OF d SKIP LOCKED" in sql for sql in statements)


@pytest.mark.django_db(transaction=True)
def test_while_one_process_fans_out_another_does_nothing():
    events.consumer("listener", "*")(lambda event: None)
    record(uuid.uuid4(), "order.accepted")
    results: list[int] = []

    def other() -> None:
        results.append(relay.fan_out(at=timezone.now()))
        connection.close()

    with transaction.atomic():
        assert relay.fan_out(at=timezone.now()) == 1
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert results == [0]


@pytest.mark.django_db(transaction=True)
def test_four_relays_at_once_deliver_each_event_once_and_in_order():
    def handler(event: Event) -> None:
        User.objects.create_user(f"{event.pk}@example.com", full_name=str(event.subject_id))

    events.consumer("listener", "*")(handler)
    subjects = [uuid.uuid4() for _number in range(4)]
    with transaction.atomic():
        events.record_many(new(subjects[n % 4], data={"n": n}) for n in range(60))
    start = threading.Barrier(4)

    def work() -> None:
        close_old_connections()
        start.wait()
        for _round in range(40):
            events.relay_all()
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events.relay_all()

    written = User.objects.order_by("pk").values_list("full_name", "email")
    assert len(written) == 60
    for subject in subjects:
        order = [int(email.split("@")[0]) for name, email in written if name == str(subject)]
        assert order == sorted(order)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}


def test_backs_off_longer_each_time_up_to_an_hour():
    delays = [relay.backoff.delay(attempt) for attempt in range(1, 30)]

    assert timedelta(seconds=1.5) <= delays[0] <= timedelta(seconds=2.5)
    assert all(delay <= timedelta(hours=1.25) for delay in delays)
    assert delays[-1] >= timedelta(minutes=45)
