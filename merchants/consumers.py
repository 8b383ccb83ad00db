"""What follows a decision on a file: the line under the bell, the mail."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Event
from core.services import events, jobs
from merchants.enums import CapabilityCode, CapabilityStatus, RequirementState
from merchants.presentation import due
from merchants.services import letters, mails, measure_mails, notifications, scrutiny, staff_mails, team_mails

TEAM_JOB = "merchants.mail_team"
TOLD = {
    "merchant.submitted": _("Your file is with us: we answer within two working days."),
    "merchant.information_requested": _("We need something from you before we can open your store."),
    "merchant.approved": _("Your file is approved and your store is open."),
    "merchant.rejected": _("Your file was refused: read why."),
    "company.corrected": _("We wrote your company’s name and address as the register has them."),
}
BANK_TOLD = {
    "bank_account.change_asked": _("A change of bank account (%(hint)s) was asked for: payouts wait for it."),
    "bank_account.change_confirmed": _("Your payouts now go to the account %(hint)s."),
    "bank_account.change_refused": _("The account %(hint)s was refused: you are paid to the one before."),
    "bank_account.change_cancelled": _("The change to the account %(hint)s was cancelled."),
}
for _kind, _text in (*TOLD.items(), *BANK_TOLD.items()):
    notifications.register(_kind, _text)
PIECES_TOLD = {
    "requirement.accepted": due.accepted,
    "requirement.refused": due.refused,
    "requirement.asked_again": due.asked,
}
for _kind, _words in PIECES_TOLD.items():
    notifications.register(_kind, _words)
notifications.register("requirement.reminded", due.reminded)
notifications.register("requirement.changed", due.asked)
notifications.register("capability.changed", due.capability)


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
    _mail_decision(event)


def _mail_decision(event: Event) -> None:
    jobs.enqueue(
        mails.DECISION_JOB,
        max_attempts=letters.ATTEMPTS,
        key=f"{event.type}:{event.pk}",
        merchant_id=event.merchant_id,
        kind=event.type,
        decision=str(event.data.get("decision", "")),
        event_key=str(event.pk),
    )


@events.consumer("merchants.tell_piece", *PIECES_TOLD, stale_after=timedelta(days=14))
def tell_piece(event: Event) -> None:
    """Tell an open store what became of what it sent again; of what it must do, by mail too."""
    if event.merchant_id is None:
        return
    _line(event)
    if event.type != "requirement.accepted":
        _mail_decision(event)


@events.consumer("merchants.tell_team", *team_mails.KINDS, stale_after=timedelta(days=14))
def tell_team(event: Event) -> None:
    """Have mails written about a change in a team."""
    jobs.enqueue(TEAM_JOB, key=str(event.pk), max_attempts=letters.ATTEMPTS, event_id=event.pk)


@events.consumer("merchants.remind", "requirement.reminded", stale_after=timedelta(days=3))
def remind(event: Event) -> None:
    """Remind the merchant of deadlines in the portal and by mail."""
    if event.merchant_id is None:
        return
    _line(event)
    jobs.enqueue(
        mails.REMINDER_JOB,
        max_attempts=letters.ATTEMPTS,
        key=f"{event.type}:{event.pk}",
        merchant_id=event.merchant_id,
        codes=event.data["requirements"],
        days=event.data["days"],
        event_key=str(event.pk),
    )


@events.consumer("merchants.tell_requirement", "requirement.changed", stale_after=timedelta(days=14))
def tell_requirement(event: Event) -> None:
    """Tell what is asked without a deadline once the store is open; the rest comes with the reminders."""
    is_asked = event.data["to"] == RequirementState.CURRENTLY_DUE and event.data["due_at"] is None
    if event.data["is_open_store"] and is_asked:
        _line(event)


@events.consumer("merchants.tell_capability", "capability.changed", stale_after=timedelta(days=14))
def tell_capability(event: Event) -> None:
    """Tell what an open store may no longer do, or may do again; one market alone, its requirement tells."""
    is_told = event.data["to"] in {CapabilityStatus.INACTIVE, CapabilityStatus.ACTIVE}
    if event.data["is_open_store"] and is_told and event.data["capability"] != CapabilityCode.PUBLISH:
        _line(event)


def _line(event: Event) -> None:
    if event.merchant_id is not None:
        notifications.notify(
            merchant_id=event.merchant_id,
            kind=event.type,
            url=reverse("merchants:file"),
            data=event.data,
            event_id=event.public_id,
        )


@events.consumer("merchants.tell_measure", *measure_mails.NEWS, stale_after=timedelta(days=30))
def tell_measure(event: Event) -> None:
    """Tell the merchant of a measure or of an appeal."""
    measure_mails.tell(event)


@events.consumer("merchants.tell_bank_change", *BANK_TOLD, stale_after=timedelta(days=14))
def tell_bank_change(event: Event) -> None:
    """Tell the merchant in the portal, and every owner by mail: whoever changed it may be somebody else."""
    if event.merchant_id is None:
        return
    notifications.notify(
        merchant_id=event.merchant_id,
        kind=event.type,
        url=reverse("merchants:bank"),
        data={"hint": event.data.get("hint", "")},
        event_id=event.public_id,
    )
    jobs.enqueue(
        mails.BANK_JOB,
        max_attempts=letters.ATTEMPTS,
        key=f"{event.type}:{event.pk}",
        merchant_id=event.merchant_id,
        kind=event.type,
        account=str(event.data.get("account", "")),
        event_key=str(event.pk),
    )


@events.consumer(
    "merchants.scrutinize",
    *("merchant.submitted", "company.changed", "company.corrected", "company.checked", "bank_account.added"),
    *("person.added", "person.changed", "person.ended", "document.infected"),
    *("member.joined", "member.left", "member.removed"),
)
def scrutinize(event: Event) -> None:
    """Compare a merchant anew with the others and with the freeze list, by a job."""
    if event.merchant_id is not None:
        jobs.enqueue(scrutiny.JOB, key=f"merchant:{event.merchant_id}", merchant_id=event.merchant_id)


@events.consumer("merchants.tell_staff", "document.infected", stale_after=timedelta(days=14))
def tell_staff(event: Event) -> None:
    """Tell the reviewers that malware was found in what a merchant sent."""
    jobs.enqueue(
        staff_mails.INFECTED_JOB,
        key=str(event.pk),
        max_attempts=letters.ATTEMPTS,
        document=str(event.subject_id),
        threat=event.data["threat"],
        event_key=str(event.pk),
    )
