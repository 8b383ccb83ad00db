"""How a requirement moves with time: before the store opens, and after.

Before, nothing is late but what a reviewer asked for: the file waits until it is complete. After, what is
found missing is asked with a notice: ``eventually_due`` until thirty days before its deadline, then
``currently_due``, then ``past_due``, which holds what the requirement blocks. What was held stays held until
it is satisfied: an answer that nobody has read yet releases nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from merchants.enums import RequirementState
from merchants.models import Requirement
from merchants.services.requirements.answer import OPEN, Item
from merchants.services.requirements.definitions.base import (
    NOTICE,
    TO_OPEN,
    Actor,
    Blocks,
    Definition,
    Finding,
    to_do,
)
from merchants.services.requirements.facts import File

# An answer that we refused can be mended at least that long.
CORRECTION: Final = timedelta(days=7)
HELD: Final = {Blocks.PUBLICATION: "publication_held_from", Blocks.PAYOUT: "payout_held_from"}


def settle(definition: Definition, file: File) -> Item:
    """Answer one requirement of a file at its moment."""
    finding = _reviewers_question(definition, file) or definition.check(file)
    if not file.was_opened:
        return Item(definition, _before_opening(definition, finding, file.at), file.at)
    ends = _end(definition, finding)
    if finding.state == RequirementState.SATISFIED:
        renewable_at = ends - 2 * _window(definition) if ends is not None else None
        if ends is None or renewable_at is None or file.at < renewable_at:
            return Item(definition, finding, file.at, changes_at=renewable_at)
        finding = _expiring(finding, ends, file.at)
    known = file.known(definition.code)
    if finding.state == RequirementState.PENDING_VERIFICATION:
        return _waiting(definition, finding, known, file.at)
    return _open(definition, finding, ends, known, file.at)


def _reviewers_question(definition: Definition, file: File) -> Finding | None:
    """A reviewer's open question comes before what the facts alone say."""
    reopening = file.reopening(definition.code)
    if reopening is None:
        return None
    asked = to_do("reviewer", due_at=reopening.due_at, text=reopening.text or reopening.decision.text)
    return replace(asked, since=reopening.decision.created_at)


def _before_opening(definition: Definition, finding: Finding, at: datetime) -> Finding:
    ends = _end(definition, finding)
    if finding.state == RequirementState.SATISFIED and ends is not None and at >= ends:
        finding = _expiring(finding, ends, at)
    if finding.state != RequirementState.CURRENTLY_DUE:
        return finding
    if not definition.blocks & TO_OPEN:
        return replace(finding, state=RequirementState.EVENTUALLY_DUE)
    is_late = finding.due_at is not None and at > finding.due_at
    return replace(finding, state=RequirementState.PAST_DUE) if is_late else finding


def _waiting(definition: Definition, finding: Finding, known: Requirement | None, at: datetime) -> Item:
    held = {what: at for what in finding.holds & definition.blocks if what in HELD}
    if known is not None:
        held |= {what: since for what, since in _held(known).items() if since <= at}
    return Item(definition, finding, at, asked_at=known.asked_at if known else None, held_from=held)


def _open(
    definition: Definition,
    finding: Finding,
    ends: datetime | None,
    known: Requirement | None,
    at: datetime,
) -> Item:
    if finding.state == RequirementState.EVENTUALLY_DUE and finding.due_at is None:
        return Item(definition, finding, at)
    asked = known.asked_at if known is not None and known.asked_at is not None else at
    due = _deadline(definition, finding, ends, known, asked, at)
    if due is not None and at >= due:
        state = RequirementState.PAST_DUE
    elif due is not None and due - at > NOTICE:
        state = RequirementState.EVENTUALLY_DUE
    else:
        state = RequirementState.CURRENTLY_DUE
    held = {what: due or asked for what in definition.blocks if what in HELD}
    moments = [due - NOTICE, due] if due is not None else []
    return Item(
        definition,
        replace(finding, state=state, due_at=due),
        at,
        asked_at=asked,
        held_from=held,
        changes_at=min((moment for moment in moments if moment > at), default=None),
    )


def _deadline(
    definition: Definition,
    finding: Finding,
    ends: datetime | None,
    known: Requirement | None,
    asked: datetime,
    at: datetime,
) -> datetime | None:
    if finding.due_at is not None:
        return finding.due_at
    if definition.notice is None:
        return ends
    due = max(asked + definition.notice, ends or asked)
    if known is None or known.asked_at is None:
        return due
    if known.state in OPEN:
        return max(due, known.due_at or due)
    was_held = any(since <= at for since in _held(known).values())
    return due if was_held else max(due, at + CORRECTION)


def _end(definition: Definition, finding: Finding) -> datetime | None:
    if finding.valid_until is not None:
        return finding.valid_until
    if definition.valid_for is None or finding.since is None:
        return None
    return finding.since + definition.valid_for


def _window(definition: Definition) -> timedelta:
    return definition.notice or NOTICE


def _expiring(finding: Finding, ends: datetime, at: datetime) -> Finding:
    return replace(
        finding,
        state=RequirementState.CURRENTLY_DUE,
        reason="expired" if at >= ends else "expires",
        values={"day": timezone.localdate(ends)},
        actor=Actor.MERCHANT,
        since=None,
    )


def _held(known: Requirement) -> dict[Blocks, datetime]:
    moments = {what: getattr(known, name) for what, name in HELD.items()}
    return {what: since for what, since in moments.items() if since is not None}
