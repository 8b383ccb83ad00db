"""Mails to the people of a merchant: who gets which, in their own language."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from merchants.enums import Role
from merchants.models import Decision, Membership, Merchant
from merchants.services import letters, team

TEMPLATES = {
    "merchant.submitted": "merchants/submitted",
    "merchant.information_requested": "merchants/information_requested",
    "merchant.approved": "merchants/approved",
    "merchant.rejected": "merchants/rejected",
}


def tell_decision(*, merchant_id: int, kind: str, decision: str, event_key: str) -> None:
    """Write to every owner and administrator, each once an event and in their own language."""
    merchant = Merchant.objects.get(pk=merchant_id)
    found = Decision.objects.for_merchant(merchant).filter(public_id=decision).first() if decision else None
    leads = Membership.objects.for_merchant(merchant).filter(
        ended_at=None, role__in=[Role.OWNER, Role.ADMINISTRATOR]
    )
    for member in leads.select_related("user").order_by("pk"):
        letters.send(
            merchant_id=merchant_id,
            kind=kind,
            template=TEMPLATES[kind],
            to=member.user,
            language=member.user.language,
            context={
                "name": member.user.get_full_name(),
                "store": merchant.store_name,
                "contact": settings.OPERATOR["email"],
                "text": found.text if found else "",
                "url": f"{settings.PUBLIC_URL}{reverse('merchants:file')}",
            },
            key=f"{kind}:{event_key}:{member.user_id}",
        )


def invite(*, invitation_id: int, at: datetime) -> None:
    """Send an invitation; a repetition sends a link that replaces the one before."""
    renewed = team.renew_token(invitation_id=invitation_id, at=at)
    if renewed is None:
        return
    invitation, token = renewed
    path = reverse("merchants:team_join", args=[token])
    letters.send(
        merchant_id=invitation.merchant_id,
        kind="team.invitation",
        template="merchants/invitation",
        to=invitation.email,
        language=invitation.invited_by.language,
        context={
            "store": invitation.merchant.store_name or invitation.invited_by.get_full_name(),
            "inviter": invitation.invited_by.get_full_name(),
            "role": invitation.get_role_display,
            "url": f"{settings.PUBLIC_URL}{path}",
        },
        hidden=[token],
        at=at,
    )
