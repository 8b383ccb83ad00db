"""The sandbox carrier at work: a round every few seconds, over HTTP like any carrier."""

import json
import logging

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from orders.adapters.carriers.sandbox import courier
from orders.adapters.carriers.sandbox.client import Client, GaveUp

logger = logging.getLogger(__name__)
LOCK, LOCK_SECONDS = "orders.sandbox_carrier", 120


@shared_task(name="orders.sandbox_carrier", ignore_result=True)
def sandbox_carrier() -> int:
    """Make a round, unless one is under way or the carrier has no credentials. Answers the new scans."""
    client_id, secret = _credentials()
    if not client_id or not secret or not cache.add(LOCK, True, LOCK_SECONDS):
        return 0
    try:
        client = Client(settings.SANDBOX_CARRIER_API_URL, client_id, secret)
        return courier.make_round(client, at=timezone.now(), speed=settings.SANDBOX_CARRIER_SPEED)
    except GaveUp as error:
        logger.warning("the sandbox carrier gave up its round", extra={"reason": str(error)[:200]})
        return 0
    finally:
        cache.delete(LOCK)


def _credentials() -> tuple[str, str]:
    """Return the carrier's own client identifier and secret: the environment's, or the demonstration's."""
    if settings.SANDBOX_CARRIER_CLIENT_ID:
        return settings.SANDBOX_CARRIER_CLIENT_ID, settings.SANDBOX_CARRIER_SECRET
    path = settings.SANDBOX_CARRIER_SIGN_INS
    if path is None or not path.exists():
        return "", ""
    sign_ins = json.loads(path.read_text(encoding="utf-8"))
    mine: dict[str, str] = next((sign_in for sign_in in sign_ins if sign_in["kind"] == "carrier"), {})
    return mine.get("client_id", ""), mine.get("secret", "")
