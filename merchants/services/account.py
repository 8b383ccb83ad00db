"""Closing one's account: what is personal goes at once, what the law makes us keep stays without a name."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events, mail
from merchants.enums import MerchantStatus, Role
from merchants.models import Invitation, Membership, Merchant
from merchants.services import sessions, team


class SoleOwner(Refusal):
    """The person is the only owner of a store that is open: they hand it over, or have it closed, first."""

    code = "sole_owner"
    default_message = _(
        "You are the only owner of a store. Make a colleague an owner, or have the store closed."
    )


class StaffAccount(Refusal):
    """Staff accounts are closed by an administrator of the marketplace."""

    code = "staff_account"
    status = 403
    default_message = _("This is a staff account: an administrator closes it.")


def stores_in_the_way(*, user_id: int) -> list[Merchant]:
    """Return the stores, not closed, of which the person is the only owner."""
    owned = _memberships(user_id).filter(role=Role.OWNER).exclude(merchant__status=MerchantStatus.CLOSED)
    others = Membership.objects.filter(role=Role.OWNER, ended_at=None).exclude(user_id=user_id)
    shared = others.values("merchant_id")
    return [one.merchant for one in owned.exclude(merchant_id__in=shared).order_by("pk")]


@transaction.atomic
def close(*, user_id: int, at: datetime) -> User:
    """Close a person's account, for ever, and tell it to their address.

    Name, address, password, second factors and sessions are removed; their memberships end with all that
    hangs on them (``team.remove``). What they did stays in the trail, under a number. Raises ``SoleOwner``
    or ``StaffAccount``; then nothing has changed.
    """
    mine = _memberships(user_id).order_by("merchant_id").values_list("merchant_id", flat=True)
    # Stores first, in ascending order, as everywhere: of two owners who close at once, one stays.
    list(Merchant.objects.select_for_update().filter(pk__in=list(mine)).order_by("pk"))
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_staff:
        raise StaffAccount
    if stores_in_the_way(user_id=user_id):
        raise SoleOwner
    for membership in _memberships(user_id):
        team.end_membership(membership, by=user, at=at)
        events.record("member.left", membership, merchant_id=membership.merchant_id, by=user)
    address, language = user.email, user.language
    _forget(user)
    # Invitations that were answered, or are over, name the address too; one that waits is its inviter's.
    over = Q(accepted_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lte=at)
    Invitation.objects.filter(over, email__iexact=address).update(email=user.email)
    events.record("account.closed", user, by=user)
    mail.send(
        template="merchants/account_closed",
        to=[address],
        language=language,
        context={},
        key=f"closed:{user.pk}",
    )
    return user


def _forget(user: User) -> None:
    user.email, user.full_name, user.is_active = f"closed-{user.public_id}@account.invalid", "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "full_name", "is_active", "password"])
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Token.objects.filter(user=user).delete()
    sessions.end(user_id=user.pk)


def _memberships(user_id: int) -> Any:
    return Membership.objects.filter(user_id=user_id, ended_at=None).select_related("merchant")
