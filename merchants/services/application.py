"""Send the file to the reviewers."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import ngettext_lazy

from core.dates import add_working_hours
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import ApplicationStatus
from merchants.models import Application
from merchants.services import files, requirements
from merchants.services.requirements import Blocks

#: The service level of the review desk: two working days (``core.dates``), public holidays left out.
REVIEW_HOURS: Final = 48
MAY_SEND = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.INFORMATION_REQUESTED})


class Incomplete(Refusal):
    """Refused while something is missing; ``details["codes"]`` names it."""

    code = "application_incomplete"
    status = 422


@transaction.atomic
def submit(*, merchant_id: int, by: User, at: datetime) -> Application:
    """Send the file, or send it again after a request for information.

    ``Incomplete`` names what is missing; a file that is already with the reviewers or decided raises
    ``files.FileWithUs`` or ``files.FileClosed``. Its place in the queue counts from this moment.
    """
    application: Application = Application.objects.select_for_update(of=["self"]).get(merchant=merchant_id)
    if application.status not in MAY_SEND:
        refusal: type[Refusal] = (
            files.FileClosed
            if application.status in {ApplicationStatus.APPROVED, ApplicationStatus.REJECTED}
            else files.FileWithUs
        )
        raise refusal(status=application.status)
    missing = requirements.compute(merchant_id=merchant_id, at=at).blocking(Blocks.SUBMISSION)
    if missing:
        raise _incomplete([item.code for item in missing])

    again = application.status == ApplicationStatus.INFORMATION_REQUESTED
    application.status = ApplicationStatus.SUBMITTED
    application.submitted_at, application.submitted_by = at, by
    application.due_at = add_working_hours(at, REVIEW_HOURS)
    application.save(update_fields=["status", "submitted_at", "submitted_by", "due_at"])
    data: dict[str, Any] = {"again": again}
    events.record("merchant.submitted", application.merchant, merchant_id=merchant_id, by=by, data=data)
    requirements.refresh(merchant_id=merchant_id, at=at)
    return application


def _incomplete(codes: list[str]) -> Incomplete:
    return Incomplete(
        ngettext_lazy(
            "%(count)d task is left before you can send your file.",
            "%(count)d tasks are left before you can send your file.",
            len(codes),
        )
        % {"count": len(codes)},
        codes=codes,
    )
