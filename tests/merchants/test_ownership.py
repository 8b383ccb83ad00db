"""A store changes hands only when both want it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Event
from merchants.enums import Role
from merchants.models import OwnershipOffer
from merchants.services import ownership, team
from tests.web.personas import give_second_factor, just_gave_second_factor


@pytest.fixture
def colleague(make_member):
    return make_member(Role.CATALOGUE)


def offer(merchant, owner, colleague, becomes=Role.ADMINISTRATOR, at=None):
    return ownership.offer(
        merchant_id=merchant.pk,
        membership_id=merchant.memberships.get(user=colleague).pk,
        giver_becomes=becomes,
        by=owner,
        at=at or timezone.now(),
    )


def accept(merchant, made, by, at=None):
    return ownership.accept(merchant_id=merchant.pk, offer_id=made.pk, by=by, at=at or timezone.now())


def roles(merchant):
    return dict(merchant.memberships.filter(ended_at=None).values_list("user__email", "role"))


@pytest.mark.parametrize("becomes", ownership.BECOMES)
def test_nothing_changes_before_the_other_accepts(merchant, owner, colleague, becomes):
    made = offer(merchant, owner, colleague, becomes)
    assert roles(merchant) == {owner.email: Role.OWNER, colleague.email: Role.CATALOGUE}

    accept(merchant, made, colleague)

    assert roles(merchant) == {owner.email: becomes, colleague.email: Role.OWNER}
    told = Event.objects.filter(type__startswith="ownership.").order_by("pk").values_list("type", flat=True)
    assert list(told) == ["ownership.offered", "ownership.accepted"]


def test_only_an_owner_offers_and_one_offer_at_a_time(merchant, owner, colleague, make_member):
    boss = make_member(Role.ADMINISTRATOR)

    with pytest.raises(ownership.NotOwner):
        offer(merchant, boss, colleague)
    offer(merchant, owner, colleague)
    with pytest.raises(ownership.OfferOpen):
        offer(merchant, owner, boss)
    with pytest.raises(ownership.AlreadyOwner):
        offer(merchant, owner, owner)

    assert OwnershipOffer.objects.get().taker.user == colleague


def test_an_offer_is_over_after_seven_days_and_leaves_room_for_another(merchant, owner, colleague):
    at = timezone.now()
    made = offer(merchant, owner, colleague, at=at)
    late = at + timedelta(days=7, seconds=1)

    with pytest.raises(ownership.OfferUnusable):
        accept(merchant, made, colleague, at=late)
    offer(merchant, owner, colleague, at=late)

    assert roles(merchant)[owner.email] == Role.OWNER


def test_nobody_accepts_for_another_nor_after_one_of_them_left(merchant, owner, colleague, make_member):
    made = offer(merchant, owner, colleague)
    with pytest.raises(ownership.OfferUnusable):
        accept(merchant, made, make_member(Role.ADMINISTRATOR))

    team.leave(merchant_id=merchant.pk, by=colleague, at=timezone.now())
    with pytest.raises(ownership.OfferUnusable):
        accept(merchant, made, colleague)

    assert roles(merchant)[owner.email] == Role.OWNER


def test_an_owner_who_was_demoted_meanwhile_gives_nothing(merchant, owner, colleague, make_member):
    second = make_member(Role.OWNER)
    made = offer(merchant, owner, colleague)
    team.change_role(
        merchant_id=merchant.pk,
        membership_id=merchant.memberships.get(user=owner).pk,
        role=Role.READ_ONLY,
        by=second,
        at=timezone.now(),
    )

    with pytest.raises(ownership.OfferUnusable):
        accept(merchant, made, colleague)
    assert roles(merchant)[colleague.email] == Role.CATALOGUE


def test_it_is_declined_by_the_one_and_taken_back_by_an_owner_only(merchant, owner, colleague, make_member):
    made = offer(merchant, owner, colleague)
    with pytest.raises(ownership.NotOwner):
        ownership.end(
            merchant_id=merchant.pk, offer_id=made.pk, by=make_member(Role.ADMINISTRATOR), at=timezone.now()
        )
    ownership.end(merchant_id=merchant.pk, offer_id=made.pk, by=colleague, at=timezone.now())
    again = offer(merchant, owner, colleague)
    ownership.end(merchant_id=merchant.pk, offer_id=again.pk, by=owner, at=timezone.now())

    with pytest.raises(ownership.OfferUnusable):
        accept(merchant, again, colleague)
    types = Event.objects.filter(type__startswith="ownership.").order_by("pk").values_list("type", flat=True)
    assert [one.split(".")[1] for one in types] == ["offered", "declined", "offered", "withdrawn"]


def test_both_pages_ask_for_the_second_factor(merchant, owner, colleague, sign_in):
    page = f"/team/{merchant.memberships.get(user=colleague).public_id}/ownership/"
    giver, taker = sign_in(owner), sign_in(colleague)
    for user in (owner, colleague):
        give_second_factor(user)

    assert "/2fa/reauthenticate/" in giver.post(page, {"giver_becomes": Role.OWNER})["Location"]
    assert not OwnershipOffer.objects.exists()
    just_gave_second_factor(giver)
    assert giver.post(page, {"giver_becomes": "emperor"}).status_code == 422
    assert giver.post(page, {"giver_becomes": Role.OWNER})["Location"] == "/team/"
    assert "/2fa/reauthenticate/" in taker.post("/team/ownership/")["Location"]
    assert roles(merchant)[colleague.email] == Role.CATALOGUE
    just_gave_second_factor(taker)
    assert taker.get("/team/ownership/").status_code == 200
    taker.post("/team/ownership/")

    assert set(roles(merchant).values()) == {Role.OWNER}


def test_an_administrator_cannot_offer_ownership_by_the_page(merchant, colleague, make_member, sign_in):
    client = sign_in(make_member(Role.ADMINISTRATOR))

    answer = client.get(f"/team/{merchant.memberships.get(user=colleague).public_id}/ownership/")

    assert answer.status_code == 302 or answer.status_code == 403
    assert not OwnershipOffer.objects.exists()


def test_an_offer_made_to_another_is_not_found(merchant, owner, colleague, make_member, sign_in):
    offer(merchant, owner, colleague)
    other = make_member(Role.ORDERS)
    give_second_factor(other)
    client = sign_in(other)
    just_gave_second_factor(client)

    assert client.get("/team/ownership/").status_code == 404
    client.post("/team/ownership/end/")
    assert OwnershipOffer.objects.get().ended_at is None
