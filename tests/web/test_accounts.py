"""Signing up and in, in words and mails of ours; the desk's second factor."""

import re

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from core.models import User
from tests.web.personas import give_second_factor, person, staff

pytestmark = pytest.mark.django_db

SIGN_UP = {
    "full_name": "Claire Montbrun",
    "email": "Claire@Example.org",
    "password1": "une-phrase-assez-longue",
    "language": "fr",
}


def test_sign_up_keeps_name_and_language_and_waits_for_the_address(client: Client) -> None:
    response = client.post("/accounts/signup/", SIGN_UP)

    user = User.objects.get()
    assert (user.email, user.full_name, user.language) == ("claire@example.org", "Claire Montbrun", "fr")
    assert response.status_code == 302
    assert not get_user(client).is_authenticated


def test_sign_up_mail_has_a_text_and_an_html_twin_with_the_same_link(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)

    [message] = mail.outbox
    link = re.search(r"http\S+/confirm-email/\S+/", str(message.body))
    assert link is not None
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert f'href="{link[0]}"' in html
    assert message.to == ["claire@example.org"]


def test_confirming_the_address_lets_the_person_sign_in(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    link = re.search(r"http://[^/]+(/\S+/)", str(mail.outbox[0].body))
    assert link is not None

    elsewhere = Client()
    elsewhere.post(link[1])
    assert not get_user(elsewhere).is_authenticated
    elsewhere.post("/accounts/login/", {"login": "claire@example.org", "password": SIGN_UP["password1"]})

    assert get_user(elsewhere).is_authenticated


def test_confirming_in_the_browser_that_signed_up_goes_straight_on(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    link = re.search(r"http://[^/]+(/\S+/)", str(mail.outbox[0].body))
    assert link is not None

    client.post(link[1])

    assert get_user(client).is_authenticated


def test_sign_up_with_a_known_address_tells_nobody(client: Client) -> None:
    person("claire@example.org")

    response = client.post("/accounts/signup/", SIGN_UP)
    fresh = Client().post("/accounts/signup/", {**SIGN_UP, "email": "autre@example.org"})

    assert (response.status_code, response["Location"]) == (fresh.status_code, fresh["Location"])
    assert User.objects.filter(email="claire@example.org").count() == 1


def test_mails_are_in_the_language_of_their_reader(client: Client) -> None:
    person("claire@example.org", language="en")

    client.post("/accounts/password/reset/", {"email": "claire@example.org"})

    assert mail.outbox[0].subject == "Choose a new password"


def test_the_sixth_wrong_password_is_refused_without_being_tried(client: Client) -> None:
    person("claire@example.org", "une-phrase-longue")
    for _try in range(5):
        client.post("/accounts/login/", {"login": "claire@example.org", "password": "faux"})

    client.post("/accounts/login/", {"login": "claire@example.org", "password": "une-phrase-longue"})

    assert not get_user(client).is_authenticated


def test_too_many_sign_ups_from_one_address_get_our_429_page(client: Client) -> None:
    answers = [client.post("/accounts/signup/", {}) for _try in range(21)]

    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "300"


def test_staff_without_second_factor_are_sent_to_set_it_up(client: Client) -> None:
    client.force_login(person("maurel@example.org", is_staff=True, is_superuser=True))

    response = client.get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")


def test_staff_with_second_factor_reach_the_desk(client: Client) -> None:
    client.force_login(staff(is_superuser=True))

    assert client.get("/admin/").status_code == 200


def test_the_second_factor_is_asked_at_sign_in(client: Client) -> None:
    user = person("maurel@example.org", "une-phrase-longue", is_staff=True)
    give_second_factor(user)

    response = client.post("/accounts/login/", {"login": user.email, "password": "une-phrase-longue"})

    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not get_user(client).is_authenticated


def test_the_admin_has_no_sign_in_of_its_own(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")


def test_a_merchant_does_not_enter_the_desk(client: Client) -> None:
    client.force_login(person())

    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/sessions/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)
def test_account_pages_stand_in_our_frame(client: Client, path: str) -> None:
    person("claire@example.org", "une-phrase-longue")
    client.post("/accounts/login/", {"login": "claire@example.org", "password": "une-phrase-longue"})
    client.post("/accounts/reauthenticate/", {"password": "une-phrase-longue"})

    response = client.get(path)

    assert response.status_code == 200
    assert b"passerelle/tokens.css" in response.content
    assert b"style=" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_the_address_is_called_alike_everywhere_in_french(client: Client, path: str) -> None:
    page = client.get(path).content.decode()

    assert "Adresse e-mail" in page
    assert "ourriel" not in page
