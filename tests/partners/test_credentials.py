"""Secrets are shown once, overlap while they are rotated, and end at once."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from partners.models import Credential
from partners.services import credentials
from tests.api import ApiClient, ask_token, issue, make_application

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def issue_with(application, **arguments):
    arguments = {"scopes": ["offers:read"], "name": "production", **arguments}
    return credentials.issue(application_id=application.pk, by=None, at=timezone.now(), **arguments)


def test_the_secret_is_kept_only_as_a_hash():
    issued = issue_with(make_application())

    client = Client.objects.get(pk=issued.client_id)
    assert len(issued.secret) >= 43
    assert issued.secret not in client.secret
    assert client.check_secret(issued.secret)
    assert client.get_grant_types() == ["client_credentials"]
    assert issued.credential.name == "production"


@pytest.mark.parametrize("scopes", [[], ["tracking:write"], ["offers:read", "never:heard"]])
def test_scopes_of_another_kind_of_application_are_refused(scopes):
    application = make_application("channel")

    with pytest.raises(credentials.ScopeNotAllowed):
        issue_with(application, scopes=scopes)

    assert not Client.objects.exists()


@pytest.mark.parametrize(
    "uri",
    ["http://shop.example/back", "https://*.shop.example/", "https://shop.example/#x", "myapp://x", "/back"],
)
def test_redirects_that_others_could_receive_are_refused(uri):
    with pytest.raises(credentials.RedirectNotAllowed):
        issue_with(make_application(), redirect_uris=[uri])

    assert not Client.objects.exists()


def test_an_inactive_application_gets_nothing():
    with pytest.raises(credentials.ApplicationInactive):
        issue_with(make_application(is_active=False))

    assert not Credential.objects.exists()


def test_rotation_lets_both_secrets_work_until_the_overlap_is_over():
    now = timezone.now()
    old = issue(make_application())
    new = credentials.rotate(credential_id=old.credential.pk, by=None, at=now, overlap=timedelta(days=7))

    both = [ask_token(each.client_id, each.secret).json()["access_token"] for each in (old, new)]
    assert [ApiClient(token).get(ME).status_code for token in both] == [200, 200]
    assert Client.objects.get(pk=new.client_id).scopes == Client.objects.get(pk=old.client_id).scopes

    assert credentials.revoke_expired(at=now + timedelta(days=6)) == 0
    assert credentials.revoke_expired(at=now + timedelta(days=7)) == 1
    assert [ApiClient(token).get(ME).status_code for token in both] == [401, 200]
    assert ask_token(old.client_id, old.secret).status_code == 401


def test_a_credential_past_its_end_opens_nothing_even_before_the_sweep():
    issued = issue(make_application())
    token = ask_token(issued.client_id, issued.secret).json()["access_token"]
    Credential.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert ApiClient(token).get(ME).status_code == 401


def test_a_revoked_credential_is_not_rotated():
    issued = issue(make_application())
    credentials.revoke(credential_id=issued.credential.pk, by=None, at=timezone.now())

    with pytest.raises(credentials.CredentialEnded):
        credentials.rotate(credential_id=issued.credential.pk, by=None, at=timezone.now())

    assert Credential.objects.count() == 1


def test_revoking_twice_keeps_the_first_moment():
    issued = issue(make_application())
    first, later = datetime(2026, 11, 11, tzinfo=UTC), datetime(2026, 11, 12, tzinfo=UTC)

    credentials.revoke(credential_id=issued.credential.pk, by=None, at=first)
    credentials.revoke(credential_id=issued.credential.pk, by=None, at=later)

    assert Credential.objects.get().revoked_at == first
    assert not Token.objects.exists()


def test_expired_tokens_are_forgotten():
    issued = issue(make_application())
    ask_token(issued.client_id, issued.secret)
    ask_token(issued.client_id, issued.secret)
    first = Token.objects.order_by("pk").first()
    Token.objects.filter(pk=first.pk).update(expires_at=timezone.now())

    assert credentials.forget_expired_tokens() == 1
    assert Token.objects.count() == 1
