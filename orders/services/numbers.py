"""Numbers that people read: PA-2611-48213. Ascending, never used twice; gaps mean nothing."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def draw(count: int, *, at: datetime) -> list[str]:
    """Draw so many numbers with one statement. Year and month are those of Paris."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number') FROM generate_series(1, %s)", [count])
        drawn = [number for (number,) in cursor.fetchall()]
    month = timezone.localtime(at).strftime("%y%m")
    return [f"PA-{month}-{number:05d}" for number in drawn]
