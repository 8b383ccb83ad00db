"""Doors of the workers about orders."""

from celery import shared_task
from django.utils import timezone

from core.models import Job
from core.services import jobs
from orders.services import acceptance, buyers, notices, payments


@shared_task(name="orders.expire_unaccepted", ignore_result=True)
def expire_unaccepted() -> int:
    return acceptance.expire(at=timezone.now())


@shared_task(name="orders.expire_unpaid", ignore_result=True)
def expire_unpaid() -> int:
    return payments.expire(at=timezone.now())


@shared_task(name="orders.remind_merchants", ignore_result=True)
def remind_merchants() -> int:
    return acceptance.remind(at=timezone.now())


@shared_task(name="orders.erase_buyers", ignore_result=True)
def erase_buyers() -> int:
    return buyers.erase(at=timezone.now())


@jobs.job("orders.mail_merchant")
def mail_merchant(job: Job, *, merchant_order_id: int, template: str, mail_key: str) -> None:
    notices.mail(merchant_order_id=merchant_order_id, template=template, key=mail_key)
