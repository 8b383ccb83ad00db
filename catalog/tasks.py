"""What workers do for the catalogue."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.services import media, price_rules, publication, readiness
from catalog.services.imports import running
from core.models import Job
from core.refusals import Refusal
from core.services import jobs


def _give_up(job: Job, error: Exception | None, *, import_id: int, **_arguments: Any) -> None:
    """Tell the merchant when no further attempt will be made."""
    reason = error.code if isinstance(error, Refusal) else "interrupted"
    running.fail(import_id=import_id, reason=reason, at=timezone.now())


@jobs.job("catalog.analyse_import", lease=timedelta(minutes=5), on_failed=_give_up)
def analyse_import(job: Job, *, import_id: int, mapping: str) -> None:
    running.analyse(
        import_id=import_id, mapping=mapping, beat=lambda d, t: jobs.heartbeat(job, done=d, total=t)
    )


@jobs.job("catalog.run_import", lease=timedelta(minutes=5), on_failed=_give_up)
def run_import(job: Job, *, import_id: int) -> None:
    running.run(import_id=import_id, by=job.actor, beat=lambda d, t: jobs.heartbeat(job, done=d, total=t))


@jobs.job("catalog.publish_ready", lease=timedelta(minutes=5))
def publish_ready(job: Job, *, merchant_id: int, countries: list[str]) -> None:
    publication.publish_ready(
        merchant_id=merchant_id, countries=countries, by=job.actor, beat=lambda: jobs.heartbeat(job)
    )


@jobs.job("catalog.apply_price_rule", lease=timedelta(minutes=10))
def apply_price_rule(job: Job, *, merchant_id: int, country: str) -> None:
    price_rules.apply_now(merchant_id=merchant_id, country=country)


@jobs.job(readiness.REFRESH_JOB, lease=timedelta(minutes=10))
def refresh_readiness(job: Job, *, merchant_id: int) -> None:
    readiness.refresh_merchant(merchant_id=merchant_id, at=timezone.now(), beat=lambda: jobs.heartbeat(job))


@jobs.job("catalog.render_picture", lease=timedelta(minutes=2))
def render_picture(job: Job, *, media_id: int) -> None:
    media.render(media_id=media_id)
