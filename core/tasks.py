"""Doors of the workers."""

from celery import shared_task
from django.utils import timezone

from core.services import events, idempotency, jobs, retention


@shared_task(name="core.relay_events", ignore_result=True)
def relay_events() -> int:
    return events.relay_all()


@shared_task(name="core.sweep_jobs", ignore_result=True)
def sweep_jobs() -> int:
    return jobs.sweep(at=timezone.now())


@shared_task(name="core.forget_old_answers", ignore_result=True)
def forget_old_answers() -> int:
    return idempotency.forget_old(at=timezone.now())


@shared_task(name="core.forget_what_is_over", ignore_result=True)
def forget_what_is_over() -> None:
    retention.forget(at=timezone.now())
