"""How many requests a caller may make, told in every answer.

Requests are counted in fixed windows of a minute, per application and kind of request (the view's
``throttle_scope``, else ``default``). One statement counts and reads, ``INSERT … ON CONFLICT … RETURNING``;
with a Redis in ``CACHE_URL`` it does.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.api.principal import Principal, principal_of
from core.models import RateCounter

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = timedelta(minutes=1)
DEFAULT = "default"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quota:
    """What a caller may still do: ``remaining`` of ``limit`` requests, for ``reset`` seconds."""

    name: str
    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers, and the older ones many clients read."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={int(WINDOW.total_seconds())}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.reset}',
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class ApplicationThrottle(BaseThrottle):
    """Counts each request of an application and lets pass those within its limit."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self.quota: Quota | None = None
        principal = principal_of(request)
        if principal is None:
            return True
        name = getattr(view, "throttle_scope", DEFAULT)
        self.quota = count(principal=principal, name=name, at=timezone.now())
        # Read by ApiMiddleware, which tells the caller.
        request._request.api_quota = self.quota  # type: ignore[attr-defined]
        return not self.quota.is_exceeded

    def wait(self) -> float | None:
        return float(self.quota.reset) if self.quota else None


def limit_of(principal: Principal, name: str) -> int:
    """Return how many requests a minute are allowed: as agreed with the application, else generally."""
    limits = {**settings.API_RATE_LIMITS, **principal.rate_limits}
    return int(limits.get(name, limits[DEFAULT]))


def count(*, principal: Principal, name: str, at: datetime) -> Quota:
    """Count one request made ``at`` and return what is left."""
    bucket = f"{principal.principal_key}:{name}"
    return count_in(bucket, name=name, limit=limit_of(principal, name), at=at)


def count_in(bucket: str, *, name: str, limit: int, at: datetime) -> Quota:
    """Count one request in ``bucket`` (at most 160 characters), for callers that are no application yet."""
    starts_at, reset = _window(at)
    used = _count_in_redis(bucket, starts_at) if _has_redis() else _count_in_database(bucket, starts_at)
    return Quota(name, limit, used, reset)


def quotas(*, principal: Principal, at: datetime) -> list[Quota]:
    """Return what is left of each kind of request, without counting."""
    starts_at, reset = _window(at)
    names = sorted({*settings.API_RATE_LIMITS, *principal.rate_limits})
    buckets = {f"{principal.principal_key}:{name}": name for name in names}
    if _has_redis():
        found = cache.get_many([_redis_key(bucket, starts_at) for bucket in buckets])
        used = {name: found.get(_redis_key(bucket, starts_at), 0) for bucket, name in buckets.items()}
    else:
        rows = RateCounter.objects.filter(bucket__in=buckets, window_starts_at=starts_at)
        used = {buckets[row.bucket]: row.used for row in rows}
    return [Quota(name, limit_of(principal, name), used.get(name, 0), reset) for name in names]


def _window(at: datetime) -> tuple[datetime, int]:
    seconds = int(at.timestamp())
    length = int(WINDOW.total_seconds())
    start = seconds - seconds % length
    return datetime.fromtimestamp(start, UTC), start + length - seconds


def _has_redis() -> bool:
    return "redis" in settings.CACHES["default"]["BACKEND"].lower()


def _redis_key(bucket: str, starts_at: datetime) -> str:
    return f"rate:{bucket}:{int(starts_at.timestamp())}"


def _count_in_redis(bucket: str, starts_at: datetime) -> int:
    """Count in Redis. When it is away nobody is refused: a limit protects us, it must not stop the trade."""
    key = _redis_key(bucket, starts_at)
    try:
        cache.add(key, 0, timeout=2 * WINDOW.total_seconds())
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
