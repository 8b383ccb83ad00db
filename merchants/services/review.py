"""Decide on applications, by two people. Staff only; the caller has checked that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import (
    ApplicationStatus,
    BankAccountState,
    CompanySource,
    DecisionKind,
    DecisionReason,
    DocumentState,
)
from merchants.models import Application, BankAccount, Company, Decision, Document, Reopening
from merchants.services import requirements, stores
from merchants.services.requirements import Blocks

# How long a merchant has to answer a request; nothing is lost afterwards.
ANSWER_DELAY: Final = timedelta(days=14)


class WrongState(Refusal):
    code = "application_wrong_state"


class NotProposed(WrongState):
    code = "approval_not_proposed"
    default_message = _("Nobody has proposed to approve this application.")


class SamePerson(Refusal):
    code = "checker_is_maker"
    default_message = _("You proposed this approval: a second person must confirm it.")


class TakenBySomeone(Refusal):
    code = "application_taken"


class NotReady(Refusal):
    code = "application_not_ready"


class TextNeeded(Refusal):
    code = "text_needed"
    status = 422
    default_message = _("Write what the merchant will read: the fact, the rule and the remedy.")


class NothingAsked(Refusal):
    code = "no_requirement_chosen"
    status = 422
    default_message = _("Choose at least one requirement to open again.")


@transaction.atomic
def take(*, application_id: int, by: User, at: datetime) -> Application:
    """Begin to review a submitted file. One that a colleague holds raises ``TakenBySomeone``; one's own,
    nothing.
    """
    application = _lock(application_id)
    if application.status == ApplicationStatus.IN_REVIEW and application.assigned_to_id == by.pk:
        return application
    if application.status == ApplicationStatus.IN_REVIEW:
        raise TakenBySomeone(
            _("%(person)s is already reviewing this file.") % {"person": application.assigned_to or "–"}
        )
    _must_be(application, ApplicationStatus.SUBMITTED)
    application.status, application.assigned_to = ApplicationStatus.IN_REVIEW, by
    application.save(update_fields=["status", "assigned_to"])
    events.record("application.taken", application, merchant_id=application.merchant_id, by=by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return application


@transaction.atomic
def assign(*, application_id: int, to: User, by: User, at: datetime) -> Application:
    """Give a file that waits or is in review to a colleague."""
    application = _lock(application_id)
    _must_be(application, ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW)
    application.assigned_to = to
    application.save(update_fields=["assigned_to"])
    data = {"to": str(to.public_id)}
    events.record("application.assigned", application, merchant_id=application.merchant_id, by=by, data=data)
    return application


@transaction.atomic
def request_information(
    *,
    application_id: int,
    codes: Sequence[str],
    reason: str,
    text: str,
    by: User,
    at: datetime,
) -> Decision:
    """Open exactly these requirements again; the merchant reads ``text`` word for word.

    A document or bank account that waited behind one of them is refused. Raises ``NothingAsked``,
    ``TextNeeded``, ``TakenBySomeone``, ``WrongState``.
    """
    application = _lock_held(application_id, by)
    known = {item.code for item in requirements.compute(merchant_id=application.merchant_id, at=at).items}
    wanted = [code for code in dict.fromkeys(codes) if code in known]
    if not wanted:
        raise NothingAsked
    text = _needed(text)

    application.status = ApplicationStatus.INFORMATION_REQUESTED
    application.save(update_fields=["status"])
    decision = _decide(application, DecisionKind.REQUEST_INFORMATION, reason, text, by, at, wanted)
    _refuse_what_waited(application.merchant_id, wanted, text, by, at)
    _close_reopenings(application.merchant_id, at)
    Reopening.objects.bulk_create(
        Reopening(merchant_id=application.merchant_id, code=code, decision=decision, due_at=at + ANSWER_DELAY)
        for code in wanted
    )
    _tell("merchant.information_requested", application, decision, by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return decision


@transaction.atomic
def propose(*, application_id: int, by: User, at: datetime, note: str = "") -> Application:
    """Propose to approve; a second person confirms. ``NotReady`` while a requirement is open."""
    application = _lock_held(application_id, by)
    _must_be_ready(application, at)
    application.status = ApplicationStatus.PROPOSED
    application.proposed_by, application.proposed_at = by, at
    application.save(update_fields=["status", "proposed_by", "proposed_at"])
    _decide(application, DecisionKind.PROPOSE, DecisionReason.COMPLETE, note, by, at)
    events.record("application.proposed", application, merchant_id=application.merchant_id, by=by)
    return application


@transaction.atomic
def confirm(*, application_id: int, by: User, at: datetime) -> Application:
    """Open the store that a colleague proposed to approve.

    Requirements are computed again: a document that grew too old meanwhile raises ``NotReady``. A second call
    raises ``NotProposed``; the colleague themself, ``SamePerson``.
    """
    application = _lock(application_id)
    if application.status != ApplicationStatus.PROPOSED:
        raise NotProposed(status=application.status)
    if application.proposed_by_id == by.pk:
        raise SamePerson
    _must_be_ready(application, at)

    application.status = ApplicationStatus.APPROVED
    application.decided_by, application.decided_at = by, at
    application.save(update_fields=["status", "decided_by", "decided_at"])
    decision = _decide(application, DecisionKind.CONFIRM, DecisionReason.COMPLETE, "", by, at)
    _accept_what_was_read(application.merchant_id, by, at)
    stores.open_(merchant_id=application.merchant_id, at=at)
    _tell("merchant.approved", application, decision, by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return application


@transaction.atomic
def send_back(*, application_id: int, text: str, by: User, at: datetime) -> Application:
    """Return a proposal to its reviewer with the reason why; the merchant does not read it."""
    application = _lock(application_id)
    if application.status != ApplicationStatus.PROPOSED:
        raise NotProposed(status=application.status)
    if application.proposed_by_id == by.pk:
        raise SamePerson(_("You proposed this approval: a second person confirms it or sends it back."))
    text = _needed(text)
    application.status = ApplicationStatus.IN_REVIEW
    application.assigned_to = application.proposed_by
    application.proposed_by = application.proposed_at = None
    application.save(update_fields=["status", "assigned_to", "proposed_by", "proposed_at"])
    _decide(application, DecisionKind.SEND_BACK, DecisionReason.OTHER, text, by, at)
    events.record("application.sent_back", application, merchant_id=application.merchant_id, by=by)
    return application


@transaction.atomic
def reject(*, application_id: int, reason: str, text: str, by: User, at: datetime) -> Decision:
    """Refuse to open the store; the merchant reads ``text`` word for word (DSA, article 17)."""
    application = _lock(application_id)
    _must_be(application, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED)
    if application.status == ApplicationStatus.IN_REVIEW:
        _must_be_held(application, by)
    text = _needed(text)
    application.status = ApplicationStatus.REJECTED
    application.decided_by, application.decided_at = by, at
    application.save(update_fields=["status", "decided_by", "decided_at"])
    decision = _decide(application, DecisionKind.REJECT, reason, text, by, at)
    _close_reopenings(application.merchant_id, at)
    _tell("merchant.rejected", application, decision, by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return decision


def _lock(application_id: int) -> Application:
    application: Application = (
        Application.objects.select_for_update(of=["self"])
        .select_related("merchant", "assigned_to", "proposed_by")
        .get(pk=application_id)
    )
    return application


def _lock_held(application_id: int, by: User) -> Application:
    application = _lock(application_id)
    _must_be(application, ApplicationStatus.IN_REVIEW)
    _must_be_held(application, by)
    return application


def _must_be(application: Application, *states: ApplicationStatus) -> None:
    if application.status not in states:
        raise WrongState(
            _("This file is now “%(state)s”: look at it again before you decide.")
            % {"state": application.get_status_display()},
            status=application.status,
        )


def _must_be_held(application: Application, by: User) -> None:
    if application.assigned_to_id != by.pk:
        raise TakenBySomeone(
            _("%(person)s is already reviewing this file.") % {"person": application.assigned_to or "–"}
        )


def _must_be_ready(application: Application, at: datetime) -> None:
    left = requirements.compute(merchant_id=application.merchant_id, at=at).blocking(Blocks.OPENING)
    if left:
        titles = ", ".join(str(item.definition.title) for item in left)
        raise NotReady(
            _("Not possible yet: %(titles)s.") % {"titles": titles}, codes=[item.code for item in left]
        )


def _needed(text: str) -> str:
    if not text.strip():
        raise TextNeeded
    return text.strip()


def _decide(
    application: Application,
    kind: DecisionKind,
    reason: str,
    text: str,
    by: User,
    at: datetime,
    codes: Sequence[str] = (),
) -> Decision:
    return Decision.objects.create(
        application=application,
        kind=kind,
        reason=reason,
        text=text,
        requirements=list(codes),
        decided_by=by,
        created_at=at,
    )


def _tell(event: str, application: Application, decision: Decision, by: User) -> None:
    data = {"decision": str(decision.public_id)}
    events.record(event, application.merchant, merchant_id=application.merchant_id, by=by, data=data)


def _close_reopenings(merchant_id: int, at: datetime) -> None:
    Reopening.objects.for_merchant(merchant_id).filter(answered_at=None).update(answered_at=at)


def _refuse_what_waited(merchant_id: int, codes: Sequence[str], text: str, by: User, at: datetime) -> None:
    if "registration_document" in codes:
        Document.objects.for_merchant(merchant_id).filter(
            kind="registration", state__in=[DocumentState.PENDING, DocumentState.ACCEPTED]
        ).update(state=DocumentState.REFUSED, reviewed_by=by, reviewed_at=at, refusal_text=text)
    if "bank_account" in codes:
        BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.PENDING).update(
            state=BankAccountState.REFUSED
        )


def _accept_what_was_read(merchant_id: int, by: User, at: datetime) -> None:
    Document.objects.for_merchant(merchant_id).filter(state=DocumentState.PENDING).update(
        state=DocumentState.ACCEPTED, reviewed_by=by, reviewed_at=at
    )
    pending = BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.PENDING)
    if pending.exists():
        confirmed = BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.CONFIRMED)
        confirmed.update(state=BankAccountState.REPLACED)
        pending.update(state=BankAccountState.CONFIRMED)
    # What two people compared with the registration document no longer waits for a register.
    Company.objects.for_merchant(merchant_id).filter(source=CompanySource.DECLARED, verified_at=None).update(
        verified_at=at
    )
