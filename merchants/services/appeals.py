"""A merchant's complaint against a measure, examined by somebody who took no part in it.

Sources: regulation (EU) 2022/2065 (DSA), article 20; regulation (EU) 2019/1150 (P2B), articles 4(3) and 11.
Locks are taken in one order: file, merchant, measure, appeal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.dates import add_working_days
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import (
    AppealOutcome,
    AppealStatus,
    MeasureKind,
    MeasureStatus,
)
from merchants.models import Appeal, Measure, Merchant
from merchants.services import contents, documents, measures, refusals
from merchants.services.reasoning import DECIDE_WITHIN, appeal_until
from merchants.transitions import TOLD

MOST_DOCUMENTS: Final = 5
LONGEST: Final = 10_000


class NothingToAppeal(Refusal):
    code = "appeal_nothing_to_appeal"
    default_message = _("There is no decision in force here to appeal against.")


class TooLate(Refusal):
    code = "appeal_too_late"
    default_message = _(
        "The six months to appeal have passed. You may still turn to a mediator, or bring the matter before "
        "the court."
    )


class AlreadyAppealed(Refusal):
    code = "appeal_already_made"
    default_message = _(
        "You have appealed against this decision already, and our answer to an appeal is final here. You may "
        "still turn to a mediator, to an out-of-court dispute settlement body, or to the court."
    )


class TextNeeded(Refusal):
    code = "appeal_text_needed"
    status = 422
    default_message = _("Say what is wrong in the decision: which fact, which rule, and why.")


class TooManyDocuments(Refusal):
    code = "appeal_too_many_documents"
    status = 422
    default_message = _("Five documents at most: put several pages into one PDF.")


class TookPart(Refusal):
    code = "appeal_took_part"
    default_message = _("You took part in this measure: somebody else decides on its appeal.")


class TakenBySomeone(Refusal):
    code = "appeal_taken"


class AlreadyDecided(Refusal):
    code = "appeal_already_decided"
    default_message = _("A colleague has decided this appeal already.")


class NotDivisible(Refusal):
    code = "appeal_not_divisible"
    status = 422
    default_message = _("This measure cannot be reduced: it stands, or it is overturned.")


class WrongEnd(Refusal):
    code = "appeal_wrong_end"
    status = 422
    default_message = _("A reduced measure ends in the future, and before the end that it has now.")


@transaction.atomic
def submit(
    *, measure_id: int, text: str, attached: Sequence[tuple[IO[bytes], str]], by: User, at: datetime
) -> Appeal:
    """Appeal against a measure, once, within six months of its statement, with up to five documents.

    Raises ``NothingToAppeal``, ``TooLate``, ``AlreadyAppealed``, ``TextNeeded``, ``TooManyDocuments``, or a
    ``contents.DocumentRefused``; then nothing is kept. The answer is due in fifteen working days.
    """
    if not text.strip():
        raise TextNeeded
    if len(attached) > MOST_DOCUMENTS:
        raise TooManyDocuments
    found = [(contents.inspect(file), name) for file, name in attached]
    contents.check_page_count(sum(content.pages for content, _name in found))
    merchant, measure = measures.lock(measure_id)
    if Appeal.objects.filter(measure=measure).exists():
        raise AlreadyAppealed
    if measure.status not in TOLD - {MeasureStatus.OVERTURNED}:
        raise NothingToAppeal(status=measure.status)
    if at > appeal_until(measure):
        raise TooLate(until=appeal_until(measure).isoformat())
    appeal: Appeal = Appeal.objects.create(
        measure=measure,
        text=sealed.seal(merchant.data_key_id, text.strip()[:LONGEST]),
        submitted_by=by,
        submitted_at=at,
        decide_until=add_working_days(timezone.localdate(at), DECIDE_WITHIN),
        document=documents.keep_for_appeal(merchant=merchant, found=found, by=by, at=at) if found else None,
        created_at=at,
    )
    _record("appeal.received", appeal, by)
    return appeal


@transaction.atomic
def take(*, appeal_id: int, by: User, at: datetime) -> Appeal:
    """Begin to examine an appeal, or take it over. Raises ``TookPart``, ``AlreadyDecided``."""
    _merchant, measure, appeal = _lock(appeal_id)
    _must_be_open(appeal)
    _must_be_apart(measure, appeal, by)
    if appeal.assigned_to_id != by.pk:
        appeal.status, appeal.assigned_to = AppealStatus.IN_REVIEW, by
        appeal.save(update_fields=["status", "assigned_to"])
        _record("appeal.taken", appeal, by)
    return appeal


@transaction.atomic
def decide(
    *, appeal_id: int, outcome: str, answer: str, by: User, at: datetime, ends_at: datetime | None = None
) -> Appeal:
    """Decide an appeal that one examines; the merchant reads ``answer`` word for word.

    Upheld changes nothing. Overturned ends the measure at once and gives back what it took; a refused file
    goes back to the reviewers. Partly brings the end of a restriction or suspension forward to ``ends_at``;
    a refused file may be corrected. Raises ``AlreadyDecided``, ``TookPart``, ``TakenBySomeone``,
    ``measures.TextNeeded``, ``NotDivisible``, ``WrongEnd``.
    """
    merchant, measure, appeal = _lock(appeal_id)
    _must_be_open(appeal)
    _must_be_apart(measure, appeal, by)
    if appeal.assigned_to_id != by.pk:
        raise TakenBySomeone(
            _("Take this appeal first: %(person)s is examining it.") % {"person": appeal.assigned_to or "–"}
        )
    if not answer.strip():
        raise measures.TextNeeded
    appeal.status, appeal.outcome = AppealStatus.DECIDED, AppealOutcome(outcome)
    appeal.answer = sealed.seal(merchant.data_key_id, answer.strip())
    appeal.decided_by, appeal.decided_at = by, at
    appeal.save(update_fields=["status", "outcome", "answer", "decided_by", "decided_at"])
    match appeal.outcome:
        case AppealOutcome.OVERTURNED:
            measures.overturn(merchant, measure, by=by, at=at, text=answer.strip())
            refusals.send_back_to_review(measure, by=by, at=at)
        case AppealOutcome.PARTLY:
            _reduce(measure, ends_at, by, at)
    _record("appeal.decided", appeal, by, outcome=appeal.outcome)
    return appeal


def _reduce(measure: Measure, ends_at: datetime | None, by: User, at: datetime) -> None:
    if measure.kind == MeasureKind.REFUSAL:
        refusals.send_back_to_merchant(measure, by=by, at=at)
        return
    is_running = measure.status in {MeasureStatus.CONFIRMED, MeasureStatus.IN_FORCE}
    if measure.kind == MeasureKind.TERMINATION or not is_running:
        raise NotDivisible
    starts_at = measure.starts_at or at
    if ends_at is None or ends_at <= max(at, starts_at) or (measure.ends_at and ends_at >= measure.ends_at):
        raise WrongEnd
    measures.shorten(measure, ends_at=ends_at)


def _lock(appeal_id: int) -> tuple[Merchant, Measure, Appeal]:
    measure_id = Appeal.objects.values_list("measure_id", flat=True).get(pk=appeal_id)
    merchant, measure = measures.lock(measure_id)
    appeal: Appeal = (
        Appeal.objects.select_for_update(of=["self"]).select_related("assigned_to").get(pk=appeal_id)
    )
    appeal.measure = measure
    return merchant, measure, appeal


def _must_be_open(appeal: Appeal) -> None:
    if appeal.status == AppealStatus.DECIDED:
        raise AlreadyDecided


def _must_be_apart(measure: Measure, appeal: Appeal, by: User) -> None:
    if by.pk in {measure.proposed_by_id, measure.confirmed_by_id, appeal.submitted_by_id}:
        raise TookPart


def _record(event: str, appeal: Appeal, by: User, **more: str) -> None:
    data = {"appeal": str(appeal.public_id), "measure": str(appeal.measure.public_id), **more}
    events.record(event, appeal, merchant_id=appeal.measure.merchant_id, by=by, data=data)
