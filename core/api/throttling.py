"""How many requests a caller may make, told in every answer.

Requests are counted in fixed windows of a minute, per application and kind of request (the view's
``throttle_scope``, else ``default``); ``core.services.rates`` counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.api.principal import Principal, principal_of
from core.services import rates

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = timedelta(minutes=1)
DEFAULT = "default"


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
    used = rates.count(bucket, starts_at=starts_at, length=WINDOW)
    return Quota(name, limit, used, reset)


def quotas(*, principal: Principal, at: datetime) -> list[Quota]:
    """Return what is left of each kind of request, without counting."""
    starts_at, reset = _window(at)
    buckets = {
        name: f"{principal.principal_key}:{name}"
        for name in sorted({*settings.API_RATE_LIMITS, *principal.rate_limits})
    }
    used = rates.used(list(buckets.values()), starts_at=starts_at)
    return [
        Quota(name, limit_of(principal, name), used.get(bucket, 0), reset) for name, bucket in buckets.items()
    ]


def _window(at: datetime) -> tuple[datetime, int]:
    # Whole seconds, as the answer's headers tell them.
    starts_at, reset = rates.window_of(at.replace(microsecond=0), WINDOW)
    return starts_at, int(reset)
