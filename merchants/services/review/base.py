"""What every act of the review begins with: the lock, the checks, their refusals."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.enums import ApplicationStatus
from merchants.models import Application

#: How long a file stays with its reviewer after their last act; then a colleague may take it.
HOLD: Final = timedelta(hours=4)


class WrongState(Refusal):
    code = "application_wrong_state"


class NotProposed(WrongState):
    code = "approval_not_proposed"
    default_message = _("Nobody has proposed to approve this application.")


class TakenBySomeone(Refusal):
    code = "application_taken"


class TextNeeded(Refusal):
    code = "text_needed"
    status = 422
    default_message = _("Write what the merchant will read: the fact, the rule and the remedy.")


def lock(application_id: int) -> Application:
    """Lock a file; must run in a transaction."""
    application: Application = (
        Application.objects.select_for_update(of=["self"])
        .select_related("merchant", "assigned_to", "proposed_by")
        .get(pk=application_id)
    )
    return application


def lock_held(application_id: int, by: User) -> Application:
    """Lock a file that this person reviews. Raises ``WrongState``, ``TakenBySomeone``."""
    application = lock(application_id)
    must_be(application, ApplicationStatus.IN_REVIEW)
    must_be_held(application, by)
    return application


def must_be(application: Application, *states: ApplicationStatus) -> None:
    if application.status not in states:
        raise WrongState(
            _("This file is now “%(state)s”: look at it again before you decide.")
            % {"state": application.get_status_display()},
            status=application.status,
        )


def must_be_held(application: Application, by: User) -> None:
    if application.assigned_to_id != by.pk:
        raise taken(application)


def taken(application: Application) -> TakenBySomeone:
    return TakenBySomeone(
        _("%(person)s is already reviewing this file.") % {"person": application.assigned_to or "–"}
    )


def hold(application: Application, by: User | None, at: datetime) -> None:
    """Note that this person reviews the file from now on; who calls saves ``HELD``."""
    application.assigned_to = by
    application.held_since, application.held_until = at, at + HOLD


def let_go(application: Application) -> None:
    """Note that nobody reviews the file at this moment; who calls saves ``HELD``."""
    application.held_since = application.held_until = None


def renew(application: Application, at: datetime) -> None:
    """Let the hold last again from this act on."""
    application.held_until = at + HOLD
    application.save(update_fields=["held_until"])


def needed(text: str) -> str:
    """Return the text without its ends; none at all raises ``TextNeeded``."""
    if not text.strip():
        raise TextNeeded
    return text.strip()


HELD: Final = ("assigned_to", "held_since", "held_until")
