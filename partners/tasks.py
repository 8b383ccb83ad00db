"""Doors of the workers."""

from celery import shared_task
from django.utils import timezone

from partners.services import credentials


@shared_task(name="partners.end_expired_credentials", ignore_result=True)
def end_expired_credentials() -> int:
    return credentials.revoke_expired(at=timezone.now())


@shared_task(name="partners.forget_expired_tokens", ignore_result=True)
def forget_expired_tokens() -> int:
    return credentials.forget_expired_tokens()
