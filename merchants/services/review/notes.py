"""Notes among the staff about a file. The merchant never reads them."""

from datetime import datetime

from django.db import transaction

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
    rows = list(Note.objects.for_merchant(merchant_id).select_related("author").order_by("-pk")[:100])
    return list(zip(rows, sealed.unseal_many([row.text for row in rows]), strict=True))
