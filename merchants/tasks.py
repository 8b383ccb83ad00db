"""Work that waits for somebody else."""

from datetime import timedelta

from django.utils import timezone

from core.models import Job
from core.services import jobs
from merchants.services import company, mails, team


@jobs.job(company.CHECK_JOB, lease=timedelta(minutes=2))
def check_company(job: Job, *, merchant_id: int) -> None:
    company.check_again(merchant_id=merchant_id, at=timezone.now())


@jobs.job("merchants.mail_decision")
def mail_decision(job: Job, *, merchant_id: int, kind: str, decision: str, event_key: str) -> None:
    mails.tell_decision(merchant_id=merchant_id, kind=kind, decision=decision, event_key=event_key)


@jobs.job(team.MAIL_JOB)
def mail_invitation(job: Job, *, invitation_id: int) -> None:
    mails.invite(invitation_id=invitation_id, at=timezone.now())
