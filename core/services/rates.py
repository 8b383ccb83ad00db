"""Requests counted in fixed windows: what callers of ours may ask, and what we may ask of others.

One statement counts and reads, ``INSERT … ON CONFLICT … RETURNING``; with a Redis in ``CACHE_URL`` it does.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from core.models import RateCounter

logger = logging.getLogger(__name__)


def window_of(at: datetime, length: timedelta) -> tuple[datetime, float]:
    """Return when the window of that moment began, and the seconds until the next one."""
    seconds = length.total_seconds()
    past = at.timestamp() % seconds
    return datetime.fromtimestamp(at.timestamp() - past, UTC), seconds - past


def count(bucket: str, *, starts_at: datetime, length: timedelta) -> int:
    """Count one more in the window and return how many it has."""
    if has_redis():
        return _count_in_redis(bucket, starts_at, length)
    return _count_in_database(bucket, starts_at)


def used(buckets: list[str], *, starts_at: datetime) -> dict[str, int]:
    """Return how many each window has, without counting; those without any are left out."""
    if has_redis():
        keys = {_redis_key(bucket, starts_at): bucket for bucket in buckets}
        return {keys[key]: number for key, number in cache.get_many(list(keys)).items()}
    rows = RateCounter.objects.filter(bucket__in=buckets, window_starts_at=starts_at)
    return {row.bucket: row.used for row in rows}


def wait(bucket: str, *, limit: int, length: timedelta, at: datetime) -> float:
    """Count one and return 0 when ``limit`` a window allows it, else the seconds until the next window.

    Outside a transaction: the counter's row stays locked until the end of one.
    """
    starts_at, rest = window_of(at, length)
    return 0.0 if count(bucket, starts_at=starts_at, length=length) <= limit else rest


def has_redis() -> bool:
    return "redis" in settings.CACHES["default"]["BACKEND"].lower()


def _redis_key(bucket: str, starts_at: datetime) -> str:
    return f"rate:{bucket}:{int(starts_at.timestamp())}"


def _count_in_redis(bucket: str, starts_at: datetime, length: timedelta) -> int:
    """Count in Redis. When it is away nobody is refused: a limit protects us, it must not stop the trade."""
    key = _redis_key(bucket, starts_at)
    try:
        cache.add(key, 0, timeout=2 * length.total_seconds())
        return int(cache.incr(key))
    except Exception:
        logger.exception("Requests cannot be counted")
        return 1


def _count_in_database(bucket: str, starts_at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_ratecounter AS c (bucket, window_starts_at, used) VALUES (%s, %s, 1)
            ON CONFLICT (bucket) DO UPDATE SET
                used = CASE WHEN c.window_starts_at = EXCLUDED.window_starts_at THEN c.used + 1 ELSE 1 END,
                window_starts_at = EXCLUDED.window_starts_at
            RETURNING used
            """,
            [bucket, starts_at],
        )
        return int(cursor.fetchone()[0])
