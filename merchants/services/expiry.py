"""Documents that will end: who sent them is reminded 30 days before, 7 days before, and on the day."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.services import jobs
from merchants.enums import DocumentState, MerchantStatus
from merchants.models import Document
from merchants.services import letters

#: Days before the end. Of several that have come, as after a week without worker, only the last is told.
STAGES: Final = (0, 7, 30)
MAIL_JOB: Final = "merchants.mail_expiring"
BATCH: Final = 500
LIVE: Final = (DocumentState.PENDING, DocumentState.ACCEPTED)


def remind(*, at: datetime) -> int:
    """Ask for the reminders that are due, each once whatever worker runs when; returns how many.

    Once a document has ended, the requirement that it answered opens by itself.
    """
    today = timezone.localdate(at)
    is_due = Q()
    for days in STAGES:
        not_told = Q(reminded_days=None) | Q(reminded_days__gt=days)
        is_due |= Q(expires_on__lte=today + timedelta(days=days)) & not_told
    found = Document.objects.filter(is_due, state__in=LIVE).exclude(merchant__status=MerchantStatus.CLOSED)
    asked = list(found.order_by("expires_on", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_remind_of(pk, at) for pk in asked)


@transaction.atomic
def _remind_of(document_id: int, at: datetime) -> bool:
    document = (
        Document.objects.select_for_update(skip_locked=True).filter(pk=document_id, state__in=LIVE).first()
    )
    if document is None or document.expires_on is None:
        return False
    left = (document.expires_on - timezone.localdate(at)).days
    stage = next((days for days in STAGES if left <= days), None)
    if stage is None or (document.reminded_days is not None and document.reminded_days <= stage):
        return False
    document.reminded_days = stage
    document.save(update_fields=["reminded_days"])
    jobs.enqueue(
        MAIL_JOB,
        key=f"{document.pk}:{stage}",
        max_attempts=letters.ATTEMPTS,
        merchant_id=document.merchant_id,
        document_id=document.pk,
        stage=stage,
        days=max(left, 0),
    )
    return True
