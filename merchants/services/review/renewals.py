"""What an open store sends again, read by a person: one requirement at a time, accepted or refused.

The queue is the engine's own snapshot: the requirements of open stores that wait for a person. A change of
bank account is decided at its own desk, with its proof (``bank_changes``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import (
    BankAccountState,
    DecisionKind,
    DecisionReason,
    DocumentState,
    EprState,
    MerchantStatus,
    RequirementState,
)
from merchants.models import (
    BankAccount,
    Company,
    Decision,
    Document,
    EprIdentifier,
    Reading,
    Reopening,
    Requirement,
)
from merchants.services import documents, epr, files, requirements
from merchants.services.epr_registers import code_of, looks_right
from merchants.services.requirements import File, Item
from merchants.services.review.base import HOLD, TakenBySomeone, needed
from merchants.services.review.checks import ReasonNeeded, UnknownRequirement
from merchants.services.review.decisions import ANSWER_DELAY

#: The reasons for which a requirement waits for a person who reads.
READ: Final = frozenset({"document_read", "epr_read", "owners_read"})
_KINDS: Final = {code: kind for kind, code in documents.REQUIREMENT.items()}


class NothingToRead(Refusal):
    code = "nothing_to_read"
    default_message = _("Nothing waits to be read here any more: look at it again.")


class Changed(Refusal):
    code = "piece_changed"
    default_message = _("The merchant has sent something else meanwhile: read it again before you decide.")


class StoreNotOpen(Refusal):
    code = "store_not_open"
    default_message = _("This store is not open: its file is decided as a whole.")


class NotAskedHere(Refusal):
    code = "requirement_not_asked_here"
    default_message = _(
        "This is not asked again here: the company changes by its register, the account by a change of "
        "account."
    )


def waiting() -> QuerySet[Requirement]:
    """Return the requirements of open stores that wait for a person who reads, oldest first."""
    changes = BankAccount.objects.filter(merchant=OuterRef("merchant"), state=BankAccountState.PENDING)
    rows: QuerySet[Requirement] = (
        Requirement.objects.filter(
            state=RequirementState.PENDING_VERIFICATION, reason__in=READ, merchant__opened_at__isnull=False
        )
        .exclude(merchant__status=MerchantStatus.CLOSED)
        .exclude(Q(code="bank_proof") & Exists(changes))
    )
    return rows.order_by("since", "pk")


def reading_of(requirement: Requirement) -> Reading | None:
    """Return who reads a piece, were their hold over."""
    return (
        Reading.objects.select_related("reader")
        .filter(merchant=requirement.merchant_id, code=requirement.code)
        .first()
    )


@transaction.atomic
def take(*, requirement_id: int, by: User, at: datetime) -> Reading:
    """Read a piece: nobody else may decide on it while the hold lasts. ``TakenBySomeone`` names who does."""
    requirement, _item, _file = _lock(requirement_id, at)
    held = reading_of(requirement)
    if held is not None and held.reader_id != by.pk and held.held_until > at:
        raise _taken(held)
    return _hold(requirement, by, at)


@transaction.atomic
def assign(*, requirement_id: int, to: User, by: User, at: datetime) -> Reading:
    """Give a piece to a colleague, whoever held it. For those who lead; the door has checked that."""
    requirement, _item, _file = _lock(requirement_id, at)
    held = _hold(requirement, to, at)
    _tell("requirement.assigned", requirement, by, to=str(to.public_id))
    return held


@transaction.atomic
def release(*, requirement_id: int, by: User, at: datetime) -> None:
    """Put a piece back into the queue."""
    requirement, _item, _file = _lock(requirement_id, at)
    _must_be_held(requirement, by)
    Reading.objects.filter(merchant=requirement.merchant_id, code=requirement.code).delete()


@transaction.atomic
def accept(*, requirement_id: int, seen: str, by: User, at: datetime) -> Decision:
    """Accept what was read; the merchant is told, and regains what waited for it alone.

    ``seen`` is ``fingerprint`` of what the page showed: ``Changed`` when the merchant sent something else
    meanwhile. Raises ``NothingToRead``, ``TakenBySomeone``.
    """
    requirement, file = _lock_read(requirement_id, seen, by, at)
    _settle(file, requirement.code, "", by, at)
    return _decide(requirement, file, DecisionKind.ACCEPT_PIECE, DecisionReason.COMPLETE, "", by, at)


@transaction.atomic
def refuse(*, requirement_id: int, seen: str, reason: str, text: str, by: User, at: datetime) -> Decision:
    """Refuse what was read; the merchant reads ``text`` word for word, and is given time to mend it.

    Raises ``ReasonNeeded``, ``TextNeeded`` and what ``accept`` raises.
    """
    requirement, file = _lock_read(requirement_id, seen, by, at)
    if not reason:
        raise ReasonNeeded
    text = needed(text)
    _settle(file, requirement.code, text, by, at)
    return _decide(requirement, file, DecisionKind.REFUSE_PIECE, reason, text, by, at)


@transaction.atomic
def ask_again(*, requirement_id: int, reason: str, text: str, by: User, at: datetime) -> Decision:
    """Ask an open store for one requirement again, as the law wants where it seems no longer right (DSA,
    art. 30(3)). Past its deadline it holds what the requirement blocks.

    Raises ``NotAskedHere``, ``ReasonNeeded``, ``TextNeeded``.
    """
    requirement, item, file = _lock(requirement_id, at)
    if requirement.code in files.DECIDED:
        raise NotAskedHere
    if not reason:
        raise ReasonNeeded
    text = needed(text)
    if item.is_open and file.reopening(item.code) is not None:
        raise NotAskedHere(_("It is asked of the merchant already: wait for the answer."))
    return _decide(requirement, file, DecisionKind.REQUEST_INFORMATION, reason, text, by, at)


def fingerprint(file: File, code: str) -> str:
    """Name what waits to be read of a requirement, so that a decision is on that and nothing else."""
    if code in _KINDS:
        return " ".join(str(row.pk) for row in _unread(file, code))
    if code == "beneficial_owners" and file.company and file.company.ownership_declared_at:
        return file.company.ownership_declared_at.isoformat()
    return " ".join(f"{row.country}{row.stream}{row.identifier}" for row in odd_identifiers(file, code))


def odd_identifiers(file: File, code: str) -> list[EprIdentifier]:
    """Return the EPR identifiers of a requirement whose shape a person must look up."""
    return [
        row
        for row in file.epr
        if code_of(row.country) == code
        and row.state == EprState.DECLARED
        and not looks_right(row.country, row.stream, row.identifier)
    ]


def _unread(file: File, code: str) -> Sequence[Document]:
    kind = _KINDS[code]
    return [row for row in file.documents if row.kind == kind and row.state == DocumentState.PENDING]


def _lock(requirement_id: int, at: datetime) -> tuple[Requirement, Item, File]:
    """Lock the file of an open store and compute the requirement anew under the lock."""
    found = Requirement.objects.select_related("merchant").get(pk=requirement_id)
    files.lock(merchant_id=found.merchant_id)
    answer = requirements.compute(merchant_id=found.merchant_id, at=at)
    item = answer.item(found.code)
    if item is None:
        raise UnknownRequirement
    if not answer.file.was_opened or answer.file.merchant.status == MerchantStatus.CLOSED:
        raise StoreNotOpen
    return found, item, answer.file


def _lock_read(requirement_id: int, seen: str, by: User, at: datetime) -> tuple[Requirement, File]:
    requirement, item, file = _lock(requirement_id, at)
    if item.state != RequirementState.PENDING_VERIFICATION or item.finding.reason not in READ:
        raise NothingToRead
    _must_be_held(requirement, by)
    if fingerprint(file, requirement.code) != seen:
        raise Changed
    return requirement, file


def _hold(requirement: Requirement, to: User, at: datetime) -> Reading:
    held, _created = Reading.objects.update_or_create(
        merchant_id=requirement.merchant_id,
        code=requirement.code,
        defaults={"reader": to, "held_since": at, "held_until": at + HOLD},
    )
    return held


def _must_be_held(requirement: Requirement, by: User) -> None:
    held = reading_of(requirement)
    if held is None or held.reader_id != by.pk:
        raise _taken(held)


def _taken(held: Reading | None) -> TakenBySomeone:
    if held is None:
        return TakenBySomeone(_("Take this piece before you decide on it."))
    return TakenBySomeone(_("%(person)s is already reading this piece.") % {"person": held.reader})


def _settle(file: File, code: str, refusal: str, by: User, at: datetime) -> None:
    """Write what was decided on what was read; ``refusal`` is empty where it is accepted."""
    if code in _KINDS:
        state = DocumentState.REFUSED if refusal else DocumentState.ACCEPTED
        unread = Document.objects.filter(pk__in=[row.pk for row in _unread(file, code)])
        unread.update(state=state, reviewed_by=by, reviewed_at=at, refusal_text=refusal)
    elif code == "beneficial_owners":
        Company.objects.for_merchant(file.merchant).update(ownership_read_at=at)
    else:
        for row in odd_identifiers(file, code):
            who: dict[str, Any] = {"identifier_id": row.pk, "identifier": row.identifier, "by": by, "at": at}
            epr.refuse(text=refusal, **who) if refusal else epr.verify(**who)


def _decide(
    requirement: Requirement,
    file: File,
    kind: DecisionKind,
    reason: str,
    text: str,
    by: User,
    at: datetime,
) -> Decision:
    """Keep the decision, ask again where the facts alone do not, tell, and compute anew."""
    code, merchant_id = requirement.code, requirement.merchant_id
    decision: Decision = Decision.objects.create(
        application=file.application,
        kind=kind,
        reason=reason,
        text=text,
        requirements=[code],
        decided_by=by,
        created_at=at,
    )
    is_refused_list = kind == DecisionKind.REFUSE_PIECE and code == "beneficial_owners"
    if kind == DecisionKind.REQUEST_INFORMATION or is_refused_list:
        Reopening.objects.create(
            merchant_id=merchant_id, code=code, decision=decision, text=text, due_at=at + ANSWER_DELAY
        )
    Reading.objects.filter(merchant=merchant_id, code=code).delete()
    _tell(_EVENTS[kind], requirement, by, decision=str(decision.public_id))
    requirements.refresh(merchant_id=merchant_id, at=at)
    return decision


_EVENTS: Final = {
    DecisionKind.ACCEPT_PIECE: "requirement.accepted",
    DecisionKind.REFUSE_PIECE: "requirement.refused",
    DecisionKind.REQUEST_INFORMATION: "requirement.asked_again",
}


def _tell(event: str, requirement: Requirement, by: User, **data: str) -> None:
    merchant = requirement.merchant
    events.record(
        event, merchant, merchant_id=merchant.pk, by=by, data={"requirement": requirement.code, **data}
    )
