"""Notes among the staff about a file. The merchant never reads them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core import sealed
from core.models import User
from core.services import events
from merchants.models import Application, Note
from merchants.services.review.base import needed


@transaction.atomic
def write(*, application_id: int, text: str, by: User, at: datetime) -> Note:
    """Add a note, sealed under the merchant's key; rows are only added. ``TextNeeded`` for an empty one."""
    application = Application.objects.select_related("merchant").get(pk=application_id)
    blob = sealed.seal(application.merchant.data_key_id, needed(text))
    note = Note.objects.create(merchant_id=application.merchant_id, text=blob, author=by, created_at=at)
    events.record("application.noted", application, merchant_id=application.merchant_id, by=by)
    return note


def of(merchant_id: int) -> list[tuple[Note, str]]:
    """Return the last hundred notes about a merchant with their texts, the newest first; two queries."""
    return read(rows(merchant_id))


def rows(merchant_id: int) -> QuerySet[Note]:
    """Return the last notes, to be read together with more."""
    found: QuerySet[Note] = Note.objects.for_merchant(merchant_id).select_related("author").order_by("-pk")
    return found[:100]


def read(found: Iterable[Note]) -> list[tuple[Note, str]]:
    """Return notes with their texts, with at most one query."""
    kept = list(found)
    return list(zip(kept, sealed.unseal_many([row.text for row in kept]), strict=True))
