"""The desk issues, rotates and revokes credentials, and shows a secret once."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from core.models import Event, User
from partners.models import Application, Credential
from partners.services import credentials
from tests.api import ApiClient, api_client, ask_token, issue, make_application
from tests.web.personas import give_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    staff = User.objects.create_superuser("desk@passerelle.example", "x")
    give_second_factor(staff)
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name, pk):
    return reverse(f"admin:partners_{name}", args=[pk])


def test_an_issued_secret_works_and_is_shown_once(desk):
    application = make_application()

    form = desk.get(url("application_issue", application.pk))
    page = desk.post(
        url("application_issue", application.pk), {"name": "production", "scopes": ["offers:read"]}
    )
    shown = page.content.decode()
    client_id, secret = re.findall(r"<code[^>]*>([^<]+)</code>", shown)

    assert "tracking:write" not in form.content.decode()
    assert ask_token(client_id, secret).status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    credential = Credential.objects.get()
    assert secret not in desk.get(url("credential_change", credential.pk)).content.decode()
    event = Event.objects.get(type="credential.issued")
    assert (event.subject_id, event.data["client_id"]) == (application.public_id, client_id)
    assert secret not in str(event.data)


def test_a_refusal_stays_on_the_form_with_what_was_typed(desk):
    application = make_application()

    page = desk.post(
        url("application_issue", application.pk),
        {"name": "shop", "scopes": ["offers:read"], "redirect_uris": "http://elsewhere.example/"},
    )

    assert page.context["form"].non_field_errors()
    assert "http://elsewhere.example/" in page.content.decode()
    assert not Credential.objects.exists()


def test_asking_changes_nothing_confirming_does(desk):
    issued = issue(make_application())

    desk.get(url("credential_revoke", issued.credential.pk))
    assert ask_token(issued.client_id, issued.secret).status_code == 200

    desk.post(url("credential_revoke", issued.credential.pk))
    assert ask_token(issued.client_id, issued.secret).status_code == 401
    assert Event.objects.filter(type="credential.revoked").count() == 1


def test_rotation_shows_the_new_secret_and_dates_the_old_one(desk):
    issued = issue(make_application())

    shown = desk.post(url("credential_rotate", issued.credential.pk)).content.decode()
    client_id, secret = re.findall(r"<code[^>]*>([^<]+)</code>", shown)

    assert ask_token(client_id, secret).status_code == 200
    assert Credential.objects.get(pk=issued.credential.pk).expires_at > timezone.now()


def test_rotating_what_is_revoked_is_refused_with_a_notice(desk):
    issued = issue(make_application())
    credentials.revoke(credential_id=issued.credential.pk, by=None, at=timezone.now())

    page = desk.post(url("credential_rotate", issued.credential.pk), follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Credential.objects.count() == 1


def test_an_application_is_switched_off_and_on_again(desk):
    application = make_application()
    issued = issue(application)
    token = ask_token(issued.client_id, issued.secret).json()["access_token"]

    desk.post(url("application_deactivate", application.pk))
    off = ApiClient(token).get("/api/v1/me/").status_code
    desk.post(url("application_activate", application.pk))
    again = ask_token(issued.client_id, issued.secret).json()["access_token"]

    assert (off, ApiClient(again).get("/api/v1/me/").status_code) == (401, 200)


def test_who_may_only_look_cannot_issue(client):
    staff = User.objects.create_user("look@passerelle.example", "x", is_staff=True)
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=["view_application", "view_credential"])
    )
    give_second_factor(staff)
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    application = make_application()

    assert client.get(url("application_change", application.pk)).status_code == 200
    assert client.post(url("application_issue", application.pk), {"name": "x"}).status_code in (302, 403)
    assert not Credential.objects.exists()


@pytest.mark.parametrize("name", ["application", "credential", "channel"])
def test_lists_ask_the_same_number_of_statements_for_one_row_and_three(
    desk, name, django_assert_max_num_queries
):
    for number in range(3):
        api_client(make_application(name=f"Canal {number}"))

    desk.get(reverse("admin:index"))  # the session's own first statements
    with django_assert_max_num_queries(12):
        assert desk.get(reverse(f"admin:partners_{name}_changelist")).status_code == 200


def test_an_application_is_added_with_its_kind_and_keeps_it(desk):
    desk.post(
        reverse("admin:partners_application_add"),
        {
            "name": "Canal Est",
            "kind": "channel",
            "rate_limits": "{}",
            "credentials-TOTAL_FORMS": "0",
            "credentials-INITIAL_FORMS": "0",
        },
    )
    application = Application.objects.get()

    page = desk.get(url("application_change", application.pk)).content.decode()

    assert (application.name, application.kind) == ("Canal Est", "channel")
    assert 'name="kind"' not in page
