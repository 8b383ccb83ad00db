"""What measures in force do to a merchant: its status, its systems, and what the world is told.

Called by ``measures`` and ``appeals`` with merchant and measure locked.
"""

from datetime import datetime
from typing import Final

from core.models import User
from core.services import events
from merchants.enums import MeasureKind, MeasureStatus, MerchantStatus
from merchants.models import Measure, Merchant, MerchantApplication
from merchants.services import files
from partners.services import applications

#: What the strictest measure in force makes of an open store, strictest first.
STATUS_OF: Final = {
    MeasureKind.TERMINATION: MerchantStatus.CLOSED,
    MeasureKind.SUSPENSION: MerchantStatus.SUSPENDED,
    MeasureKind.RESTRICTION: MerchantStatus.RESTRICTED,
}
EVENT_OF: Final = {
    MerchantStatus.CLOSED: "merchant.closed",
    MerchantStatus.SUSPENDED: "merchant.suspended",
    MerchantStatus.RESTRICTED: "merchant.restricted",
    MerchantStatus.ACTIVE: "merchant.reinstated",
}


def lock_merchant(merchant_id: int) -> Merchant:
    """Lock the file, then the merchant."""
    files.lock(merchant_id=merchant_id)
    merchant: Merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
    return merchant


def settle(merchant: Merchant, measure: Measure, *, by: User | None, at: datetime) -> None:
    """Bring the merchant's status in line with its measures after ``measure`` began or ended.

    The public events ``merchant.restricted``, ``.suspended``, ``.closed`` and ``.reinstated`` are recorded
    when the status changes, and when a further restriction begins.
    """
    if measure.kind == MeasureKind.REFUSAL:
        return
    was_ended_by_it = measure.kind == MeasureKind.TERMINATION and measure.began_at is not None
    if merchant.status == MerchantStatus.CLOSED and not was_ended_by_it:
        return  # A store that closed for another reason stays closed.
    before = merchant.status
    merchant.status = _status(merchant)
    if merchant.status == MerchantStatus.CLOSED:
        merchant.closed_at = at
        measure.taken = {"applications": _shut_out(merchant, by, at)}
        measure.save(update_fields=["taken"])
    else:
        merchant.closed_at = None
        _let_in(measure, by, at)
    merchant.save(update_fields=["status", "closed_at"])
    begins = measure.status == MeasureStatus.IN_FORCE
    if merchant.status != before or (begins and merchant.status == STATUS_OF[MeasureKind(measure.kind)]):
        data = {
            "measure": str(measure.public_id),
            "kind": measure.kind,
            "capability": measure.capability,
            "market": measure.country,
            "ends_at": measure.ends_at.isoformat() if begins and measure.ends_at else None,
        }
        event = EVENT_OF[MerchantStatus(merchant.status)]
        events.record(event, merchant, merchant_id=merchant.pk, by=by, data=data)


def _status(merchant: Merchant) -> MerchantStatus:
    in_force = Measure.objects.for_merchant(merchant).filter(status=MeasureStatus.IN_FORCE)
    kinds = set(in_force.values_list("kind", flat=True))
    return next((status for kind, status in STATUS_OF.items() if kind in kinds), MerchantStatus.ACTIVE)


def _shut_out(merchant: Merchant, by: User | None, at: datetime) -> list[int]:
    """End the tokens of the merchant's systems; return which were working."""
    links = MerchantApplication.objects.for_merchant(merchant).filter(application__is_active=True)
    working = list(links.order_by("application_id").values_list("application_id", flat=True))
    for application_id in working:
        applications.deactivate(application_id=application_id, by=by, at=at)
    return working


def _let_in(measure: Measure, by: User | None, at: datetime) -> None:
    """Let the systems in again that this measure shut out; they ask for new tokens themselves."""
    for application_id in measure.taken.get("applications", []):
        applications.activate(application_id=application_id, by=by, at=at)
