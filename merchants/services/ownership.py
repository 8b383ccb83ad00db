"""Ownership of a store is offered by an owner and accepted by a colleague; only then does it change hands.

The doors ask both for their second factor.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import Role
from merchants.models import Membership, Merchant, OwnershipOffer

VALID_FOR: Final = timedelta(days=7)
#: What an owner may be once the other has accepted: an owner as well, or one of these.
BECOMES: Final = (Role.OWNER, Role.ADMINISTRATOR, Role.READ_ONLY)


class NotOwner(Refusal):
    """Only an owner gives ownership, and only while they are one."""

    code = "not_owner"
    status = 403
    default_message = _("Only an owner can do this.")


class OfferOpen(Refusal):
    """One offer is open at a time: take it back before making another."""

    code = "ownership_offer_open"
    default_message = _("An offer of ownership is already waiting for an answer. Take it back first.")


class AlreadyOwner(Refusal):
    code = "already_owner"
    default_message = _("This person is an owner already.")


class OfferUnusable(Refusal):
    """The offer was answered, taken back, is too old, or one of the two has left or changed role."""

    code = "ownership_offer_unusable"
    status = 410
    default_message = _("This offer no longer stands: it was answered, taken back, or is over 7 days old.")


@transaction.atomic
def offer(
    *, merchant_id: int, membership_id: int, giver_becomes: str, by: User, at: datetime
) -> OwnershipOffer:
    """Offer ownership to a member. Nothing changes until they accept, within 7 days.

    Raises ``NotOwner``, ``AlreadyOwner`` or ``OfferOpen``.
    """
    Merchant.objects.select_for_update().get(pk=merchant_id)
    giver = _current(merchant_id).filter(user=by, role=Role.OWNER).first()
    if giver is None:
        raise NotOwner
    taker: Membership = _current(merchant_id).get(pk=membership_id)
    if taker.role == Role.OWNER:
        raise AlreadyOwner
    waiting = OwnershipOffer.objects.for_merchant(merchant_id).filter(ended_at=None)
    if waiting.filter(expires_at__gt=at).exists():
        raise OfferOpen
    waiting.update(ended_at=at)
    made = OwnershipOffer.objects.create(
        merchant_id=merchant_id,
        giver=giver,
        taker=taker,
        giver_becomes=Role(giver_becomes),
        expires_at=at + VALID_FOR,
        created_at=at,
    )
    events.record("ownership.offered", made, merchant_id=merchant_id, by=by, data=_parties(made))
    return made


@transaction.atomic
def accept(*, merchant_id: int, offer_id: int, by: User, at: datetime) -> Membership:
    """Become an owner; in the same moment the giver takes the role they chose. Raises ``OfferUnusable``."""
    Merchant.objects.select_for_update().get(pk=merchant_id)
    made = _standing(merchant_id, offer_id, at)
    giver, taker = made.giver, made.taker
    if taker.user_id != by.pk or giver.role != Role.OWNER or giver.ended_at or taker.ended_at:
        raise OfferUnusable
    taker.role = Role.OWNER
    taker.save(update_fields=["role"])
    if made.giver_becomes != Role.OWNER:
        giver.role = made.giver_becomes
        giver.save(update_fields=["role"])
    made.accepted_at = made.ended_at = at
    made.save(update_fields=["accepted_at", "ended_at"])
    events.record("ownership.accepted", made, merchant_id=merchant_id, by=by, data=_parties(made))
    return taker


@transaction.atomic
def end(*, merchant_id: int, offer_id: int, by: User, at: datetime) -> None:
    """Decline the offer, or take it back: the one it is made to may, and any owner. ``OfferUnusable``."""
    Merchant.objects.select_for_update().get(pk=merchant_id)
    made = _standing(merchant_id, offer_id, at)
    is_owner = _current(merchant_id).filter(user=by, role=Role.OWNER).exists()
    if made.taker.user_id != by.pk and not is_owner:
        raise NotOwner
    made.ended_at = at
    made.save(update_fields=["ended_at"])
    type_ = "ownership.declined" if made.taker.user_id == by.pk else "ownership.withdrawn"
    events.record(type_, made, merchant_id=merchant_id, by=by, data=_parties(made))


def _standing(merchant_id: int, offer_id: int, at: datetime) -> OwnershipOffer:
    found: OwnershipOffer | None = (
        OwnershipOffer.objects.for_merchant(merchant_id)
        .select_related("giver", "taker")
        .filter(pk=offer_id, ended_at=None, expires_at__gt=at)
        .first()
    )
    if found is None:
        raise OfferUnusable
    return found


def _current(merchant_id: int) -> Any:
    return Membership.objects.for_merchant(merchant_id).filter(ended_at=None)


def _parties(made: OwnershipOffer) -> dict[str, Any]:
    return {"giver": str(made.giver.public_id), "member": str(made.taker.public_id)}
