"""Work that waits for somebody else."""

from datetime import timedelta

from django.utils import timezone

from core.models import Job
from core.services import jobs
from merchants.services import company


@jobs.job(company.CHECK_JOB, lease=timedelta(minutes=2))
def check_company(job: Job, *, merchant_id: int) -> None:
    company.check_again(merchant_id=merchant_id, at=timezone.now())
