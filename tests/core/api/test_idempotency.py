"""A repeated request acts once, whatever happened to the first."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core.models import DataKey, IdempotencyKey
from core.services import idempotency
from tests.api import api_client, make_application

KEYS = "/api/v1/try/keys/"


def test_the_same_request_is_answered_again_and_acts_once(api):
    first = api.send(KEYS, {"purpose": "order"}, idempotency_key="a")
    second = api.send(KEYS, {"purpose": "order"}, idempotency_key="a")

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert DataKey.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        (KEYS, "POST", {"purpose": "other"}),
        (f"{KEYS}?x=1", "POST", {"purpose": "order"}),
    ],
)
def test_another_request_under_the_same_key_is_409(api, path, method, body):
    api.send(KEYS, {"purpose": "order"}, idempotency_key="a")

    response = api.send(path, body, method=method, idempotency_key="a")

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert DataKey.objects.count() == 1


def test_two_applications_may_use_the_same_key(api):
    other = api_client(make_application(name="Canal Sud"))

    answers = [each.send(KEYS, {"purpose": "order"}, idempotency_key="a") for each in (api, other)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert DataKey.objects.count() == 2


@pytest.mark.parametrize("key", [None, "", "k" * 256, "é", "a\x01b"])
def test_a_missing_or_unusable_key_is_400(api, key):
    headers = {} if key is None else {"idempotency_key": key}

    response = api.send(KEYS, {"purpose": "order"}, **headers)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")
    assert not DataKey.objects.exists()


def test_a_key_of_255_characters_is_accepted(api):
    assert api.send(KEYS, {"purpose": "order"}, idempotency_key="k" * 255).status_code == 201


@pytest.mark.parametrize(("fails", "status"), [("before", 500), ("after", 500), ("nonsense", 422)])
def test_what_came_to_no_decision_is_not_kept(api, fails, status):
    """An error of ours rolls the act back; the same key then serves the corrected request."""
    failed = api.send(KEYS, {"purpose": "order", "fails": fails}, idempotency_key="a")
    assert (failed.status_code, DataKey.objects.count(), IdempotencyKey.objects.count()) == (status, 0, 0)

    again = api.send(KEYS, {"purpose": "order"}, idempotency_key="a")

    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again.headers
    assert DataKey.objects.count() == 1


def test_a_refusal_is_a_decision_kept_without_the_effect(api):
    body = {"purpose": "order", "fails": "refuses"}

    first = api.send(KEYS, body, idempotency_key="a")
    second = api.send(KEYS, body, idempotency_key="a")

    assert (first.status_code, first.json()["code"]) == (409, "no_room")
    assert first.content == second.content
    assert second.headers["Content-Type"] == "application/problem+json"
    assert second.headers["Idempotency-Replayed"] == "true"
    assert not DataKey.objects.exists()


def test_a_token_that_may_not_act_learns_nothing_from_a_known_key(api, application):
    api.send(KEYS, {"purpose": "order"}, idempotency_key="a")

    response = api_client(application, ["orders:read"]).send(KEYS, {"purpose": "order"}, idempotency_key="a")

    assert response.status_code == 403


def test_the_kit_costs_two_statements(api):
    api.send(KEYS, {"purpose": "order"}, idempotency_key="a")

    with CaptureQueriesContext(connection) as queries:
        api.send(KEYS, {"purpose": "order"}, idempotency_key="b")

    ours = [query["sql"] for query in queries if "idempotencykey" in query["sql"]]
    assert ["pg_try_advisory_xact_lock" in ours[0], "ON CONFLICT" in ours[1], len(ours)] == [True, True, 2]


@pytest.mark.django_db(transaction=True)
def test_a_request_that_still_runs_is_409_with_retry_after(application):
    """The first request's transaction is open in another connection; nothing is written yet."""
    api = api_client(application)
    running, go_on = threading.Event(), threading.Event()

    def first() -> None:
        attempt = idempotency_attempt(application)
        with transaction.atomic():
            assert claim(attempt) is None
            running.set()
            go_on.wait(10)
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    running.wait(10)
    meanwhile = api.send(KEYS, {"purpose": "order"}, idempotency_key="a")
    go_on.set()
    thread.join(10)

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_in_progress")
    assert meanwhile.headers["Retry-After"] == "1"
    assert api.send(KEYS, {"purpose": "order"}, idempotency_key="a").status_code == 201
    assert DataKey.objects.count() == 1


def idempotency_attempt(application):
    from core.api.idempotency import Attempt

    return Attempt(f"application:{application.public_id}", "a", "POST", KEYS, b"")


def claim(attempt):
    from core.api.idempotency import _claim

    return _claim(attempt)


@pytest.mark.django_db(transaction=True)
def test_eight_callers_at_once_with_one_key_act_once(application):
    clients = [api_client(application) for _ in range(8)]
    start = threading.Barrier(len(clients))
    answers = []

    def call(client) -> None:
        start.wait(10)
        answers.append(client.send(KEYS, {"purpose": "order"}, idempotency_key="a"))
        connections.close_all()

    threads = [threading.Thread(target=call, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert DataKey.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {
        "idempotency_in_progress"
    }
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_commits_between_look_up_and_lock_is_replayed(application, monkeypatch):
    """The snapshot of the look-up may be older than the lock: storing then finds the row, and starts over."""
    from core.api import idempotency as kit

    api = api_client(application)
    first = api.send(KEYS, {"purpose": "order"}, idempotency_key="a")
    look_up, calls = kit._claim, []

    def blind_once(attempt):
        calls.append(attempt)
        return None if len(calls) == 1 else look_up(attempt)

    monkeypatch.setattr(kit, "_claim", blind_once)
    second = api.send(KEYS, {"purpose": "order"}, idempotency_key="a")

    assert len(calls) == 2
    assert (second.content, second.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert DataKey.objects.count() == 1


def test_answers_are_kept_two_days(api):
    api.send(KEYS, {"purpose": "order"}, idempotency_key="old")
    api.send(KEYS, {"purpose": "order"}, idempotency_key="new")
    old = IdempotencyKey.objects.get(key="old")
    IdempotencyKey.objects.filter(key="new").update(created_at=old.created_at + timedelta(hours=1))

    assert idempotency.forget_old(at=old.created_at + timedelta(hours=48, minutes=1)) == 1
    assert [each.key for each in IdempotencyKey.objects.all()] == ["new"]
