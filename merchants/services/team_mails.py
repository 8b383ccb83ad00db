"""Who is told of what changes in a team: the person concerned, and those who answer for the store."""

from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from core.models import Event, User
from merchants.models import Membership, Merchant
from merchants.roles import LEADS
from merchants.services import letters

#: Told to the person themself as well; of the others they know already.
TOLD_TO_PERSON: Final = {"member.removed", "member.role_changed", "ownership.offered", "ownership.accepted"}
KINDS: Final = (*sorted(TOLD_TO_PERSON), "member.joined", "member.left")


def tell(*, event_id: int) -> None:
    """Write to the owners and administrators, except who did it, and to the person where it is about them.

    Each is written to once an event, in their own language.
    """
    event = Event.objects.select_related("actor").get(pk=event_id)
    if event.merchant_id is None:
        return
    merchant = Merchant.objects.get(pk=event.merchant_id)
    member = _member(event)
    for reader in _readers(event, member):
        is_me = reader.pk == member.user_id
        letters.send(
            merchant_id=merchant.pk,
            kind=f"team.{event.type}",
            template="merchants/team_changed",
            to=reader,
            language=reader.language,
            context={
                "kind": event.type,
                "store": merchant.store_name or merchant.public_id,
                "person": member.user.get_full_name(),
                "author": event.actor.get_full_name() if event.actor else "Passerelle",
                "role": member.get_role_display,
                "is_me": is_me,
                "url": "" if is_me and member.ended_at else settings.PUBLIC_URL + reverse("merchants:team"),
                "contact": settings.OPERATOR["email"],
            },
            key=f"{event.type}:{event.pk}:{reader.pk}",
        )


def _member(event: Event) -> Membership:
    public_id = event.data.get("member", event.subject_id)
    members = Membership.objects.for_merchant(event.merchant_id or 0).select_related("user")
    member: Membership = members.get(public_id=public_id)
    return member


def _readers(event: Event, member: Membership) -> list[User]:
    # Who gave ownership away may lead no more, and is told.
    leads = Membership.objects.for_merchant(member.merchant_id).filter(
        Q(role__in=LEADS) | Q(public_id=event.data.get("giver")), ended_at=None
    )
    readers = {one.user_id: one.user for one in leads.select_related("user").order_by("pk")}
    readers.pop(member.user_id, None)
    if event.actor_id is not None:
        readers.pop(event.actor_id, None)
    if event.type in TOLD_TO_PERSON:
        readers[member.user_id] = member.user
    return [reader for reader in readers.values() if reader.is_active]
