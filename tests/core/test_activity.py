"""Sessions remember when and from where they were last used, at little cost."""

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.activity import SessionActivityMiddleware
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(make_user())
    return client


def writes(client, **headers) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get("/help/", headers=headers)
    return sum("usersessions_usersession" in query["sql"] for query in captured)


def test_a_session_is_written_once_in_five_minutes(signed_in, monkeypatch):
    assert writes(signed_in) > 0
    assert writes(signed_in) == 0
    assert UserSession.objects.count() == 1

    monkeypatch.setattr("core.activity.SECONDS", 0.0)

    assert writes(signed_in) > 0


def test_another_browser_on_the_same_session_is_seen_at_once(signed_in):
    writes(signed_in, user_agent="Firefox")

    assert writes(signed_in, user_agent="curl") > 0
    assert UserSession.objects.get().user_agent == "curl"


def test_what_is_remembered_has_a_bound(signed_in, monkeypatch):
    monkeypatch.setattr("core.activity.REMEMBERED", 2)

    for number in range(5):
        writes(signed_in, user_agent=f"Browser {number}")

    assert len(SessionActivityMiddleware._written) == 2
