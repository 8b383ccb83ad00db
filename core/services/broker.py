"""Messages to the workers. They only hasten what the database remembers: losing one delays, nothing more."""

import logging
import time
from typing import Any

from celery import current_app

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 15.0
_down_until = 0.0


def send(task: str, *args: Any, countdown: float | None = None) -> bool:
    """Send a message without ever raising: a broker that is down must not break a request.

    After a failure nothing is tried for ``PAUSE_SECONDS``, so that requests do not all wait for a timeout.
    """
    global _down_until
    if time.monotonic() < _down_until:
        return False
    try:
        current_app.send_task(task, args=args, countdown=countdown, retry=False, ignore_result=True)
    except Exception as error:
        _down_until = time.monotonic() + PAUSE_SECONDS
        logger.error("broker unreachable, the sweep will send %s: %s", task, type(error).__name__)
        return False
    return True
