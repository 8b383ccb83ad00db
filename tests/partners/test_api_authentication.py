from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Channel
from partners.services import credentials
from tests.api import ApiClient, api_client, ask_token, issue, make_application

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def problem_of(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    return response.json()["code"]


def test_me_tells_the_application_its_scopes_and_its_channel():
    application = make_application()
    Channel.objects.create(application=application, code="nord", name="Nord", countries=["FR", "BE"])

    answer = api_client(application, ["orders:write", "offers:read"]).get(ME).json()

    assert answer.pop("token_expires_at")
    assert answer == {
        "id": str(application.public_id),
        "name": "Canal Nord",
        "kind": "channel",
        "scopes": ["offers:read", "orders:write"],
        "channel": {"code": "nord", "name": "Nord", "countries": ["FR", "BE"]},
    }


def test_a_token_may_have_fewer_scopes_than_the_credential():
    issued = issue(make_application())

    token = ask_token(issued.client_id, issued.secret, scope="offers:read").json()

    assert token["scope"] == "offers:read"
    assert ApiClient(token["access_token"]).get(ME).json()["scopes"] == ["offers:read"]


def test_a_scope_beyond_the_credential_gives_no_token():
    issued = issue(make_application(), ["offers:read"])

    answer = ask_token(issued.client_id, issued.secret, scope="offers:read orders:write")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert not Token.objects.exists()


def test_no_token_is_401_with_a_challenge():
    response = ApiClient().get(ME)

    assert (response.status_code, problem_of(response)) == (401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="passerelle"'


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic YTpi", "Bearer é\x00"])
def test_a_bad_token_is_401_and_says_invalid_token(header):
    response = ApiClient().get(ME, headers={"authorization": header})

    assert (response.status_code, problem_of(response)) == (401, "invalid_token")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_an_expired_token_is_401():
    client = api_client(make_application())
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(ME).status_code == 401


def test_a_refresh_token_does_not_open_the_api():
    client = api_client(make_application())
    Token.objects.update(type=Token.Type.REFRESH_TOKEN)

    assert client.get(ME).status_code == 401


def test_revoking_the_credential_ends_its_tokens_at_once():
    application = make_application()
    issued = issue(application)
    client = ApiClient(ask_token(issued.client_id, issued.secret).json()["access_token"])
    other = api_client(application)
    assert client.get(ME).status_code == 200

    credentials.revoke(credential_id=issued.credential.pk, by=None, at=timezone.now())

    assert client.get(ME).status_code == 401
    assert ask_token(issued.client_id, issued.secret).status_code == 401
    assert other.get(ME).status_code == 200


def test_an_inactive_application_is_401():
    application = make_application()
    client = api_client(application)
    application.is_active = False
    application.save()

    response = client.get(ME)

    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers


def test_a_token_without_the_scope_is_403_and_names_it(settings):
    settings.ROOT_URLCONF = "tests.core.api.urls"
    client = api_client(make_application(), ["offers:read"])

    response = client.get("/api/v1/try/keys/")

    assert (response.status_code, problem_of(response)) == (403, "insufficient_scope")
    assert response.json()["details"] == {"required": ["orders:read"]}
    assert 'error="insufficient_scope", scope="orders:read"' in response.headers["WWW-Authenticate"]


def test_the_caller_costs_one_statement_and_the_limit_another():
    application = make_application()
    Channel.objects.create(application=application, code="nord", name="Nord")
    client = api_client(application)
    client.get(ME)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(ME)

    caller, limit = [query["sql"] for query in queries]
    assert 'FROM "allauth_idp_oidc_token"' in caller
    assert "INSERT INTO core_ratecounter" in limit


def test_errors_speak_the_language_that_is_asked_for():
    french = ApiClient().get(ME, headers={"accept-language": "fr"}).json()
    english = ApiClient().get(ME, headers={"accept-language": "en"}).json()

    assert english["title"] == "Authentication is needed"
    assert french["title"] == "Authentification requise"
    assert french["code"] == english["code"]
