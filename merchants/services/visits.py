"""Staff look at the portal as the merchant does: read-only, for a reason, for half an hour, and it is kept.

The doors check ``PERMISSION`` and refuse whatever would change something.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit, sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.models import Merchant, SupportPage, SupportVisit

PERMISSION: Final = "merchants.visit_as_merchant"
#: Where the session of the visitor keeps the visit's public identifier.
SESSION_KEY: Final = "support_visit"
LASTS: Final = timedelta(minutes=30)
REASON_LETTERS: Final = 10


class ReasonTooShort(Refusal):
    """The merchant reads the reason: ten letters at least, such as a ticket and what is asked in it."""

    code = "visit_reason_too_short"
    status = 422
    default_message = _("Say why in at least 10 letters: the merchant can read it.")


@transaction.atomic
def begin(*, merchant_id: int, reason: str, by: User, at: datetime) -> SupportVisit:
    """Begin a visit; one that the person had open ends. Raises ``ReasonTooShort``."""
    reason = " ".join(reason.split())
    if len(reason) < REASON_LETTERS:
        raise ReasonTooShort
    # The visitor first: two tabs at once do not leave two visits open.
    User.objects.select_for_update().get(pk=by.pk)
    merchant = Merchant.objects.get(pk=merchant_id)
    for visit in SupportVisit.objects.filter(visitor=by, ended_at=None):
        end(visit_id=visit.pk, at=at)
    with audit.acting(reason=reason):
        visit = SupportVisit.objects.create(
            merchant=merchant,
            visitor=by,
            reason=sealed.seal(merchant.data_key_id, reason),
            expires_at=at + LASTS,
            created_at=at,
        )
    events.record("support.visit_began", visit, merchant_id=merchant_id, by=by)
    return visit


@transaction.atomic
def end(*, visit_id: int, at: datetime) -> None:
    """End a visit, at its limit if that is past. A second call changes nothing."""
    visit = SupportVisit.objects.select_for_update(of=["self"]).select_related("visitor").get(pk=visit_id)
    if visit.ended_at is not None:
        return
    visit.ended_at = min(at, visit.expires_at)
    visit.save(update_fields=["ended_at"])
    events.record("support.visit_ended", visit, merchant_id=visit.merchant_id, by=visit.visitor)


@transaction.atomic
def end_of(*, visitor_id: int, at: datetime) -> None:
    """End whatever visit a person has open: they sign out."""
    for pk in SupportVisit.objects.filter(visitor_id=visitor_id, ended_at=None).values_list("pk", flat=True):
        end(visit_id=pk, at=at)


def current(*, public_id: str, visitor_id: int, at: datetime) -> SupportVisit | None:
    """Return a person's visit while it lasts. Never another's, whatever a session says."""
    found: SupportVisit | None = (
        SupportVisit.objects.select_related("merchant")
        .filter(public_id=public_id, visitor_id=visitor_id, ended_at=None, expires_at__gt=at)
        .first()
    )
    return found


def note_page(*, visit_id: int, path: str, at: datetime) -> None:
    """Keep that a page was seen."""
    SupportPage.objects.create(visit_id=visit_id, path=path[:300], seen_at=at)


def reason_of(visit: SupportVisit) -> str:
    """Return why it was; ``sealed.ERASED`` once the merchant's data are."""
    return sealed.unseal(visit.reason)
