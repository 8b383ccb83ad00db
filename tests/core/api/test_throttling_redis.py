"""Limits counted by a Redis, where there is one; the database is not asked."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis

from core.api import throttling

NOON = datetime(2026, 11, 11, 12, 0, 5, tzinfo=UTC)
HERE = "redis://127.0.0.1:6379/15"


class Caller:
    rate_limits: dict[str, int] = {"default": 2}

    def __init__(self) -> None:
        self.principal_key = f"application:{uuid.uuid4()}"


@pytest.fixture
def by_redis(settings: Any, socket_enabled: None) -> None:
    try:
        redis.Redis.from_url(HERE, socket_connect_timeout=1).ping()
    except redis.RedisError as error:
        pytest.skip(f"no Redis at {HERE}: {error}")
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": HERE}
    }


def test_redis_counts_each_caller_and_each_minute(by_redis: None) -> None:
    caller, other = Caller(), Caller()

    first = [throttling.count(principal=caller, name="default", at=NOON) for _ in range(3)]
    told = throttling.quotas(principal=caller, at=NOON)
    stranger = throttling.count(principal=other, name="default", at=NOON)
    later = throttling.count(principal=caller, name="default", at=NOON + timedelta(minutes=1))

    assert [quota.used for quota in first] == [1, 2, 3]
    assert [quota.is_exceeded for quota in first] == [False, False, True]
    assert {quota.name: quota.used for quota in told}["default"] == 3
    assert (stranger.used, later.used) == (1, 1)


def test_a_redis_that_is_away_refuses_nobody(settings: Any, socket_enabled: None) -> None:
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    caller = Caller()

    counted = [throttling.count(principal=caller, name="default", at=NOON) for _ in range(3)]

    assert [quota.is_exceeded for quota in counted] == [False, False, False]
