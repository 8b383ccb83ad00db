"""Work that waits for somebody else."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.models import Job
from core.services import jobs
from merchants.services import (
    company,
    documents,
    erasure,
    expiry,
    freeze_list,
    mails,
    measure_mails,
    measures,
    previews,
    register_changes,
    requirements,
    scanning,
    screening,
    scrutiny,
    staff_mails,
    team,
    team_mails,
    vat_numbers,
)


@jobs.job(company.CHECK_JOB, lease=timedelta(minutes=2))
def check_company(job: Job, *, merchant_id: int) -> None:
    company.check_again(merchant_id=merchant_id, at=timezone.now())


@shared_task(name="merchants.ask_about_due_companies", ignore_result=True)
def ask_about_due_companies() -> None:
    register_changes.ask_about_due(at=timezone.now())


@jobs.job(register_changes.CHECK_JOB, lease=timedelta(minutes=2))
def check_register(job: Job, *, merchant_id: int) -> None:
    register_changes.check(merchant_id=merchant_id, at=timezone.now())


@jobs.job(vat_numbers.CHECK_JOB, lease=timedelta(minutes=2))
def check_vat(job: Job, *, merchant_id: int) -> None:
    vat_numbers.check(merchant_id=merchant_id, at=timezone.now())


@jobs.job(vat_numbers.ABROAD_JOB, lease=timedelta(minutes=5))
def check_vat_abroad(job: Job, *, merchant_id: int) -> None:
    vat_numbers.check_abroad(merchant_id=merchant_id, at=timezone.now())


@jobs.job(mails.DECISION_JOB)
def mail_decision(job: Job, *, merchant_id: int, kind: str, decision: str, event_key: str) -> None:
    mails.tell_decision(merchant_id=merchant_id, kind=kind, decision=decision, event_key=event_key)


@jobs.job(mails.BANK_JOB)
def mail_bank_change(job: Job, *, merchant_id: int, kind: str, account: str, event_key: str) -> None:
    mails.tell_bank_change(merchant_id=merchant_id, kind=kind, account=account, event_key=event_key)


@jobs.job(team.MAIL_JOB)
def mail_invitation(job: Job, *, invitation_id: int) -> None:
    mails.invite(invitation_id=invitation_id, at=timezone.now())


@jobs.job(documents.PREVIEW_JOB, lease=timedelta(minutes=3))
def preview_file(job: Job, *, file_id: int) -> None:
    previews.make(file_id=file_id)


@jobs.job(documents.SCAN_JOB, lease=timedelta(minutes=2))
def scan_file(job: Job, *, file_id: int) -> None:
    scanning.scan(file_id=file_id, at=timezone.now())


@shared_task(name="merchants.scan_waiting", ignore_result=True)
def scan_waiting() -> int:
    return scanning.scan_waiting()


@jobs.job("merchants.mail_team")
def mail_team(job: Job, *, event_id: int) -> None:
    team_mails.tell(event_id=event_id)


@jobs.job(mails.REMINDER_JOB)
def mail_requirements(job: Job, *, merchant_id: int, codes: list[str], days: int, event_key: str) -> None:
    mails.remind(merchant_id=merchant_id, codes=codes, days=days, event_key=event_key)


@shared_task(name="merchants.refresh_due", ignore_result=True)
def refresh_due() -> int:
    return requirements.refresh_due(at=timezone.now())


@shared_task(name="merchants.refresh_all", ignore_result=True)
def refresh_all() -> int:
    return requirements.refresh_all(at=timezone.now())


@shared_task(name="merchants.remind_of_requirements", ignore_result=True)
def remind_of_requirements() -> int:
    return requirements.reminders.remind(at=timezone.now())


@shared_task(name="merchants.run_due_measures", ignore_result=True)
def run_due_measures() -> int:
    return measures.run_due(at=timezone.now())


@jobs.job(measure_mails.MAIL_JOB)
def mail_measure(
    job: Job, *, measure_id: int, kind: str, event_key: str, merchant_id: int | None = None
) -> None:
    """``merchant_id`` tells on whose file it is said while the mail waits; jobs asked before had none."""
    measure_mails.mail(measure_id=measure_id, kind=kind, event_key=event_key)


@jobs.job(expiry.MAIL_JOB)
def mail_expiring(
    job: Job, *, document_id: int, stage: int, days: int, merchant_id: int | None = None
) -> None:
    """``merchant_id`` as for ``mail_measure``."""
    mails.tell_expiring(document_id=document_id, stage=stage, days=days)


@shared_task(name="merchants.remind_expiring", ignore_result=True)
def remind_expiring() -> int:
    return expiry.remind(at=timezone.now())


@jobs.job(staff_mails.INFECTED_JOB)
def mail_infected(job: Job, *, document: str, threat: str, event_key: str) -> None:
    staff_mails.tell_infected(document=document, threat=threat, event_key=event_key)


@jobs.job(scrutiny.JOB, lease=timedelta(minutes=2))
def scrutinize(job: Job, *, merchant_id: int) -> None:
    scrutiny.look(merchant_id=merchant_id, at=timezone.now())


@jobs.job(freeze_list.SCREEN_JOB, lease=timedelta(minutes=30))
def screen_everybody(job: Job) -> None:
    screening.screen_everybody(at=timezone.now())


@shared_task(name="merchants.erase_due", ignore_result=True)
def erase_due() -> int:
    return erasure.erase_due(at=timezone.now())


@shared_task(name="merchants.scrutinize_waiting", ignore_result=True)
def scrutinize_waiting() -> int:
    return scrutiny.look_again(at=timezone.now())
