"""A person lets an application act for them: authorization code, always with PKCE by SHA-256."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.utils import timezone

from core.models import User
from partners.services import credentials
from tests.api import TOKEN_URL, ApiClient, make_application

pytestmark = pytest.mark.django_db
AUTHORIZE = "/identity/o/authorize"
BACK = "https://shop.example/back"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def issued():
    return credentials.issue(
        application_id=make_application("shop_system").pk,
        scopes=["catalog:read"],
        name="shop",
        by=None,
        at=timezone.now(),
        redirect_uris=[BACK],
    )


@pytest.fixture
def browser():
    browser = Browser()
    browser.force_login(
        User.objects.create_user("claire@atelier.example", "x"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return browser


def ask(browser, issued, **changes):
    query = {
        "client_id": issued.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "catalog:read",
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return browser.get(AUTHORIZE, {name: value for name, value in query.items() if value is not None})


def consent(browser, issued):
    page = ask(browser, issued)
    form = page.context["form"]
    answer = browser.post(
        AUTHORIZE, {"request": form.initial["request"], "scopes": ["catalog:read"], "action": "grant"}
    )
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(issued, code, **changes):
    return Browser().post(
        TOKEN_URL,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "client_id": issued.client_id,
            "client_secret": issued.secret,
            "code_verifier": VERIFIER,
            **changes,
        },
    )


def test_a_person_consents_and_the_application_acts_for_them(browser, issued):
    answer = consent(browser, issued)
    token = exchange(issued, answer["code"][0]).json()

    assert answer["state"] == ["s1"]
    assert ApiClient(token["access_token"]).get("/api/v1/me/").json()["scopes"] == ["catalog:read"]
    assert token["refresh_token"]


def test_an_inactive_person_ends_what_they_consented_to(browser, issued):
    token = exchange(issued, consent(browser, issued)["code"][0]).json()["access_token"]
    User.objects.update(is_active=False)

    assert ApiClient(token).get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("changes", [{"code_challenge": None}, {"code_challenge_method": "plain"}])
def test_without_pkce_the_application_is_sent_back_with_an_error(browser, issued, changes):
    answer = ask(browser, issued, **changes)

    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    assert parse_qs(back.query)["error"] == ["invalid_request"]
    assert parse_qs(back.query)["state"] == ["s1"]


def test_an_address_that_was_not_registered_is_never_redirected_to(browser, issued):
    answer = ask(browser, issued, code_challenge=None, redirect_uri="https://evil.example/")

    assert "Location" not in answer.headers


def test_a_code_without_its_verifier_gives_no_token(browser, issued):
    code = consent(browser, issued)["code"][0]

    assert exchange(issued, code, code_verifier="w" * 64).status_code == 400


def test_the_server_publishes_what_it_offers(client):
    metadata = client.get("/.well-known/openid-configuration").json()

    assert metadata["token_endpoint"].endswith(TOKEN_URL)
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert "orders:write" in metadata["scopes_supported"]
    assert metadata["introspection_endpoint"]
    assert client.get("/.well-known/jwks.json").json()["keys"][0]["kty"] == "RSA"


def test_introspection_tells_a_live_token_from_a_dead_one(client, browser, issued):
    token = exchange(issued, consent(browser, issued)["code"][0]).json()["access_token"]

    def introspect(value):
        data = {"token": value, "client_id": issued.client_id, "client_secret": issued.secret}
        return client.post("/identity/o/api/introspect", data).json()

    assert introspect(token)["active"] is True
    assert introspect("nonsense") == {"active": False}
