"""Looking at a merchant beside the others and beside the freeze list, as a whole."""

from datetime import datetime

from core.services import jobs
from merchants.enums import WAITING_FOR_US, ApplicationStatus
from merchants.models import Application
from merchants.services import risk, screening

JOB = "merchants.scrutinize"


def look(*, merchant_id: int, at: datetime) -> None:
    """Refresh duplicates, risk points and, once the file was sent, name matches. Idempotent."""
    risk.refresh(merchant_id=merchant_id, at=at)
    sent = Application.objects.for_merchant(merchant_id).exclude(status=ApplicationStatus.DRAFT)
    for pk in sent.values_list("pk", flat=True):
        screening.screen(application_id=pk, at=at)


def look_again(*, at: datetime) -> int:
    """Enqueue a look at each file that waits for us: others may have come to be like it. Returns how many."""
    waiting = Application.objects.filter(status__in=WAITING_FOR_US).order_by("pk")
    count = 0
    for merchant_id in waiting.values_list("merchant_id", flat=True).iterator(chunk_size=1000):
        jobs.enqueue(JOB, key=f"merchant:{merchant_id}", merchant_id=merchant_id)
        count += 1
    return count
