"""How long answers to repeated requests are kept."""

from datetime import datetime, timedelta

from core.models import IdempotencyKey

KEPT_FOR = timedelta(hours=48)
BATCH = 5000


def forget_old(*, at: datetime) -> int:
    """Remove the answers older than 48 hours, in batches each in its own transaction; return how many."""
    forgotten = 0
    while True:
        old = IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).order_by("created_at")
        batch, _per_model = IdempotencyKey.objects.filter(pk__in=old.values("pk")[:BATCH]).delete()
        forgotten += batch
        if batch < BATCH:
            return forgotten
