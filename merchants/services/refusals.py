"""What may follow the refusal of a file: a new draft, or a new reading after an appeal."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import (
    AppealStatus,
    ApplicationStatus,
    DecisionKind,
    DecisionReason,
    MeasureKind,
    MeasureStatus,
)
from merchants.models import Appeal, Application, Decision, Measure
from merchants.services import effects, measures, requirements

#: Reasons that the merchant can mend by itself; the others leave the appeal only.
MENDABLE: Final = frozenset(
    {
        DecisionReason.DOCUMENT_UNREADABLE,
        DecisionReason.DOCUMENT_TOO_OLD,
        DecisionReason.DATA_MISMATCH,
        DecisionReason.COMPANY_CEASED,
        DecisionReason.OTHER,
    }
)


class NotRefused(Refusal):
    code = "application_not_refused"
    default_message = _("This file is not refused.")


class NotMendable(Refusal):
    code = "application_not_mendable"
    default_message = _("The reason of the refusal does not allow a new draft: you may appeal.")


class AppealRuns(Refusal):
    code = "application_appeal_runs"
    default_message = _("We are examining your appeal: wait for our answer before you change the file.")


@transaction.atomic
def start_again(*, merchant_id: int, by: User, at: datetime) -> Application:
    """Make a refused file a draft again, with all its answers, when the reason can be mended.

    Raises ``NotRefused``, ``NotMendable``, ``AppealRuns``.
    """
    application = _lock(merchant_id)
    if application.status != ApplicationStatus.REJECTED:
        raise NotRefused(status=application.status)
    if not may_start_again(application):
        raise NotMendable
    measure = _refusal(application)
    if measure is not None:
        if Appeal.objects.filter(measure=measure).exclude(status=AppealStatus.DECIDED).exists():
            raise AppealRuns
        _end(measure, by, at)
    return _make(application, ApplicationStatus.DRAFT, by, at)


def may_start_again(application: Application) -> bool:
    """Tell whether the last refusal can be mended by the merchant."""
    last = _last_refusal(application)
    return last is not None and last.reason in MENDABLE


def send_back_to_review(measure: Measure, *, by: User, at: datetime) -> None:
    """Put the file of an overturned refusal back into the queue; nobody holds it. Other measures: nothing."""
    _undo(measure, ApplicationStatus.SUBMITTED, by, at)


def send_back_to_merchant(measure: Measure, *, by: User, at: datetime) -> None:
    """Let the merchant correct the file of a refusal that an appeal reduced."""
    if measure.status == MeasureStatus.IN_FORCE:
        _end(measure, by, at)
    _undo(measure, ApplicationStatus.DRAFT, by, at)


def _undo(measure: Measure, status: ApplicationStatus, by: User, at: datetime) -> None:
    if measure.kind != MeasureKind.REFUSAL:
        return
    application = _lock(measure.merchant_id)
    # The merchant may have begun anew meanwhile: another decision is then the one that counts.
    if application.status == ApplicationStatus.REJECTED and measure.decision == _last_refusal(application):
        _make(application, status, by, at)


def _make(application: Application, status: ApplicationStatus, by: User, at: datetime) -> Application:
    application.status = status
    application.assigned_to = application.proposed_by = application.decided_by = None
    application.proposed_at = application.decided_at = None
    fields = ["status", "assigned_to", "proposed_by", "proposed_at", "decided_by", "decided_at"]
    if status == ApplicationStatus.SUBMITTED:
        application.submitted_at = at
        fields.append("submitted_at")
    application.save(update_fields=fields)
    events.record("application.reopened", application, merchant_id=application.merchant_id, by=by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return application


def _end(measure: Measure, by: User, at: datetime) -> None:
    measures.end_refusal(measure, by=by, at=at)


def _lock(merchant_id: int) -> Application:
    effects.lock_merchant(merchant_id)
    application: Application = Application.objects.select_for_update(of=["self"]).get(merchant=merchant_id)
    return application


def _last_refusal(application: Application) -> Decision | None:
    found = Decision.objects.filter(application=application, kind=DecisionKind.REJECT)
    last: Decision | None = found.order_by("-pk").first()
    return last


def _refusal(application: Application) -> Measure | None:
    last = _last_refusal(application)
    found: Measure | None = (
        Measure.objects.select_for_update(of=["self"])
        .select_related("merchant")
        .filter(decision=last, status=MeasureStatus.IN_FORCE)
        .first()
        if last
        else None
    )
    return found
