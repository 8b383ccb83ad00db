"""What is still needed from a merchant, computed from stored facts and never typed.

``compute`` answers; ``refresh`` keeps the same answer as a snapshot, for lists and queues.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from merchants.enums import RequirementState
from merchants.models import Requirement
from merchants.services import files
from merchants.services.requirements import facts, reasons
from merchants.services.requirements.definitions import (
    CODES,
    DEFINITIONS,
    SECTIONS,
    Actor,
    Blocks,
    Definition,
    Finding,
    Verified,
)
from merchants.services.requirements.facts import File

__all__ = [
    "CODES",
    "DEFINITIONS",
    "SECTIONS",
    "Actor",
    "Answer",
    "Blocks",
    "Definition",
    "File",
    "Item",
    "Verified",
    "compute",
    "compute_of",
    "refresh",
]

OPEN = frozenset({RequirementState.EVENTUALLY_DUE, RequirementState.CURRENTLY_DUE, RequirementState.PAST_DUE})


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement of one merchant at a moment."""

    definition: Definition
    finding: Finding

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def state(self) -> RequirementState:
        return self.finding.state

    @property
    def is_open(self) -> bool:
        """Whether the merchant has something to do."""
        return self.finding.state in OPEN

    @property
    def reason_text(self) -> str:
        return reasons.words(self.finding.reason, self.finding.values)


@dataclass(frozen=True, slots=True)
class Answer:
    """All requirements that apply, in the order of the task list, with the facts they came from."""

    file: File
    items: list[Item]

    def blocking(self, what: Blocks) -> list[Item]:
        """Return the open requirements for which ``what`` waits. What is with us blocks nothing here."""
        return [item for item in self.items if item.is_open and what in item.definition.blocks]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)

    @property
    def disabled_reason(self) -> str:
        """Why the merchant cannot sell: never empty while it cannot."""
        status = self.file.merchant.status
        if status == "active":
            return ""
        if status != "onboarding":
            return f"merchant_{status}"
        if self.file.application.status == "rejected":
            return "application_rejected"
        if self.blocking(Blocks.SUBMISSION):
            return "requirements_due"
        return "application_not_submitted" if not self.file.is_sent else "under_review"


def compute(*, merchant_id: int, at: datetime) -> Answer:
    """Compute what the merchant's file needs at a moment. Reads only; a fixed number of queries."""
    return compute_of(facts.load(merchant_id=merchant_id, at=at))


def compute_of(file: File) -> Answer:
    """Compute from facts already read."""
    items = [Item(d, _find(d, file)) for d in DEFINITIONS if d.applies(file)]
    return Answer(file, items)


@transaction.atomic
def refresh(*, merchant_id: int, at: datetime) -> Answer:
    """Compute and keep the snapshot. ``since`` moves only when the state does. Two statements to write.

    The file is locked first: of two changes at once, the later keeps a snapshot that has seen both.
    """
    files.lock(merchant_id=merchant_id)
    answer = compute(merchant_id=merchant_id, at=at)
    known = {row.code: row for row in Requirement.objects.for_merchant(merchant_id)}
    Requirement.objects.bulk_create(
        [_snapshot(item, known.get(item.code), merchant_id, at) for item in answer.items],
        update_conflicts=True,
        unique_fields=["merchant", "code"],
        update_fields=["state", "reason", "due_at", "since"],
    )
    gone = set(known) - {item.code for item in answer.items}
    if gone:
        Requirement.objects.for_merchant(merchant_id).filter(code__in=gone).delete()
    return answer


def _find(definition: Definition, file: File) -> Finding:
    """Let a reviewer's open question come before what the facts alone say."""
    reopening = file.reopening(definition.code)
    if reopening is None:
        return definition.check(file)
    late = file.at > reopening.due_at
    return Finding(
        RequirementState.PAST_DUE if late else RequirementState.CURRENTLY_DUE,
        "reviewer",
        {"text": reopening.text or reopening.decision.text},
        due_at=reopening.due_at,
        since=reopening.decision.created_at,
    )


def _snapshot(item: Item, known: Requirement | None, merchant_id: int, at: datetime) -> Requirement:
    same = known is not None and known.state == item.state
    return Requirement(
        merchant_id=merchant_id,
        code=item.code,
        state=item.state,
        reason=item.finding.reason,
        due_at=item.finding.due_at,
        since=known.since if same and known else item.finding.since or at,
    )
