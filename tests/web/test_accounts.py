"""Signing up and in, in words and mails of ours; the desk's second factor."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.models import User
from tests.web.personas import give_second_factor, person, staff

pytestmark = pytest.mark.django_db

CONFIRM = "/accounts/confirm-email/"
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


def code_in(message: mail.EmailMessage) -> str:
    found = re.search(r"^\d{6}$", str(message.body), re.M)
    assert found is not None
    return found[0]


def test_sign_up_mail_has_a_text_and_an_html_twin_with_the_same_code(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)

    [message] = mail.outbox
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert code_in(message) in html and code_in(message) in message.subject
    assert message.to == ["claire@example.org"]


def test_the_code_opens_the_account_in_the_browser_that_signed_up(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)

    client.post(CONFIRM, {"code": code_in(mail.outbox[0])})

    assert get_user(client).is_authenticated


def test_a_code_is_of_no_use_in_another_browser(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)

    elsewhere = Client()
    answer = elsewhere.post(CONFIRM, {"code": code_in(mail.outbox[0])})

    assert answer["Location"] == "/accounts/login/"
    assert not get_user(elsewhere).is_authenticated


def test_the_third_wrong_code_ends_it_and_signing_in_sends_another(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    right = code_in(mail.outbox[0])
    wrong = "000000" if right != "000000" else "111111"

    answers = [client.post(CONFIRM, {"code": wrong}) for _try in range(3)]
    late = client.post(CONFIRM, {"code": right})

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert "Erreur" in answers[0].content.decode()
    assert late["Location"] == "/accounts/login/"
    cache.clear()
    client.post("/accounts/login/", {"login": "claire@example.org", "password": SIGN_UP["password1"]})
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert len(mail.outbox) == 2
    assert get_user(client).is_authenticated


def test_a_code_is_over_after_a_quarter_of_an_hour(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)

    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1), tick=False):
        answer = client.post(CONFIRM, {"code": code_in(mail.outbox[0])})

    assert answer["Location"] == "/accounts/login/"
    assert not get_user(client).is_authenticated


def test_another_code_is_sent_and_the_first_no_longer_works(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    cache.clear()

    client.post(CONFIRM, {"action": "resend"})

    assert len(mail.outbox) == 2
    client.post(CONFIRM, {"code": code_in(mail.outbox[1])})
    assert get_user(client).is_authenticated


@pytest.mark.parametrize("page", ["/accounts/signup/", "/accounts/signup/passkey/"])
def test_sign_up_with_a_known_address_tells_nobody(client: Client, page: str) -> None:
    person("claire@example.org")

    known = client.post(page, SIGN_UP)
    fresh_client = Client()
    fresh = fresh_client.post(page, {**SIGN_UP, "email": "autre@example.org"})

    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    shown = [one.get(known["Location"]).content.decode() for one in (client, fresh_client)]
    assert blank(shown[0], "claire@example.org") == blank(shown[1], "autre@example.org")
    assert User.objects.filter(email="claire@example.org").count() == 1
    assert [message.to for message in mail.outbox] == [["claire@example.org"], ["autre@example.org"]]


def blank(page: str, address: str) -> str:
    """The page without what differs for everybody."""
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": |nonce)\S*', "", page.replace(address, "…"))


def test_neither_sign_in_nor_reset_tells_who_exists(client: Client) -> None:
    person("claire@example.org")
    pages = []
    for address in ("claire@example.org", "personne@example.org"):
        fresh = Client()
        refused = fresh.post("/accounts/login/", {"login": address, "password": "faux-mot-de-passe"})
        reset = fresh.post("/accounts/password/reset/", {"email": address})
        shown = [refused, reset, fresh.get(reset["Location"])]
        pages.append([(one.status_code, blank(one.content.decode(), address)) for one in shown])

    assert pages[0] == pages[1]
    assert {tuple(message.to) for message in mail.outbox} == {
        ("claire@example.org",),
        ("personne@example.org",),
    }


def test_a_wrong_password_and_an_unknown_address_take_as_many_hashes(client: Client, monkeypatch) -> None:
    person("claire@example.org")
    hasher, hashed = type(get_hasher()), []
    encode = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, *given, **more: hashed.append(1) or encode(self, *given, **more)
    )
    counts = []
    for address in ("claire@example.org", "personne@example.org"):
        hashed.clear()
        Client().post("/accounts/login/", {"login": address, "password": "faux-mot-de-passe"})
        counts.append(len(hashed))

    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("password", ["court", "motdepasse", "123456789012", "claire@example.org"])
def test_weak_passwords_are_refused_with_words_at_the_field(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", {**SIGN_UP, "password1": password})

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"password1"}
    assert not User.objects.exists()


def test_asking_for_resets_again_and_again_is_throttled(client: Client) -> None:
    person("claire@example.org")

    answers = [client.post("/accounts/password/reset/", {"email": "claire@example.org"}) for _t in range(6)]

    assert answers[-1].status_code == 429
    assert len(mail.outbox) == 5


def test_changing_the_address_asks_for_its_code_and_tells_the_old_one(client: Client) -> None:
    user = person("claire@example.org", "une-phrase-longue")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    asked = client.post("/accounts/email/", {"email": "Nouvelle@example.org", "action_add": "1"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": "une-phrase-longue"})

    client.post("/accounts/email/", {"email": "Nouvelle@example.org", "action_add": "1"})
    user.refresh_from_db()
    assert user.email == "claire@example.org"
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})

    user.refresh_from_db()
    assert user.email == "nouvelle@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("nouvelle@example.org", True)]
    code, notice = mail.outbox
    assert (code.to, notice.to) == (["nouvelle@example.org"], ["claire@example.org"])
    assert "nouvelle@example.org" in str(notice.body)


def test_an_address_that_is_somebody_elses_is_not_taken_nor_told(client: Client) -> None:
    person("hugo@example.org")
    user = person("claire@example.org", "une-phrase-longue")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/accounts/reauthenticate/", {"password": "une-phrase-longue"})

    client.post("/accounts/email/", {"email": "hugo@example.org", "action_add": "1"})
    client.post(CONFIRM, {"code": code_in(mail.outbox[-1])})

    user.refresh_from_db()
    assert user.email == "claire@example.org"
    assert EmailAddress.objects.get(email="hugo@example.org").user.email == "hugo@example.org"


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
