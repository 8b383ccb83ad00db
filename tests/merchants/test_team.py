import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Event
from merchants.enums import Role
from merchants.models import Invitation
from merchants.services import developers, signup, stores, team, team_mails
from partners.enums import Scope


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


def shop_system(merchant, by, name):
    return developers.connect(
        merchant_id=merchant.pk,
        name=name,
        contact_email="dev@example.fr",
        scopes=[Scope.MERCHANT_READ],
        by=by,
        at=timezone.now(),
    )


def remove(merchant, user, by):
    return team.remove(
        merchant_id=merchant.pk,
        membership_id=merchant.memberships.get(user=user, ended_at=None).pk,
        by=by,
        at=timezone.now(),
    )


def test_what_a_removed_member_set_up_here_ends_and_elsewhere_goes_on(
    merchant, owner, make_user, make_member, sign_in
):
    user = make_member(Role.ADMINISTRATOR)
    other = signup.open_file(user_id=make_user().pk, at=timezone.now())
    make_member(Role.ADMINISTRATOR, of=other, user=user)
    here, kept, there = (
        shop_system(merchant, user, "ERP"),
        shop_system(merchant, owner, "Caisse"),
        shop_system(other, user, "ERP"),
    )
    sent = invite(merchant, user, email="complice@example.org")
    client, elsewhere = sign_in(user), sign_in(user)
    for one, at in ((client, merchant), (elsewhere, other)):
        one.post("/switch/", {"merchant": at.public_id})
        one.get("/file/")

    remove(merchant, user, owner)

    works = [
        one.credential.__class__.objects.get(pk=one.credential.pk).revoked_at is None
        for one in (here, kept, there)
    ]
    assert works == [False, True, True]
    sent.refresh_from_db()
    assert sent.withdrawn_at is not None
    assert client.get("/file/").status_code == 302
    assert elsewhere.get("/file/").context["request"].merchant == other


def test_tokens_that_a_removed_member_consented_to_end(merchant, owner, make_member):
    user = make_member(Role.ADMINISTRATOR)
    issued = shop_system(merchant, owner, "ERP")
    token = Token.objects.create(
        user=user, client=issued.credential.client, type=Token.Type.ACCESS_TOKEN, hash="x" * 64
    )

    remove(merchant, user, owner)

    assert not Token.objects.filter(pk=token.pk).exists()
    assert issued.credential.works_at(timezone.now())


def test_the_page_says_which_systems_end_with_a_member(merchant, owner, make_member, sign_in):
    user = make_member(Role.ADMINISTRATOR)
    issued = shop_system(merchant, user, "Logiciel Tresquel")

    page = sign_in(owner).get(f"/team/{merchant.memberships.get(user=user).public_id}/remove/")

    assert issued.client_id in page.content.decode()


def test_anybody_leaves_by_themselves_but_not_the_last_owner(merchant, owner, make_member, sign_in):
    reader = make_member(Role.READ_ONLY)
    client = sign_in(reader)

    assert client.get("/team/leave/").status_code == 200
    assert client.post("/team/leave/")["Location"] == "/landing/"
    assert client.get("/landing/")["Location"] == "/start/"
    sign_in(owner).post("/team/leave/")

    assert merchant.memberships.get(user=reader).ended_at is not None
    assert merchant.memberships.get(user=owner).ended_at is None


def test_nobody_is_invited_or_promoted_as_an_owner(merchant, owner, make_member):
    member = merchant.memberships.get(user=make_member(Role.ADMINISTRATOR))

    with pytest.raises(team.OwnershipIsOffered):
        invite(merchant, owner, role=Role.OWNER)
    with pytest.raises(team.OwnershipIsOffered):
        team.change_role(
            merchant_id=merchant.pk, membership_id=member.pk, role=Role.OWNER, by=owner, at=timezone.now()
        )

    member.refresh_from_db()
    assert (member.role, Invitation.objects.count()) == (Role.ADMINISTRATOR, 0)


def test_an_invitation_sent_again_lives_and_its_first_link_dies(merchant, owner, make_user):
    at = timezone.now() - timedelta(days=8)
    invitation = invite(merchant, owner, at=at)
    lou = make_user("lou@example.fr")
    first = team.renew_token(invitation_id=invitation.pk, at=at)[1]

    team.resend(merchant_id=merchant.pk, invitation_id=invitation.pk, by=owner, at=timezone.now())
    second = token_of(invitation)

    with pytest.raises(team.InvitationUnusable):
        team.accept(token=first, by=lou, at=timezone.now())
    assert team.accept(token=second, by=lou, at=timezone.now()).role == Role.ORDERS
    with pytest.raises(team.InvitationUnusable):
        team.resend(merchant_id=merchant.pk, invitation_id=invitation.pk, by=owner, at=timezone.now())


def test_there_are_fifty_open_invitations_at_most(merchant, owner):
    for number in range(team.MOST_INVITATIONS):
        invite(merchant, owner, email=f"personne{number}@example.org")

    with pytest.raises(team.TooManyInvitations):
        invite(merchant, owner)
    invite(merchant, owner, email="personne0@example.org")


def test_another_address_is_told_whose_the_invitation_is(merchant, owner, make_user, sign_in):
    token = token_of(invite(merchant, owner))
    page = sign_in(make_user("autre@example.org")).get(f"/team/join/{token}/")

    assert page.status_code == 403
    assert "lou@example.fr" in page.content.decode() and "autre@example.org" in page.content.decode()
    assert 'action="/accounts/logout/"' in page.content.decode()


def test_who_is_in_the_team_already_lands_in_the_store(merchant, owner, make_member, make_user, sign_in):
    token = token_of(invite(merchant, owner))
    lou = make_member(Role.FINANCE, user=make_user("lou@example.fr"))

    assert sign_in(lou).get(f"/team/join/{token}/")["Location"] == "/landing/"
    assert merchant.memberships.get(user=lou).role == Role.FINANCE


def told(mailoutbox):
    for event in Event.objects.filter(type__in=team_mails.KINDS).order_by("pk"):
        for _time in range(2):
            team_mails.tell(event_id=event.pk)
    return [(message.to[0], message.subject) for message in mailoutbox]


def test_each_change_is_told_by_mail_to_whom_it_concerns(merchant, owner, make_user, make_member, mailoutbox):
    lou = make_user("lou@example.fr", language="en")
    lou.full_name = "Lou Kermarec"
    lou.save()
    stores.name_store(merchant_id=merchant.pk, name="Perdrelle", by=owner, at=timezone.now())
    mailoutbox.clear()

    team.accept(token=token_of(invite(merchant, owner)), by=lou, at=timezone.now())
    member = merchant.memberships.get(user=lou)
    team.change_role(
        merchant_id=merchant.pk, membership_id=member.pk, role=Role.FINANCE, by=owner, at=timezone.now()
    )
    remove(merchant, lou, owner)

    assert told(mailoutbox) == [
        (owner.email, "Lou Kermarec a rejoint Perdrelle"),
        (lou.email, "Your role at Perdrelle has changed"),
        (lou.email, "You are no longer in the team of Perdrelle"),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(owner, merchant, make_member):
    second = make_member(Role.OWNER)
    together = threading.Barrier(2)

    def leave(user):
        try:
            together.wait()
            team.leave(merchant_id=merchant.pk, by=user, at=timezone.now())
        except team.LastOwner:
            return "stays"
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(leave, [owner, second]))

    assert ends == ["left", "stays"]
    assert merchant.memberships.filter(role=Role.OWNER, ended_at=None).count() == 1


def test_leaving_locks_the_store_before_it_counts_owners(owner, merchant, make_member):
    make_member(Role.OWNER)
    with CaptureQueriesContext(connection) as queries:
        team.leave(merchant_id=merchant.pk, by=owner, at=timezone.now())

    statements = [query["sql"] for query in queries if "merchants_me" in query["sql"]]
    assert "FOR UPDATE" in statements[0] and 'FROM "merchants_merchant"' in statements[0]
