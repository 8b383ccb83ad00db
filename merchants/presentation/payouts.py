"""Why a merchant is not paid for the moment, and what ends it: for the page of the money."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from merchants import roles
from merchants.enums import RequirementState
from merchants.models import Membership, Requirement
from merchants.services import standing
from merchants.services.requirements import DEFINITIONS

_DEFINITIONS = {definition.code: definition for definition in DEFINITIONS}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that holds payouts. ``url`` is where it ends, empty for who may not open that page."""

    title: str
    text: str
    url: str
    is_to_do: bool


@dataclass(frozen=True, slots=True)
class Held:
    """All that holds payouts."""

    reasons: list[Reason]

    @property
    def shape(self) -> str:
        return "late" if any(reason.is_to_do for reason in self.reasons) else "us"


def held(*, membership: Membership, at: datetime) -> Held | None:
    """Return why nothing is paid to the store, as this member reads it; None when it is. Reads the snapshot
    of the requirements, which says from when each holds payouts.
    """
    merchant = membership.merchant
    rows = Requirement.objects.for_merchant(merchant).filter(payout_held_from__lte=at).order_by("pk")
    reasons = [_of_requirement(row, membership.role) for row in rows if row.code in _DEFINITIONS]
    if getattr(membership, "has_measure", True):
        measure = standing.payouts_held(merchant_id=merchant.pk, at=at)
        if measure is not None:
            text = _("It holds your payouts. Its page says why, until when, and how to appeal.")
            title = _("Decision %(reference)s") % {"reference": measure.reference}
            url = reverse("merchants:measure", args=[measure.public_id])
            reasons.insert(0, Reason(title, text, url, is_to_do=True))
    return Held(reasons) if reasons else None


def _of_requirement(row: Requirement, role: str) -> Reason:
    definition = _DEFINITIONS[row.code]
    is_with_us = row.state == RequirementState.PENDING_VERIFICATION
    text = _("We are checking what you gave.") if is_with_us else _("Its page says what is missing.")
    area = roles.area_of(definition.url_name)
    may_open = area is None or area.of(role) >= roles.Access.READ
    url = reverse(definition.url_name) if may_open else ""
    return Reason(str(definition.title), text, url, is_to_do=not is_with_us)
