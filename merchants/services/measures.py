"""Restrict, suspend and end a merchant: proposed by one, confirmed by another, begun and ended on time.

Staff only; the caller has checked that. Locks are taken in one order: file, merchant, measure.
Sources: regulation (EU) 2019/1150 (platform to business), article 4; regulation (EU) 2022/2065, article 17.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import (
    AutomatedMeans,
    DecisionReason,
    MeasureGround,
    MeasureKind,
    MeasureReason,
    MeasureSource,
    MeasureStatus,
    MerchantStatus,
    RestrictedCapability,
)
from merchants.models import Decision, Measure, MeasureStep, Merchant
from merchants.models.measures import NOTICE
from merchants.services import effects, statements
from merchants.transitions import BY_ACTION

TWO_PEOPLE: Final = (MeasureKind.SUSPENSION, MeasureKind.TERMINATION)
#: Merchants that were opened and not closed since.
OPEN_STORES: Final = (MerchantStatus.ACTIVE, MerchantStatus.RESTRICTED, MerchantStatus.SUSPENDED)
#: How a wish for a start may lie in the past: the time it takes to fill the form.
PATIENCE: Final = timedelta(minutes=15)


class WrongState(Refusal):
    code = "measure_wrong_state"


class SamePerson(Refusal):
    code = "measure_checker_is_maker"
    default_message = _("You proposed this measure: a second person must confirm it.")


class NotOpen(Refusal):
    code = "measure_merchant_not_open"
    default_message = _("This store is not open: there is nothing to restrict, suspend or end.")


class AlreadyOpen(Refusal):
    code = "measure_already_open"
    default_message = _("A measure of the same kind and scope is already proposed, announced or in force.")


class Incomplete(Refusal):
    """Refused while a part that the law asks for is missing; ``details["field"]`` names it."""

    code = "measure_incomplete"
    status = 422


class WrongDates(Refusal):
    """Refused for its dates; ``details["field"]`` names the one."""

    code = "measure_wrong_dates"
    status = 422


class NoticeTooShort(WrongDates):
    code = "measure_notice_too_short"


class TextNeeded(Refusal):
    code = "measure_text_needed"
    status = 422
    default_message = _("Say why, in words that can be read later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is proposed. ``starts_at`` None is as soon as the law allows; ``ends_at`` None is until lifted."""

    kind: str
    reason: str
    facts: str
    ground: str
    capability: str = ""
    country: str = ""
    holds_payouts: bool = False
    clause: str = ""
    legal_reference: str = ""
    source: str = MeasureSource.OWN_INITIATIVE
    automated_means: str = AutomatedMeans.NONE
    notice_exception: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@transaction.atomic
def propose(*, merchant_id: int, terms: Terms, by: User, at: datetime) -> Measure:
    """Propose a measure; nothing changes for the merchant before it is confirmed.

    Raises ``Incomplete``, ``WrongDates``, ``NotOpen``, ``AlreadyOpen``.
    """
    _must_be_whole(terms, at)
    merchant = effects.lock_merchant(merchant_id)
    if merchant.status not in OPEN_STORES:
        raise NotOpen(status=merchant.status)
    measure = _create(merchant, terms, by, at)
    _note(measure, "", by, at)
    _record("measure.proposed", measure, by)
    return measure


@transaction.atomic
def confirm(*, measure_id: int, by: User, at: datetime) -> Measure:
    """Make a proposal binding: freeze and announce its statement of reasons, and begin when it is time.

    A suspension or termination needs another person than who proposed it (``SamePerson``). A termination
    without exception begins thirty days from now, or later when that was wished. A second call raises
    ``WrongState``.
    """
    merchant, measure = lock(measure_id)
    _must_allow(measure, "confirm")
    if measure.kind in TWO_PEOPLE and measure.proposed_by_id == by.pk:
        raise SamePerson
    if merchant.status not in OPEN_STORES:
        raise NotOpen(status=merchant.status)
    earliest = earliest_start(measure.kind, measure.notice_exception, at)
    measure.starts_at = max(measure.starts_at or earliest, earliest)
    if measure.ends_at is not None and measure.ends_at <= measure.starts_at:
        raise WrongDates(
            _("The end that was proposed has passed: propose the measure again."), field="ends_at"
        )
    measure.confirmed_by, measure.confirmed_at = by, at
    _move(measure, "confirm", by, at, fields=("starts_at", "confirmed_by", "confirmed_at"))
    statements.issue(measure, at=at)
    _record("measure.announced", measure, by)
    if measure.starts_at <= at:
        _begin(merchant, measure, by, at)
    return measure


@transaction.atomic
def withdraw(*, measure_id: int, text: str, by: User, at: datetime) -> Measure:
    """Drop a proposal, by its author or a second person, with the reason why; the merchant never knows."""
    _merchant, measure = lock(measure_id)
    _must_allow(measure, "withdraw")
    measure.ended_at = at
    _move(measure, "withdraw", by, at, fields=("ended_at",), text=_needed(text))
    _record("measure.withdrawn", measure, by)
    return measure


@transaction.atomic
def lift(*, measure_id: int, text: str, by: User, at: datetime) -> Measure:
    """End a measure before its date, or revoke it before it begins; the merchant reads ``text``.

    A termination that has taken effect is ended by appeal only (``WrongState``).
    """
    merchant, measure = lock(measure_id)
    _must_allow(measure, "lift")
    if measure.kind == MeasureKind.REFUSAL or merchant.status == MerchantStatus.CLOSED:
        raise WrongState(
            _("This decision is final here: it is reconsidered on appeal only."), status=measure.status
        )
    measure.ended_at = at
    _move(measure, "lift", by, at, fields=("ended_at",), text=_needed(text))
    effects.settle(merchant, measure, by=by, at=at)
    _record("measure.ended", measure, by)
    return measure


def run_due(*, at: datetime) -> int:
    """Begin and end what is due, oldest first, however late we come; returns how many steps were taken.

    Each measure in its own transaction, so that one that fails keeps no other back.
    """
    steps = 0
    begins = Measure.objects.filter(status=MeasureStatus.CONFIRMED, starts_at__lte=at)
    for pk in list(begins.order_by("starts_at", "pk").values_list("pk", flat=True)):
        steps += _take_due(pk, MeasureStatus.CONFIRMED, at)
    ends = Measure.objects.filter(status=MeasureStatus.IN_FORCE, ends_at__lte=at)
    for pk in list(ends.order_by("ends_at", "pk").values_list("pk", flat=True)):
        steps += _take_due(pk, MeasureStatus.IN_FORCE, at)
    return steps


@transaction.atomic
def refuse_application(*, decision: Decision, by: User, at: datetime) -> Measure:
    """Give the refusal of an application its statement of reasons and its way of appeal.

    Called by the review with the application locked; the decision's text states the facts.
    """
    merchant = effects.lock_merchant(decision.application.merchant_id)
    reason = FROM_DECISION.get(DecisionReason(decision.reason), MeasureReason.OTHER)
    terms = Terms(
        kind=MeasureKind.REFUSAL,
        reason=reason,
        facts=decision.text,
        ground=MeasureGround.TERMS,
        clause=WHO_MAY_SELL,
    )
    measure = _create(
        merchant, terms, by, at, decision=decision, starts_at=at, confirmed_by=by, confirmed_at=at
    )
    _note(measure, "", by, at)
    _move(measure, "confirm", by, at)
    statements.issue(measure, at=at)
    measure.began_at = at
    _move(measure, "begin", by, at, fields=("began_at",))
    return measure


#: The article of the agreement that a refusal to open rests on.
WHO_MAY_SELL: Final = "2"
#: A refusal's reason among the reasons of measures.
FROM_DECISION: Final = {
    DecisionReason.DOCUMENT_UNREADABLE: MeasureReason.INFORMATION_MISSING,
    DecisionReason.DOCUMENT_TOO_OLD: MeasureReason.INFORMATION_MISSING,
    DecisionReason.DATA_MISMATCH: MeasureReason.INFORMATION_FALSE,
    DecisionReason.COMPANY_CEASED: MeasureReason.COMPANY_CEASED,
    DecisionReason.ACTIVITY_FORBIDDEN: MeasureReason.ACTIVITY_FORBIDDEN,
    DecisionReason.FRAUD_SUSPECTED: MeasureReason.FRAUD,
}


def overturn(merchant: Merchant, measure: Measure, *, by: User, at: datetime, text: str) -> None:
    """Undo a measure on appeal and give back what it took. Both rows are locked by the caller."""
    _must_allow(measure, "overturn")
    measure.ended_at = at
    _move(measure, "overturn", by, at, fields=("ended_at",), text=text)
    effects.settle(merchant, measure, by=by, at=at)


def end_refusal(measure: Measure, *, by: User, at: datetime) -> None:
    """End a refusal because the file is a draft again. The row is locked by the caller."""
    measure.ended_at = at
    _move(measure, "lift", by, at, fields=("ended_at",))


def shorten(measure: Measure, *, ends_at: datetime) -> None:
    """Bring the end of a measure forward on appeal. The row is locked by the caller."""
    measure.ends_at = ends_at
    measure.save(update_fields=["ends_at"])


def earliest_start(kind: str, notice_exception: str, at: datetime) -> datetime:
    """Return from when a measure confirmed at that moment may take effect."""
    return at + NOTICE if kind == MeasureKind.TERMINATION and not notice_exception else at


def lock(measure_id: int) -> tuple[Merchant, Measure]:
    """Lock file, merchant and measure, in this order."""
    merchant_id = Measure.objects.values_list("merchant_id", flat=True).get(pk=measure_id)
    merchant = effects.lock_merchant(merchant_id)
    measure = Measure.objects.select_for_update(of=["self"]).select_related("agreement").get(pk=measure_id)
    measure.merchant = merchant
    return merchant, measure


@transaction.atomic
def _take_due(measure_id: int, status: str, at: datetime) -> int:
    """Take the steps that are due of one measure; 0 when another worker was quicker."""
    merchant, measure = lock(measure_id)
    if measure.status != status:
        return 0
    taken = 0
    if status == MeasureStatus.CONFIRMED:
        _begin(merchant, measure, None, at)
        taken += 1
    if measure.status == MeasureStatus.IN_FORCE and measure.ends_at is not None and measure.ends_at <= at:
        measure.ended_at = at
        _move(measure, "expire", None, at, fields=("ended_at",))
        effects.settle(merchant, measure, by=None, at=at)
        _record("measure.ended", measure, None)
        taken += 1
    return taken


def _begin(merchant: Merchant, measure: Measure, by: User | None, at: datetime) -> None:
    measure.began_at = at
    _move(measure, "begin", by, at, fields=("began_at",))
    effects.settle(merchant, measure, by=by, at=at)
    _record("measure.began", measure, by)


def _create(merchant: Merchant, terms: Terms, by: User, at: datetime, **more: Any) -> Measure:
    fields: dict[str, Any] = {name: getattr(terms, name) for name in Terms.__slots__ if name != "facts"}
    try:
        with transaction.atomic():
            measure: Measure = Measure.objects.create(
                **{
                    **fields,
                    "merchant": merchant,
                    "facts": sealed.seal(merchant.data_key_id, terms.facts.strip()),
                    "agreement": statements.agreement_of(merchant, at),
                    "proposed_by": by,
                    "created_at": at,
                    **more,
                }
            )
    except IntegrityError as error:
        if "merchants_measure_open_once" not in str(error):
            raise
        raise AlreadyOpen from error
    return measure


def _move(
    measure: Measure,
    action: str,
    by: User | None,
    at: datetime,
    *,
    fields: tuple[str, ...] = (),
    text: str = "",
) -> None:
    """Take a step of the table: the only place where the status of a measure changes."""
    _must_allow(measure, action)
    origin, measure.status = measure.status, BY_ACTION[action].to
    measure.save(update_fields=["status", *fields])
    _note(measure, origin, by, at, text)


def _note(measure: Measure, origin: str, by: User | None, at: datetime, text: str = "") -> None:
    blob = sealed.seal(measure.merchant.data_key_id, text) if text else None
    MeasureStep.objects.create(measure=measure, origin=origin, to=measure.status, by=by, at=at, text=blob)


def _must_allow(measure: Measure, action: str) -> None:
    if measure.status not in BY_ACTION[action].origins:
        raise WrongState(
            _("This measure is now “%(state)s”: look at it again before you decide.")
            % {"state": measure.get_status_display()},
            status=measure.status,
        )


def _must_be_whole(terms: Terms, at: datetime) -> None:
    """Check what articles 4 and 17 want said, and the dates."""
    is_market = terms.capability == RestrictedCapability.MARKET
    wanted: list[tuple[str, Callable[[], bool], Any]] = [
        ("facts", lambda: bool(terms.facts.strip()), _("State the facts and circumstances.")),
        (
            "capability",
            lambda: terms.kind != MeasureKind.RESTRICTION or bool(terms.capability),
            _("Say what the restriction takes away."),
        ),
        ("country", lambda: not is_market or bool(terms.country), _("Choose the market.")),
        (
            "clause",
            lambda: terms.ground != MeasureGround.TERMS or bool(terms.clause.strip()),
            _("Name the clause of the agreement that was broken."),
        ),
        (
            "legal_reference",
            lambda: terms.ground != MeasureGround.LAW or bool(terms.legal_reference.strip()),
            _("Name the article of law relied on."),
        ),
    ]
    for field, is_there, message in wanted:
        if not is_there():
            raise Incomplete(message, field=field)
    if terms.starts_at is not None and terms.starts_at < at - PATIENCE:
        raise WrongDates(_("A measure cannot begin in the past."), field="starts_at")
    if terms.kind == MeasureKind.TERMINATION and terms.ends_at is not None:
        raise WrongDates(_("A termination has no end."), field="ends_at")
    if terms.ends_at is not None and terms.ends_at <= (terms.starts_at or at):
        raise WrongDates(_("The end lies before the beginning."), field="ends_at")
    earliest = earliest_start(terms.kind, terms.notice_exception, at)
    if terms.starts_at is not None and terms.starts_at < earliest - PATIENCE:
        raise NoticeTooShort(
            _("A termination is announced 30 days before, unless an exception of the law is named."),
            field="starts_at",
        )


def _needed(text: str) -> str:
    if not text.strip():
        raise TextNeeded
    return text.strip()


def _record(event: str, measure: Measure, by: User | None) -> None:
    data = {"measure": str(measure.public_id), "kind": measure.kind}
    events.record(event, measure, merchant_id=measure.merchant_id, by=by, data=data)
