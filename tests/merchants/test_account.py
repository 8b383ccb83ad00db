"""Closing an account: what goes, what stays, and what must be done first."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from core.models import Event, User
from core.services import events, jobs
from merchants.enums import MerchantStatus, Role
from merchants.services import account, team
from tests.architecture.test_personal_data import tables_with
from tests.factories import make_member, make_merchant
from tests.web.personas import give_second_factor, person, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> User:
    claire = person("claire@example.org", full_name="Claire Montbrun")
    give_second_factor(claire)
    return claire


def test_what_is_personal_goes_and_what_was_done_stays(claire, mailoutbox):
    merchant = make_merchant()
    make_member(merchant, Role.OWNER)
    make_member(merchant, Role.OWNER, claire)

    account.close(user_id=claire.pk, at=timezone.now())

    claire.refresh_from_db()
    assert (claire.full_name, claire.is_active, claire.has_usable_password()) == ("", False, False)
    assert "claire" not in claire.email
    assert not EmailAddress.objects.filter(user=claire).exists()
    assert not Authenticator.objects.filter(user=claire).exists()
    assert merchant.memberships.get(user=claire).ended_at is not None
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "member.left",
        "account.closed",
    ]
    assert claire.trail.count() >= 2
    assert [message.to for message in mailoutbox] == [["claire@example.org"]]


def test_the_address_stays_nowhere_in_clear(claire, mailoutbox):
    merchant = make_merchant()
    owner, now = make_member(merchant, Role.OWNER), timezone.now()
    invited = team.invite(merchant_id=merchant.pk, email=claire.email, role=Role.FINANCE, by=owner, at=now)
    token = team.renew_token(invitation_id=invited.pk, at=now)[1]
    team.accept(token=token, by=claire, at=now)
    client = Client()
    client.post("/accounts/login/", {"login": claire.email, "password": "une-phrase-longue"})
    events.relay_all()
    jobs.run_pending()

    account.close(user_id=claire.pk, at=timezone.now())

    assert tables_with("claire@example.org", "montbrun") == set()


def test_the_address_is_free_again(claire):
    account.close(user_id=claire.pk, at=timezone.now())

    assert User.objects.create_user("claire@example.org").pk != claire.pk


def test_the_only_owner_is_told_what_to_do_first(claire):
    merchant = make_merchant("Perdrelle")
    make_member(merchant, Role.OWNER, claire)

    with pytest.raises(account.SoleOwner):
        account.close(user_id=claire.pk, at=timezone.now())

    claire.refresh_from_db()
    assert claire.is_active and claire.email == "claire@example.org"
    assert merchant.memberships.get(user=claire).ended_at is None
    assert not Event.objects.exists()


def test_the_owner_of_a_closed_store_may_go(claire):
    make_member(make_merchant(status=MerchantStatus.CLOSED), Role.OWNER, claire)

    account.close(user_id=claire.pk, at=timezone.now())

    assert not User.objects.get(pk=claire.pk).is_active


def test_staff_do_not_close_their_own_account():
    member = staff()

    with pytest.raises(account.StaffAccount):
        account.close(user_id=member.pk, at=timezone.now())
    assert User.objects.get(pk=member.pk).is_active


def test_the_page_asks_who_is_there_then_closes_and_signs_out(claire):
    client, elsewhere = Client(), Client()
    for one in (client, elsewhere):
        one.force_login(claire, backend="allauth.account.auth_backends.AuthenticationBackend")
        one.get("/start/")
    assert "/accounts/reauthenticate/" in client.get("/account/close/")["Location"]

    client.post("/accounts/reauthenticate/", {"password": "une-phrase-longue"})
    assert client.get("/account/close/").status_code == 200
    answer = client.post("/account/close/", follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "/accounts/login/" in elsewhere.get("/start/")["Location"]
    assert "/accounts/login/" in client.get("/start/")["Location"]


def test_the_page_names_the_stores_in_the_way(claire):
    make_member(make_merchant("Perdrelle"), Role.OWNER, claire)
    client = Client()
    client.force_login(claire, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/accounts/reauthenticate/", {"password": "une-phrase-longue"})

    assert "Perdrelle" in client.get("/account/close/").content.decode()
    assert client.post("/account/close/").status_code == 409
    assert User.objects.get(pk=claire.pk).is_active
