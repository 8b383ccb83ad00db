"""What follows a decision on a file: the line under the bell, the mail."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Event
from core.services import events, jobs
from merchants.services import notifications, team_mails

MAIL_JOB = "merchants.mail_decision"
TEAM_JOB = "merchants.mail_team"
TOLD = {
    "merchant.submitted": _("Your file is with us: we answer within two working days."),
    "merchant.information_requested": _("We need something from you before we can open your store."),
    "merchant.approved": _("Your file is approved and your store is open."),
    "merchant.rejected": _("Your file was refused: read why."),
}
for _kind, _text in TOLD.items():
    notifications.register(_kind, _text)


@events.consumer("merchants.tell_decision", *TOLD, stale_after=timedelta(days=14))
def tell_decision(event: Event) -> None:
    """Tell the merchant in the portal, and by mail through a job: both once an event."""
    if event.merchant_id is None:
        return
    notifications.notify(
        merchant_id=event.merchant_id,
        kind=event.type,
        url=reverse("merchants:file"),
        event_id=event.public_id,
    )
    jobs.enqueue(
        MAIL_JOB,
        key=f"{event.type}:{event.pk}",
        merchant_id=event.merchant_id,
        kind=event.type,
        decision=str(event.data.get("decision", "")),
        event_key=str(event.pk),
    )


@events.consumer("merchants.tell_team", *team_mails.KINDS, stale_after=timedelta(days=14))
def tell_team(event: Event) -> None:
    """Have mails written about a change in a team."""
    jobs.enqueue(TEAM_JOB, key=str(event.pk), event_id=event.pk)
