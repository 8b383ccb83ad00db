"""What becomes of a merchant's data of people once the law no longer makes us keep them: erased, for good.

Destroying the merchant's key erases what it seals, in tables, history and replicas (ADR 0003). What is
compared across merchants (``Trait``) is no sealed text but a hash under a key that all share: it is removed
here, and so are the addresses of the people who were invited.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.refusals import Refusal
from core.services import events
from merchants.enums import MerchantStatus
from merchants.models import Invitation, Merchant, Trait

#: After the closing of a store that was open: its accounts (Code de commerce, L123-22), and what platforms
#: declare of sellers (directive 2021/514 "DAC7", annex V, section IV: at most ten years).
KEPT_FOR: Final = timedelta(days=3653)
#: Of one that never opened: regulation 2022/2065 (DSA), article 30(5).
NEVER_OPENED_KEPT_FOR: Final = timedelta(days=183)
BATCH: Final = 100


class StillKept(Refusal):
    """The store is not closed, or not for long enough."""

    code = "merchant_still_kept"
    default_message = _("The law still makes us keep the data of this merchant.")


@transaction.atomic
def erase(*, merchant_id: int, at: datetime) -> Merchant:
    """Erase a merchant's sealed data and all that was derived from them. A second call changes nothing.

    Raises ``StillKept``; then nothing has changed.
    """
    rows = Merchant.objects.select_for_update(of=["self"]).select_related("data_key")
    merchant: Merchant = rows.get(pk=merchant_id)
    if merchant.data_key.destroyed_at is not None:
        return merchant
    if not Merchant.objects.filter(_due(at), pk=merchant_id).exists():
        raise StillKept
    sealed.destroy(merchant.data_key_id, at=at)
    Trait.objects.for_merchant(merchant).delete()
    for pk in Invitation.objects.for_merchant(merchant).order_by("pk").values_list("pk", flat=True):
        Invitation.objects.filter(pk=pk).update(email=f"erased-{pk}@account.invalid")
    events.record("merchant.erased", merchant, merchant_id=merchant.pk)
    return merchant


def erase_due(*, at: datetime) -> int:
    """Erase the merchants whose time has come, each in its own transaction; returns how many."""
    due = Merchant.objects.filter(_due(at), data_key__destroyed_at=None).order_by("closed_at", "pk")
    found = list(due.values_list("pk", flat=True)[:BATCH])
    for pk in found:
        erase(merchant_id=pk, at=at)
    return len(found)


def _due(at: datetime) -> Q:
    was_open = Q(opened_at__isnull=False, closed_at__lte=at - KEPT_FOR)
    never = Q(opened_at=None, closed_at__lte=at - NEVER_OPENED_KEPT_FOR)
    return Q(status=MerchantStatus.CLOSED) & (was_open | never)
