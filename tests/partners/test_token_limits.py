"""How often a secret may be shown: by one client, and from one address."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.idp.oidc.models import Token
from django.test import Client

from core.models import RateCounter
from tests.api import TOKEN_URL, ask_token, issue, make_application

pytestmark = pytest.mark.django_db
OTHER_DOORS = [f"/identity/o/api/{door}" for door in ("revoke", "introspect", "device/code")]
NOON = datetime(2026, 11, 11, 12, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.TOKEN_RATE_LIMITS = {"address": 4, "client": 2}
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def issued():
    return issue(make_application())


def ask(issued, *, secret=None, address="203.0.113.7"):
    basic = base64.b64encode(f"{issued.client_id}:{secret or issued.secret}".encode()).decode()
    return Client(REMOTE_ADDR=address).post(
        TOKEN_URL, {"grant_type": "client_credentials"}, headers={"authorization": f"Basic {basic}"}
    )


def test_a_client_past_its_limit_is_told_when_to_come_back(issued, clock):
    passed = [ask(issued, address=f"203.0.113.{n}").status_code for n in range(2)]

    refused = ask(issued, address="203.0.113.9")

    assert passed == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (refused.headers["Retry-After"], refused.headers["Cache-Control"]) == ("55", "no-store")
    assert refused.headers["RateLimit-Policy"] == '"client";q=2;w=60'
    assert Token.objects.count() == 2
    clock.move_to(NOON + timedelta(seconds=55))
    assert ask(issued).status_code == 200


def test_wrong_secrets_count_so_that_none_is_guessed(issued):
    wrong = [ask(issued, secret="wrong").status_code for _ in range(2)]

    assert wrong == [401, 401]
    assert ask(issued).status_code == 429


def test_another_client_is_not_held_by_the_limit_of_the_first(issued):
    for _ in range(3):
        ask(issued, address="203.0.113.9")
    other = issue(make_application(name="Canal Sud"))

    assert ask(other, address="203.0.113.8").status_code == 200


def test_an_address_past_its_limit_is_refused_for_every_client(issued):
    for number in range(4):
        assert ask_token(f"invented-{number}", "x").status_code == 401

    assert ask(issued, address="127.0.0.1").status_code == 429
    assert ask(issued).status_code == 200


def test_a_refused_address_does_not_spend_the_limit_of_a_client(issued):
    for number in range(4):
        ask_token(f"invented-{number}", "x")
    for _ in range(3):
        assert ask(issued, address="127.0.0.1").status_code == 429

    assert ask(issued).status_code == 200


def test_the_client_named_in_the_body_is_counted_as_the_one_of_the_header(issued):
    def ask_in_body():
        return Client().post(
            TOKEN_URL,
            {
                "grant_type": "client_credentials",
                "client_id": issued.client_id,
                "client_secret": issued.secret,
            },
        )

    codes = [ask_in_body().status_code, ask(issued).status_code, ask_in_body().status_code]

    assert codes == [200, 200, 429]


@pytest.mark.parametrize("client_id", ["é\x00", "x" * 5000, "", "\ud800"])
def test_any_client_identifier_can_be_counted(client_id):
    basic = base64.b64encode(f"{client_id}:x".encode(errors="surrogatepass")).decode()

    response = Client(raise_request_exception=False).post(
        TOKEN_URL,
        {"grant_type": "client_credentials", "client_id": client_id.encode(errors="replace").decode()},
        headers={"authorization": f"Basic {basic}"},
    )

    assert response.status_code in (400, 401)
    assert all(len(bucket) < 160 for bucket in RateCounter.objects.values_list("bucket", flat=True))


def test_a_request_without_a_client_is_counted_by_its_address():
    codes = [Client().post(TOKEN_URL, {}).status_code for _ in range(5)]

    assert codes[-1] == 429
    assert 429 not in codes[:-1]


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_every_door_where_a_secret_is_shown_has_the_limit(issued, door):
    sent = {"client_id": issued.client_id, "client_secret": "wrong", "token": "x"}
    guessed = [Client(REMOTE_ADDR=f"203.0.113.{n}").post(door, sent).status_code for n in range(2)]

    refused = Client(REMOTE_ADDR="203.0.113.9").post(door, sent)

    assert all(code in (200, 400, 401) for code in guessed)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "55"
    assert ask(issued).status_code == 429, "doors count together"


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_the_limit_of_an_address_holds_at_every_door(door):
    codes = [
        Client().post(door, {"token": "x", "client_id": f"n{number}"}).status_code for number in range(5)
    ]

    assert codes[-1] == 429
    assert 429 not in codes[:-1]


@pytest.mark.parametrize("door", OTHER_DOORS)
@pytest.mark.parametrize("name", ["client_id", "token", "token_type_hint"])
def test_nul_is_refused_before_the_database_is_asked(door, name):
    response = Client(raise_request_exception=False).post(
        door, {"token": "x", "client_id": "n", name: "a\x00b"}
    )

    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


def test_a_revoked_token_is_dead_and_its_revocation_counts(issued):
    token = ask(issued).json()["access_token"]
    basic = base64.b64encode(f"{issued.client_id}:{issued.secret}".encode()).decode()

    revoked = Client(REMOTE_ADDR="203.0.113.8").post(
        OTHER_DOORS[0], {"token": token}, headers={"authorization": f"Basic {basic}"}
    )

    assert revoked.status_code == 200
    assert Client().get("/api/v1/me/", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert ask(issued).status_code == 429
