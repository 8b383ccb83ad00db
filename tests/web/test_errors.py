"""Pages for what went wrong, and for a closed house."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from core.models import User
from core.web.views import errors
from tests.web.personas import person


@pytest.mark.django_db
def test_unknown_address_gets_our_404(client: Client) -> None:
    response = client.get("/nulle-part/")

    assert response.status_code == 404
    assert b"passerelle/tokens.css" in response.content


@pytest.mark.django_db
def test_unknown_address_of_the_api_gets_a_problem_document(client: Client) -> None:
    response = client.get("/api/nulle-part/")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"
    assert response.json()["type"] == "/problems/not_found/"


def test_the_500_page_needs_no_database(rf: RequestFactory) -> None:
    # Without the django_db mark any query raises.
    response = errors.server_error(rf.get("/"))

    assert response.status_code == 500
    assert "Une panne" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_token_is_told_why() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()


def test_maintenance_closes_all_but_health(client: Client, settings: Any) -> None:
    settings.MAINTENANCE, settings.MAINTENANCE_MINUTES = True, 20

    page, api, health = client.get("/"), client.get("/api/v1/orders/"), client.get("/healthz")

    assert (page.status_code, page["Retry-After"]) == (503, "1200")
    assert (api.status_code, api["Content-Type"]) == (503, "application/problem+json")
    assert api.json()["code"] == "unavailable"
    assert health.status_code == 200


@pytest.mark.django_db
def test_french_unless_chosen_otherwise(client: Client) -> None:
    browser_in_english = {"HTTP_ACCEPT_LANGUAGE": "en"}

    before = client.get("/legal/", **browser_in_english)
    client.post("/language/", {"language": "en", "next": "/legal/"})
    after = client.get("/legal/")

    assert before["Content-Language"] == "fr"
    assert after["Content-Language"] == "en"


@pytest.mark.django_db
def test_the_language_stays_with_the_person(client: Client) -> None:
    user = person()
    client.force_login(user)

    client.post("/language/", {"language": "en"})

    assert User.objects.get(pk=user.pk).language == "en"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/language/", "/theme/"])
def test_choices_refuse_what_is_unknown_and_lead_nowhere_else(client: Client, address: str) -> None:
    name = address.strip("/")
    value = {"language": "en", "theme": "dark"}[name]

    unknown = client.post(address, {name: "klingon"})
    elsewhere = client.post(address, {name: value, "next": "https://evil.example/"})

    assert unknown.status_code == 400
    assert elsewhere["Location"] == "/"


@pytest.mark.django_db
def test_the_status_page_tells_when_a_part_fails(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.health.results", lambda: {"database": True, "broker": False})

    response = client.get("/status/")

    assert response.status_code == 503
    assert "ps-state-late" in response.content.decode()
    assert "<title>État de la plateforme – Passerelle</title>" in response.content.decode()


@pytest.mark.django_db
def test_help_is_a_public_page_to_visitors_and_stands_in_the_portal_for_members(client: Client) -> None:
    visitor = client.get("/help/").content.decode()
    client.force_login(person())
    member = client.get("/help/").content.decode()

    assert "Comment lire les pages" in visitor and "Comment lire les pages" in member
    assert "ps-side" not in visitor
    assert "ps-side" in member
