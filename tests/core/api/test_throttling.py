"""Limits are counted per application and kind, told in each answer, and kept."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from core.api import throttling
from core.models import RateCounter
from tests.api import api_client, make_application

KEYS = "/api/v1/try/keys/"
ME = "/api/v1/me/"
NOON = datetime(2026, 11, 11, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def at_noon(time_machine_at):
    return time_machine_at(NOON)


@pytest.fixture
def time_machine_at():
    import time_machine

    with time_machine.travel(NOON, tick=False) as traveller:
        yield lambda at: traveller.move_to(at) or traveller


def test_each_answer_tells_the_limit(api, at_noon, settings):
    settings.API_RATE_LIMITS = {"default": 600, "orders": 2}

    headers = api.get(KEYS).headers

    assert headers["RateLimit-Policy"] == '"orders";q=2;w=60'
    assert headers["RateLimit"] == '"orders";r=1;t=55'
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("2", "1")
    assert headers["RateLimit-Reset"] == "55"
    assert api.get(ME).headers["RateLimit"] == '"default";r=599;t=55'


def test_beyond_the_limit_it_is_429_until_the_next_minute(api, at_noon, settings):
    settings.API_RATE_LIMITS = {"default": 600, "orders": 2}
    passed = [api.get(KEYS).status_code for _ in range(2)]

    refused = api.get(KEYS)
    at_noon.move_to(NOON + timedelta(seconds=55))
    later = api.get(KEYS)

    assert passed == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "55"
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert later.status_code == 200


def test_credentials_of_one_application_share_its_limit_and_others_do_not(application, settings):
    settings.API_RATE_LIMITS = {"default": 1}
    first, second = api_client(application), api_client(application)
    stranger = api_client(make_application(name="Canal Sud"))

    assert [client.get(ME).status_code for client in (first, second, stranger)] == [200, 429, 200]


def test_a_limit_agreed_with_an_application_goes_before_the_general_one(settings, db):
    settings.API_RATE_LIMITS = {"default": 1}
    client = api_client(make_application(rate_limits={"default": 7}))

    assert client.get(ME).headers["RateLimit-Limit"] == "7"


def test_the_limits_can_be_read_without_spending(api, at_noon, settings):
    settings.API_RATE_LIMITS = {"default": 600, "orders": 2}
    api.get(KEYS)

    answers = [api.get("/api/v1/rate-limits/").json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0] == [
        {"name": "default", "limit": 600, "remaining": 600, "reset": 55},
        {"name": "orders", "limit": 2, "remaining": 1, "reset": 55},
    ]


@pytest.mark.django_db(transaction=True)
def test_no_request_is_lost_when_many_come_at_once():
    class Caller:
        principal_key, rate_limits = "application:x", {}

    counted = []

    def count() -> None:
        counted.extend(throttling.count(principal=Caller(), name="default", at=NOON).used for _ in range(20))
        connections.close_all()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(counted) == list(range(1, 81))
    assert RateCounter.objects.get().used == 80


@pytest.mark.django_db
def test_the_counter_is_unlogged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'core_ratecounter'")
        assert cursor.fetchone() == ("u",)
