"""Who acts for a merchant: invitations by e-mail, roles, leaving."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events, jobs
from merchants.enums import MerchantStatus, Role
from merchants.models import Invitation, Membership, Merchant, MerchantApplication, OwnershipOffer
from merchants.services import letters, sessions
from partners.models import Credential
from partners.services import credentials

VALID_FOR: Final = timedelta(days=7)
MAIL_JOB: Final = "merchants.mail_invitation"
MOST_INVITATIONS: Final = 50


class AlreadyMember(Refusal):
    code = "already_member"
    default_message = _("This person is already in your team.")


class InvitationUnusable(Refusal):
    code = "invitation_unusable"
    status = 410
    default_message = _("This invitation was withdrawn, used or is over 7 days old. Ask for a new one.")


class TooManyInvitations(Refusal):
    code = "too_many_invitations"
    default_message = _("50 invitations are waiting for an answer: withdraw some before you send more.")


class OwnershipIsOffered(Refusal):
    """Nobody becomes an owner without accepting it: see ``merchants.services.ownership``."""

    code = "ownership_is_offered"
    status = 422
    default_message = _("Ownership is offered to a member of the team, who accepts it.")


class OtherAddress(Refusal):
    code = "invitation_for_other_address"
    status = 403


class LastOwner(Refusal):
    code = "last_owner"
    default_message = _("A store keeps at least one owner: name another one first.")


@transaction.atomic
def invite(*, merchant_id: int, email: str, role: str, by: User, at: datetime) -> Invitation:
    """Offer a role to somebody by e-mail; an offer that was open for the address is replaced.

    The token is in the mail alone: here only its hash is kept. It is made by the job that sends the mail.
    Raises ``AlreadyMember``, ``TooManyInvitations`` or ``OwnershipIsOffered``.
    """
    if role == Role.OWNER:
        raise OwnershipIsOffered
    email = email.strip().lower()
    merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
    members = Membership.objects.for_merchant(merchant).filter(ended_at=None)
    if members.filter(user__email=email).exists():
        raise AlreadyMember(email=email)
    _open(merchant_id).filter(email__iexact=email).update(withdrawn_at=at)
    if _open(merchant_id).filter(expires_at__gt=at).count() >= MOST_INVITATIONS:
        raise TooManyInvitations
    invitation = Invitation.objects.create(
        merchant=merchant,
        email=email,
        role=Role(role),
        token_hash=hash_of(secrets.token_urlsafe(32)),
        invited_by=by,
        expires_at=at + VALID_FOR,
        created_at=at,
    )
    jobs.enqueue(MAIL_JOB, by=by, max_attempts=letters.ATTEMPTS, invitation_id=invitation.pk)
    events.record("member.invited", invitation, merchant_id=merchant_id, by=by, data={"role": role})
    return invitation


@transaction.atomic
def resend(*, merchant_id: int, invitation_id: int, by: User, at: datetime) -> Invitation:
    """Send an invitation again, valid for another 7 days; the link sent before opens nothing from then on.

    Raises ``InvitationUnusable`` for one that was accepted or withdrawn; one that is merely too old revives.
    """
    invitation: Invitation | None = _open(merchant_id).select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationUnusable
    invitation.expires_at = at + VALID_FOR
    invitation.save(update_fields=["expires_at"])
    jobs.enqueue(
        MAIL_JOB,
        key=f"invitation:{invitation.pk}",
        by=by,
        max_attempts=letters.ATTEMPTS,
        invitation_id=invitation.pk,
    )
    events.record("invitation.resent", invitation, merchant_id=merchant_id, by=by)
    return invitation


@transaction.atomic
def renew_token(*, invitation_id: int, at: datetime) -> tuple[Invitation, str] | None:
    """Give an open invitation a new token for the mail; None when it is no longer open."""
    invitation: Invitation | None = (
        Invitation.objects.select_for_update(of=["self"])
        .select_related("merchant", "invited_by")
        .filter(pk=invitation_id, accepted_at=None, withdrawn_at=None, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        return None
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.save(update_fields=["token_hash"])
    return invitation, token


@transaction.atomic
def accept(*, token: str, by: User, at: datetime) -> Membership:
    """Join the team by the token of the mail. Only the invited address may: ``OtherAddress`` otherwise."""
    invitation: Invitation | None = (
        Invitation.objects.select_for_update(of=["self"]).filter(token_hash=hash_of(token)).first()
    )
    if invitation is None or not is_open(invitation, at):
        raise InvitationUnusable
    check(invitation, by=by)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    membership = Membership.objects.create(
        merchant_id=invitation.merchant_id, user=by, role=invitation.role, created_at=at
    )
    events.record("member.joined", membership, merchant_id=invitation.merchant_id, by=by)
    return membership


def check(invitation: Invitation, *, by: User) -> None:
    """Say whether an invitation is this person's to accept: ``AlreadyMember`` or ``OtherAddress`` if not."""
    if Membership.objects.for_merchant(invitation.merchant_id).filter(user=by, ended_at=None).exists():
        raise AlreadyMember
    if invitation.email.lower() != by.email.lower():
        raise OtherAddress(
            _(
                "This invitation is for %(email)s and you are signed in as %(mine)s. "
                "Sign in with the invited address, or ask for an invitation to yours."
            )
            % {"email": invitation.email, "mine": by.email}
        )


@transaction.atomic
def withdraw(*, merchant_id: int, invitation_id: int, by: User, at: datetime) -> None:
    """Take an invitation back; one that is not open any more stays as it is."""
    if _open(merchant_id).filter(pk=invitation_id).update(withdrawn_at=at):
        invitation = Invitation.objects.get(pk=invitation_id)
        events.record("invitation.withdrawn", invitation, merchant_id=merchant_id, by=by)


@transaction.atomic
def remove(*, merchant_id: int, membership_id: int, by: User, at: datetime) -> Membership:
    """End a membership, and with it at once all that the person could do here: sessions at this store (those
    at their other stores go on), credentials they issued, tokens they consented to, invitations they sent.

    The last owner stays: ``LastOwner``.
    """
    Merchant.objects.select_for_update().get(pk=merchant_id)
    membership = _member(merchant_id, membership_id)
    end_membership(membership, by=by, at=at)
    others = Membership.objects.filter(user_id=membership.user_id, ended_at=None)
    elsewhere = {str(one) for one in others.values_list("merchant__public_id", flat=True)}
    sessions.end(user_id=membership.user_id, except_at=elsewhere)
    events.record("member.removed", membership, merchant_id=merchant_id, by=by)
    return membership


@transaction.atomic
def leave(*, merchant_id: int, by: User, at: datetime) -> Membership:
    """End one's own membership; one stays signed in. The last owner cannot: ``LastOwner``."""
    Merchant.objects.select_for_update().get(pk=merchant_id)
    membership: Membership = Membership.objects.for_merchant(merchant_id).get(user=by, ended_at=None)
    end_membership(membership, by=by, at=at)
    events.record("member.left", membership, merchant_id=merchant_id, by=by)
    return membership


def credentials_of(membership: Membership) -> list[Credential]:
    """Return the credentials that end with a membership, by name."""
    issued = Credential.objects.select_related("application").filter(
        application_id__in=_applications(membership.merchant_id),
        issued_by_id=membership.user_id,
        revoked_at=None,
    )
    return list(issued.order_by("application__name", "name", "pk"))


@transaction.atomic
def change_role(*, merchant_id: int, membership_id: int, role: str, by: User, at: datetime) -> Membership:
    """Give a member another role. The last owner stays one: ``LastOwner``; nobody is made one this way:
    ``OwnershipIsOffered``. The role a member has already changes nothing and is told to nobody.
    """
    Merchant.objects.select_for_update().get(pk=merchant_id)
    membership = _member(merchant_id, membership_id)
    if membership.role == role:
        return membership
    if role == Role.OWNER:
        raise OwnershipIsOffered
    if membership.role == Role.OWNER:
        _must_not_be_last(merchant_id, membership)
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    data = {"role": role}
    events.record("member.role_changed", membership, merchant_id=merchant_id, by=by, data=data)
    return membership


def is_open(invitation: Invitation, at: datetime) -> bool:
    return invitation.accepted_at is None and invitation.withdrawn_at is None and invitation.expires_at > at


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _open(merchant_id: int) -> Any:
    return Invitation.objects.for_merchant(merchant_id).filter(accepted_at=None, withdrawn_at=None)


def _member(merchant_id: int, membership_id: int) -> Membership:
    membership: Membership = Membership.objects.for_merchant(merchant_id).get(pk=membership_id, ended_at=None)
    return membership


def end_membership(membership: Membership, *, by: User, at: datetime) -> None:
    """End a membership and what hangs on it. The caller holds the merchant's lock and tells the event."""
    merchant_id, user_id = membership.merchant_id, membership.user_id
    if membership.role == Role.OWNER and membership.merchant.status != MerchantStatus.CLOSED:
        _must_not_be_last(merchant_id, membership)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    credentials.revoke_of_person(user_id=user_id, application_ids=_applications(merchant_id), by=by, at=at)
    _open(merchant_id).filter(invited_by_id=user_id).update(withdrawn_at=at)
    offers = OwnershipOffer.objects.for_merchant(merchant_id).filter(ended_at=None)
    offers.filter(Q(giver=membership) | Q(taker=membership)).update(ended_at=at)


def _applications(merchant_id: int) -> list[int]:
    links = MerchantApplication.objects.for_merchant(merchant_id)
    return list(links.values_list("application_id", flat=True))


def _must_not_be_last(merchant_id: int, membership: Membership) -> None:
    owners = Membership.objects.for_merchant(merchant_id).filter(role=Role.OWNER, ended_at=None)
    if not owners.exclude(pk=membership.pk).exists():
        raise LastOwner
