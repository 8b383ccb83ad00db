"""Pages that ask for the second factor once more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from core.web.step_up import TO_OPEN, TO_SEND, second_factor_required
from demo.people import code_of
from tests.web.personas import give_second_factor, just_gave_second_factor, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PAGE = "/guarded/?from=bank"


@second_factor_required
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} done")


urlpatterns = [path("guarded/", guarded), path("", include("config.urls"))]


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client()
    client.force_login(person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    yield client


def user_of(client: Client):
    from django.contrib.auth import get_user

    return get_user(client)


def test_who_is_not_signed_in_is_asked_to() -> None:
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/?next=/guarded/")


def test_who_has_no_second_factor_is_sent_to_set_one_up(client: Client) -> None:
    answer = client.get(PAGE, follow=True)

    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert "second facteur" in answer.content.decode()


def test_the_code_leads_back_to_the_page(client: Client) -> None:
    secret = give_second_factor(user_of(client))

    asked = client.get(PAGE)
    assert asked["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fguarded%2F%3Ffrom%3Dbank"
    back = client.post("/accounts/2fa/reauthenticate/", {"code": code_of(secret), "next": PAGE})

    assert (back.status_code, back["Location"]) == (302, PAGE)
    assert client.get(PAGE).content == b"GET done"


def test_a_password_given_again_is_not_enough(client: Client) -> None:
    give_second_factor(user_of(client))

    client.post("/accounts/reauthenticate/", {"password": "une-phrase-longue", "next": PAGE})

    assert client.get(PAGE).status_code == 302


def test_who_has_keys_only_is_asked_for_a_key(client: Client) -> None:
    Authenticator.objects.create(
        user=user_of(client), type=Authenticator.Type.WEBAUTHN, data={"name": "clé", "credential": {}}
    )

    assert client.get(PAGE)["Location"].startswith("/accounts/2fa/webauthn/reauthenticate/?next=")


@pytest.mark.parametrize(
    ("method", "limit"), [("get", TO_OPEN), ("post", TO_SEND)], ids=["opening", "sending"]
)
def test_the_second_factor_wears_off(client: Client, method: str, limit: timedelta) -> None:
    give_second_factor(user_of(client))

    just_gave_second_factor(client, ago=limit + timedelta(minutes=1))
    assert getattr(client, method)(PAGE).status_code == 302

    just_gave_second_factor(client, ago=limit - timedelta(minutes=1))
    assert getattr(client, method)(PAGE).status_code == 200


def test_nothing_that_was_sent_too_late_stays_in_the_session(client: Client) -> None:
    give_second_factor(user_of(client))

    answer = client.post(PAGE, {"iban": "FR7630006000011234567890189"})

    assert answer.status_code == 302
    assert "FR76" not in str(dict(client.session))


def test_htmx_is_told_to_leave_the_page(client: Client) -> None:
    give_second_factor(user_of(client))

    answer = client.get(PAGE, headers={"HX-Request": "true"})

    assert answer["HX-Redirect"].startswith("/accounts/2fa/reauthenticate/?next=")
