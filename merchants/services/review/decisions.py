"""What becomes of a file: asked for more, proposed, confirmed, sent back, refused."""

from collections.abc import Mapping, Sequence
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
    Verdict,
)
from merchants.models import (
    Application,
    BankAccount,
    Company,
    Decision,
    Document,
    Reopening,
    RequirementCheck,
)
from merchants.services import bank, documents, measures, requirements, screening, stores
from merchants.services.requirements import Answer, Blocks, Item
from merchants.services.review import checks
from merchants.services.review.base import (
    HELD,
    NotProposed,
    hold,
    let_go,
    lock,
    lock_held,
    must_be,
    must_be_held,
    needed,
)

# How long a merchant has to answer a request; nothing is lost afterwards.
ANSWER_DELAY: Final = timedelta(days=14)


class SamePerson(Refusal):
    code = "checker_is_maker"
    default_message = _("You proposed this approval: a second person must confirm it.")


class NotReady(Refusal):
    code = "application_not_ready"


class NameMatched(Refusal):
    code = "name_match_open"
    default_message = _(
        "A name is like one of the register of frozen assets: a lead reviewer must say first who it is."
    )


class NotChecked(Refusal):
    code = "requirements_not_checked"


class NothingAsked(Refusal):
    code = "no_requirement_chosen"
    status = 422
    default_message = _("Choose at least one requirement to open again.")


@transaction.atomic
def request_information(
    *,
    application_id: int,
    by: User,
    at: datetime,
    codes: Sequence[str] = (),
    reason: str = "",
    text: str = "",
) -> Decision:
    """Open exactly these requirements again, by default those that were found to be corrected.

    The merchant reads ``text`` word for word, then what was written of each requirement; one of the two is
    needed for each. A document or bank account that waited behind one of them is refused. What was found of
    them is forgotten: the answers are read anew. Raises ``NothingAsked``, ``TextNeeded``, ``TakenBySomeone``,
    ``WrongState``.
    """
    application = lock_held(application_id, by)
    asked = _asked(application, codes, at)
    if not asked:
        raise NothingAsked
    if any(check is None for _item, check in asked):
        text = needed(text)
    reason = reason or next((check.reason for _item, check in asked if check), DecisionReason.OTHER)
    whole = request_text(text, [(str(item.definition.title), check) for item, check in asked])
    wanted = {item.code: check.text if check else text for item, check in asked}

    application.status = ApplicationStatus.INFORMATION_REQUESTED
    let_go(application)
    application.save(update_fields=["status", *HELD])
    decision = _decide(application, DecisionKind.REQUEST_INFORMATION, reason, whole, by, at, list(wanted))
    _refuse_what_waited(application.merchant_id, wanted, by, at)
    _close_reopenings(application.merchant_id, at)
    Reopening.objects.bulk_create(
        Reopening(
            merchant_id=application.merchant_id,
            code=code,
            decision=decision,
            text=words,
            due_at=at + ANSWER_DELAY,
        )
        for code, words in wanted.items()
    )
    RequirementCheck.objects.filter(application=application, code__in=wanted).delete()
    _tell("merchant.information_requested", application, decision, by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return decision


def request_text(text: str, asked: Sequence[tuple[str, RequirementCheck | None]]) -> str:
    """Return the whole of what a request for information says: the introduction, then each requirement."""
    said = [check.text for _title, check in asked if check]
    return "\n\n".join(part for part in [text.strip(), *dict.fromkeys(said)] if part)


@transaction.atomic
def propose(*, application_id: int, by: User, at: datetime, note: str = "") -> Application:
    """Propose to approve; a second person confirms.

    ``NotReady`` while a requirement is open, ``NotChecked`` while a person has one to read.
    """
    application = lock_held(application_id, by)
    answer = _must_be_ready(application, at)
    if left := checks.unfinished(answer, checks.of(application)):
        raise NotChecked(
            _("First say what you found of: %(titles)s.") % {"titles": _titles(left)},
            codes=[item.code for item in left],
        )
    application.status = ApplicationStatus.PROPOSED
    application.proposed_by, application.proposed_at = by, at
    let_go(application)
    application.save(update_fields=["status", "proposed_by", "proposed_at", *HELD])
    _decide(application, DecisionKind.PROPOSE, DecisionReason.COMPLETE, note, by, at)
    events.record("application.proposed", application, merchant_id=application.merchant_id, by=by)
    return application


def confirm(*, application_id: int, by: User, at: datetime) -> Application:
    """Open the store that a colleague proposed to approve.

    Names are screened first, in a transaction of its own: what is found stays. Requirements are computed
    again: a document that grew too old meanwhile raises ``NotReady``. A second call raises ``NotProposed``;
    the colleague themself, ``SamePerson``; a match with the freeze list that no lead cleared,
    ``NameMatched``.
    """
    screening.screen(application_id=application_id, at=at)
    return _confirm(application_id, by, at)


@transaction.atomic
def _confirm(application_id: int, by: User, at: datetime) -> Application:
    application = lock(application_id)
    if application.status != ApplicationStatus.PROPOSED:
        raise NotProposed(status=application.status)
    if application.proposed_by_id == by.pk:
        raise SamePerson
    _must_be_ready(application, at)
    if screening.blocking(application.merchant_id):
        raise NameMatched

    application.status = ApplicationStatus.APPROVED
    application.decided_by, application.decided_at = by, at
    application.save(update_fields=["status", "decided_by", "decided_at"])
    decision = _decide(application, DecisionKind.CONFIRM, DecisionReason.COMPLETE, "", by, at)
    _accept_what_was_read(application.merchant_id, by, at)
    bank.accept_with_file(application=application, by=by, at=at)
    stores.open_(merchant_id=application.merchant_id, at=at)
    _tell("merchant.approved", application, decision, by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return application


@transaction.atomic
def send_back(*, application_id: int, text: str, by: User, at: datetime) -> Application:
    """Return a proposal to its reviewer with the reason why; the merchant does not read it."""
    application = lock(application_id)
    if application.status != ApplicationStatus.PROPOSED:
        raise NotProposed(status=application.status)
    if application.proposed_by_id == by.pk:
        raise SamePerson(_("You proposed this approval: a second person confirms it or sends it back."))
    text = needed(text)
    application.status = ApplicationStatus.IN_REVIEW
    hold(application, application.proposed_by, at)
    application.proposed_by = application.proposed_at = None
    application.save(update_fields=["status", "proposed_by", "proposed_at", *HELD])
    _decide(application, DecisionKind.SEND_BACK, DecisionReason.OTHER, text, by, at)
    events.record("application.sent_back", application, merchant_id=application.merchant_id, by=by)
    return application


@transaction.atomic
def reject(*, application_id: int, reason: str, text: str, by: User, at: datetime) -> Decision:
    """Refuse to open the store; the merchant reads ``text`` word for word (DSA, article 17)."""
    application = lock(application_id)
    must_be(application, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED)
    if application.status == ApplicationStatus.IN_REVIEW:
        must_be_held(application, by)
    text = needed(text)
    application.status = ApplicationStatus.REJECTED
    application.decided_by, application.decided_at = by, at
    let_go(application)
    application.save(update_fields=["status", "decided_by", "decided_at", *HELD])
    decision = _decide(application, DecisionKind.REJECT, reason, text, by, at)
    _close_reopenings(application.merchant_id, at)
    measures.refuse_application(decision=decision, by=by, at=at)
    _tell("merchant.rejected", application, decision, by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return decision


def _asked(
    application: Application, codes: Sequence[str], at: datetime
) -> list[tuple[Item, RequirementCheck | None]]:
    to_correct = {
        row.code: row
        for row in RequirementCheck.objects.filter(application=application, verdict=Verdict.TO_CORRECT)
    }
    wanted = set(codes) or set(to_correct)
    items = requirements.compute(merchant_id=application.merchant_id, at=at).items
    return [(item, to_correct.get(item.code)) for item in items if item.code in wanted]


def _must_be_ready(application: Application, at: datetime) -> Answer:
    answer = requirements.compute(merchant_id=application.merchant_id, at=at)
    if left := answer.blocking(Blocks.OPENING):
        raise NotReady(
            _("Not possible yet: %(titles)s.") % {"titles": _titles(left)},
            codes=[item.code for item in left],
        )
    return answer


def _titles(items: Sequence[Item]) -> str:
    return ", ".join(str(item.definition.title) for item in items)


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


def _refuse_what_waited(merchant_id: int, wanted: Mapping[str, str], by: User, at: datetime) -> None:
    for kind, code in documents.REQUIREMENT.items():
        if code in wanted:
            Document.objects.for_merchant(merchant_id).filter(
                kind=kind, state__in=[DocumentState.PENDING, DocumentState.ACCEPTED]
            ).update(state=DocumentState.REFUSED, reviewed_by=by, reviewed_at=at, refusal_text=wanted[code])
    if "bank_account" in wanted:
        BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.PENDING).update(
            state=BankAccountState.REFUSED
        )


def _accept_what_was_read(merchant_id: int, by: User, at: datetime) -> None:
    Document.objects.for_merchant(merchant_id).filter(state=DocumentState.PENDING).update(
        state=DocumentState.ACCEPTED, reviewed_by=by, reviewed_at=at
    )
    # What two people compared with the registration document no longer waits for a register.
    Company.objects.for_merchant(merchant_id).filter(source=CompanySource.DECLARED, verified_at=None).update(
        verified_at=at
    )
