from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from merchants.enums import Role
from merchants.models import Invitation
from merchants.services import team


def invite(merchant, by, email="lou@example.fr", role=Role.ORDERS, at=None):
    return team.invite(merchant_id=merchant.pk, email=email, role=role, by=by, at=at or timezone.now())


def token_of(invitation):
    return team.renew_token(invitation_id=invitation.pk, at=timezone.now())[1]


def test_a_second_invitation_replaces_the_first(merchant, owner):
    first = invite(merchant, owner)
    second = invite(merchant, owner, email="LOU@example.fr")

    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert second.withdrawn_at is None


def test_a_member_is_not_invited_again(merchant, owner):
    with pytest.raises(team.AlreadyMember):
        invite(merchant, owner, email=owner.email.upper())

    assert not Invitation.objects.exists()


def test_an_old_or_withdrawn_invitation_is_unusable(merchant, owner, make_user):
    lou = make_user("lou@example.fr")
    token = token_of(invite(merchant, owner))

    with pytest.raises(team.InvitationUnusable):
        team.accept(token=token, by=lou, at=timezone.now() + timedelta(days=8))
    invitation = Invitation.objects.get()
    team.withdraw(merchant_id=merchant.pk, invitation_id=invitation.pk, by=owner, at=timezone.now())
    with pytest.raises(team.InvitationUnusable):
        team.accept(token=token, by=lou, at=timezone.now())
    assert not merchant.memberships.filter(user=lou).exists()


def test_the_last_owner_stays(merchant, owner):
    membership = merchant.memberships.get()

    with pytest.raises(team.LastOwner):
        team.remove(merchant_id=merchant.pk, membership_id=membership.pk, by=owner, at=timezone.now())
    with pytest.raises(team.LastOwner):
        team.change_role(
            merchant_id=merchant.pk,
            membership_id=membership.pk,
            role=Role.ORDERS,
            by=owner,
            at=timezone.now(),
        )
    membership.refresh_from_db()
    assert (membership.ended_at, membership.role) == (None, Role.OWNER)


def test_a_removed_member_is_signed_out_at_once(
    merchant, owner, make_member, sign_in, django_capture_on_commit_callbacks
):
    user = make_member(Role.ORDERS)
    client = sign_in(user)
    client.get("/file/")
    assert UserSession.objects.filter(user=user).exists()

    with django_capture_on_commit_callbacks(execute=True):
        team.remove(
            merchant_id=merchant.pk,
            membership_id=merchant.memberships.get(user=user).pk,
            by=owner,
            at=timezone.now(),
        )

    assert client.get("/file/").status_code == 302
    assert "/accounts/login/" in client.get("/file/")["Location"]


def test_an_administrator_does_not_make_or_remove_owners(merchant, owner, make_member, sign_in):
    client = sign_in(make_member(Role.ADMINISTRATOR))

    assert client.post("/team/", {"email": "a@example.fr", "role": Role.OWNER}).status_code == 422
    client.post(f"/team/{merchant.memberships.get(user=owner).public_id}/remove/")

    assert not Invitation.objects.exists()
    assert merchant.memberships.get(user=owner).ended_at is None


def test_a_member_gets_another_role_by_the_page(merchant, owner, make_member, sign_in):
    member = merchant.memberships.get(user=make_member(Role.ORDERS))
    page = f"/team/{member.public_id}/role/"
    client = sign_in(owner)

    assert client.get(page).context["form"].initial == {"role": Role.ORDERS}
    assert client.post(page, {"role": "emperor"}).status_code == 422
    member.refresh_from_db()
    assert member.role == Role.ORDERS
    assert client.post(page, {"role": Role.FINANCE})["Location"] == "/team/"
    member.refresh_from_db()
    assert member.role == Role.FINANCE


def test_the_page_keeps_the_last_owner(merchant, owner, sign_in):
    member = merchant.memberships.get()

    answer = sign_in(owner).post(f"/team/{member.public_id}/role/", {"role": Role.READ_ONLY})

    assert answer.status_code == 422
    member.refresh_from_db()
    assert member.role == Role.OWNER


def test_only_an_owner_names_or_changes_an_owner(merchant, owner, make_member, sign_in):
    client = sign_in(make_member(Role.ADMINISTRATOR))
    colleague = merchant.memberships.get(user=make_member(Role.ORDERS))
    first = merchant.memberships.get(user=owner)

    assert client.post(f"/team/{colleague.public_id}/role/", {"role": Role.OWNER}).status_code == 422
    assert client.post(f"/team/{first.public_id}/role/", {"role": Role.READ_ONLY}).status_code == 302

    roles = dict(merchant.memberships.values_list("pk", "role"))
    assert (roles[colleague.pk], roles[first.pk]) == (Role.ORDERS, Role.OWNER)


def test_an_invitation_offers_the_least_role_first(owner, merchant, sign_in):
    assert sign_in(owner).get("/team/").context["form"]["role"].value() == Role.READ_ONLY
