"""Mails to the people of a merchant: who gets which, in their own language."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse

from merchants.enums import DocumentState, Role
from merchants.models import (
    BankAccount,
    Decision,
    Document,
    Measure,
    Membership,
    Merchant,
    Requirement,
)
from merchants.services import letters, measure_mails, requirements, team

DECISION_JOB: Final = "merchants.mail_decision"
BANK_JOB: Final = "merchants.mail_bank_change"
REMINDER_JOB: Final = "merchants.mail_requirements"
TEMPLATES = {
    "merchant.submitted": "merchants/submitted",
    "merchant.information_requested": "merchants/information_requested",
    "merchant.approved": "merchants/approved",
    "merchant.rejected": "merchants/rejected",
    "company.corrected": "merchants/company_corrected",
    "requirement.refused": "merchants/requirement_refused",
    "requirement.asked_again": "merchants/requirement_asked_again",
}


def tell_decision(*, merchant_id: int, kind: str, decision: str, event_key: str) -> None:
    """Write to every owner and administrator, each once an event and in their own language."""
    merchant = Merchant.objects.get(pk=merchant_id)
    found = Decision.objects.for_merchant(merchant).filter(public_id=decision).first() if decision else None
    measure = Measure.objects.filter(decision=found).select_related("statement").first() if found else None
    page = reverse("merchants:measure", args=[measure.public_id]) if measure else reverse("merchants:file")
    for member in _leads(merchant):
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
                "url": f"{settings.PUBLIC_URL}{page}",
            },
            attachments=[measure_mails.statement_file(measure)] if measure else [],
            key=f"{kind}:{event_key}:{member.user_id}",
        )


def remind(*, merchant_id: int, codes: Sequence[str], days: int, event_key: str) -> None:
    """Write to every owner and administrator what is due; what was answered meanwhile is left out."""
    merchant = Merchant.objects.get(pk=merchant_id)
    rows = Requirement.objects.for_merchant(merchant).filter(code__in=codes, state__in=requirements.OPEN)
    due = {row.code: row.due_at for row in rows}
    asked = [definition for definition in requirements.DEFINITIONS if definition.code in due]
    if not asked:
        return
    for member in _leads(merchant):
        letters.send(
            merchant_id=merchant_id,
            kind="requirement.reminded",
            template="merchants/requirements_due",
            to=member.user,
            language=member.user.language,
            context={
                "days": days,
                "due": [(definition, due[definition.code]) for definition in asked],
                "url": f"{settings.PUBLIC_URL}{reverse('merchants:file')}",
            },
            key=f"requirement.reminded:{event_key}:{member.user_id}",
        )


def tell_expiring(*, document_id: int, stage: int, days: int) -> None:
    """Write to every owner and administrator that a document ends in so many days; not when it was replaced
    meanwhile.
    """
    document = Document.objects.filter(pk=document_id).select_related("merchant").first()
    if document is None or document.state not in {DocumentState.PENDING, DocumentState.ACCEPTED}:
        return
    for member in _leads(document.merchant):
        letters.send(
            merchant_id=document.merchant_id,
            kind="document.expiring",
            template="merchants/document_expiring",
            to=member.user,
            language=member.user.language,
            context={
                "document": document,
                "days": days,
                "url": f"{settings.PUBLIC_URL}{reverse('merchants:file')}",
            },
            key=f"document.expiring:{document.pk}:{stage}:{member.user_id}",
        )


def tell_bank_change(*, merchant_id: int, kind: str, account: str, event_key: str) -> None:
    """Write to every owner, each once an event: the account masked, and what to do "if it was not you"."""
    merchant = Merchant.objects.get(pk=merchant_id)
    changed = BankAccount.objects.for_merchant(merchant).select_related("added_by").get(public_id=account)
    owners = Membership.objects.for_merchant(merchant).filter(ended_at=None, role=Role.OWNER)
    for member in owners.select_related("user").order_by("pk"):
        letters.send(
            merchant_id=merchant_id,
            kind=kind,
            template=f"merchants/{kind.replace('.', '_')}",
            to=member.user,
            language=member.user.language,
            context={
                "store": merchant.store_name,
                "hint": changed.iban_hint,
                "bank": changed.bank_name,
                "who": changed.added_by.get_full_name(),
                "text": changed.refusal_text,
                "contact": settings.OPERATOR["email"],
                "url": f"{settings.PUBLIC_URL}{reverse('merchants:bank')}",
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


def _leads(merchant: Merchant) -> Iterable[Membership]:
    """Return who speaks for the merchant."""
    members = Membership.objects.for_merchant(merchant).filter(
        ended_at=None, role__in=[Role.OWNER, Role.ADMINISTRATOR]
    )
    return members.select_related("user").order_by("pk")
