"""A merchant's own connected systems: connect, show the secret once, add and revoke credentials."""

from datetime import UTC, datetime

import pytest
from allauth.idp.oidc.models import Token

from core.models import Event
from merchants.enums import MerchantStatus, Role
from merchants.models import Merchant, MerchantApplication
from merchants.services import developers, signup
from partners.enums import ApplicationKind, Scope
from partners.models import Application, Credential
from partners.services import applications
from partners.services.credentials import ScopeNotAllowed

AT = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
SCOPES = [Scope.ORDERS_READ, Scope.CATALOG_WRITE]
FORM = {"name": "Boutique en ligne", "contact_email": "tech@example.fr", "scopes": ["orders:read"]}


def connect(merchant, owner, **changes):
    fields = {"name": "ERP", "contact_email": "tech@example.fr", "scopes": SCOPES, **changes}
    return developers.connect(merchant_id=merchant.pk, by=owner, at=AT, **fields)


def token_for(client, issued):
    response = client.post(
        "/identity/o/api/token",
        {
            "grant_type": "client_credentials",
            "client_id": issued.client_id,
            "client_secret": issued.secret,
            "scope": "orders:read",
        },
    )
    return response.status_code, response.json().get("access_token", "")


def test_a_connected_system_is_the_merchants_own_and_its_secret_opens_the_api(merchant, owner, client):
    issued = connect(merchant, owner)

    status, token = token_for(client, issued)
    orders = client.get("/api/v1/merchant-orders/", headers={"authorization": f"Bearer {token}"})

    application = Application.objects.get()
    assert MerchantApplication.objects.get().merchant == merchant
    assert (application.kind, application.name) == (ApplicationKind.SHOP_SYSTEM, "ERP")
    assert set(Event.objects.values_list("type", flat=True)) >= {"application.created", "credential.issued"}
    assert (status, orders.status_code) == (200, 200)


@pytest.mark.parametrize("scopes", [[], ["tracking:write"], ["everything"]])
def test_scopes_of_other_kinds_are_refused_and_nothing_is_connected(merchant, owner, scopes):
    with pytest.raises(ScopeNotAllowed):
        connect(merchant, owner, scopes=scopes)

    assert not Application.objects.exists()


def test_a_closed_store_connects_nothing(merchant, owner):
    Merchant.objects.filter(pk=merchant.pk).update(
        status=MerchantStatus.CLOSED, slug="maison", store_name="Maison", opened_at=AT, closed_at=AT
    )

    with pytest.raises(developers.StoreClosed):
        connect(merchant, owner)

    assert not Application.objects.exists()


def test_a_store_connects_so_many_systems_and_no_more(merchant, owner, monkeypatch):
    monkeypatch.setattr(developers, "MOST", 1)
    connect(merchant, owner)

    with pytest.raises(developers.TooManyApplications):
        connect(merchant, owner, name="Autre")

    assert Application.objects.get().name == "ERP"


def test_the_secret_is_shown_once(merchant, owner, sign_in):
    client = sign_in(owner)

    answer = client.post("/developers/new/", FORM)
    afterwards = client.get("/developers/")

    credential = Credential.objects.get()
    secret = answer.context["issued"].secret
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert credential.client_id in afterwards.content.decode()
    assert secret not in afterwards.content.decode()


def test_a_form_that_is_wrong_keeps_what_was_typed_and_connects_nothing(merchant, owner, sign_in):
    answer = sign_in(owner).post("/developers/new/", {"name": "ERP", "scopes": ["tracking:write"]})

    assert answer.status_code == 422
    assert 'value="ERP"' in answer.content.decode()
    assert not Application.objects.exists()


def test_a_second_credential_leaves_the_first_alone(merchant, owner, sign_in, client):
    first = connect(merchant, owner)
    application = Application.objects.get()

    sign_in(owner).post(
        f"/developers/{application.public_id}/credentials/", {"name": "Nouveau", "scopes": ["orders:read"]}
    )

    assert application.credentials.count() == 2
    assert token_for(client, first)[0] == 200


def test_a_system_that_staff_switched_off_gets_no_credential(merchant, owner, sign_in):
    connect(merchant, owner)
    application = Application.objects.get()
    applications.deactivate(application_id=application.pk, by=None, at=AT)
    client = sign_in(owner)

    answer = client.post(
        f"/developers/{application.public_id}/credentials/", {"name": "Nouveau", "scopes": ["orders:read"]}
    )

    assert answer.status_code == 422
    assert application.credentials.count() == 1
    assert "Désactivé" in client.get("/developers/").content.decode()


def test_revoking_asks_first_then_ends_the_tokens_at_once(merchant, owner, sign_in, client):
    issued = connect(merchant, owner)
    token_for(client, issued)
    address = f"/developers/{Application.objects.get().public_id}/credentials/{issued.client_id}/revoke/"
    browser = sign_in(owner)

    question = browser.get(address)
    assert (question.status_code, Token.objects.count()) == (200, 1)
    browser.post(address)

    assert not Token.objects.exists()
    assert token_for(client, issued)[0] in {400, 401}
    assert "Révoqué" in browser.get("/developers/").content.decode()


def test_another_merchants_system_is_not_found(merchant, owner, make_user, sign_in):
    issued = connect(merchant, owner)
    public_id = Application.objects.get().public_id
    stranger = make_user()
    signup.open_file(user_id=stranger.pk, at=AT)
    client = sign_in(stranger)

    assert issued.client_id not in client.get("/developers/").content.decode()
    assert client.get(f"/developers/{public_id}/credentials/").status_code == 404
    revoke = f"/developers/{public_id}/credentials/{issued.client_id}/revoke/"
    assert client.post(revoke).status_code == 404
    assert Credential.objects.get().revoked_at is None


@pytest.mark.parametrize("role", [Role.CATALOGUE, Role.ORDERS, Role.FINANCE, Role.READ_ONLY])
def test_other_roles_neither_see_nor_connect(merchant, make_member, sign_in, role):
    client = sign_in(make_member(role))

    assert client.get("/developers/").status_code == 403
    assert client.post("/developers/new/", FORM).status_code == 403
    assert "/developers/" not in client.get("/file/").content.decode()
    assert not Application.objects.exists()


def test_the_page_takes_the_same_few_queries_for_one_and_three_systems(
    merchant, owner, sign_in, django_assert_max_num_queries, django_assert_num_queries
):
    client = sign_in(owner)
    connect(merchant, owner)
    client.get("/developers/")
    with django_assert_max_num_queries(12) as first:
        client.get("/developers/")
    connect(merchant, owner, name="Deux")
    connect(merchant, owner, name="Trois")

    with django_assert_num_queries(len(first)):
        client.get("/developers/")
