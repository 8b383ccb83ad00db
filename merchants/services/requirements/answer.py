"""What the engine answers: each requirement of a merchant at a moment, and what waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from merchants.enums import RequirementState
from merchants.services.requirements import reasons
from merchants.services.requirements.definitions import Blocks, Definition, Finding
from merchants.services.requirements.facts import File

OPEN = frozenset({RequirementState.EVENTUALLY_DUE, RequirementState.CURRENTLY_DUE, RequirementState.PAST_DUE})


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement of one merchant at a moment.

    ``asked_at``: since when a merchant whose store is open has had something to do. ``held_from``: from when
    publication or payout waits for it, past or to come. ``changes_at``: when time alone changes the answer.
    """

    definition: Definition
    finding: Finding
    at: datetime
    asked_at: datetime | None = None
    held_from: Mapping[Blocks, datetime] = field(default_factory=dict)
    changes_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def state(self) -> RequirementState:
        return self.finding.state

    @property
    def is_open(self) -> bool:
        """Whether the merchant has something to do, now or later."""
        return self.finding.state in OPEN

    @property
    def is_due(self) -> bool:
        """Whether the merchant has something to do now."""
        return self.is_open and self.finding.state != RequirementState.EVENTUALLY_DUE

    @property
    def reason_text(self) -> str:
        return reasons.words(self.finding.reason, self.finding.values)

    def holds(self, what: Blocks) -> bool:
        """Whether ``what`` waits for this requirement now."""
        if what in {Blocks.SUBMISSION, Blocks.OPENING}:
            return self.is_open and what in self.definition.blocks
        return what in self.held_from and self.held_from[what] <= self.at


@dataclass(frozen=True, slots=True)
class Answer:
    """All requirements that apply, in the order of the task list, with the facts they came from."""

    file: File
    items: list[Item]

    def blocking(self, what: Blocks) -> list[Item]:
        """Return the requirements for which ``what`` waits.

        Submission and opening wait for what is open; publication and payout of an open store, for what is
        past due, was never given notice of, or is with us after it was.
        """
        return [item for item in self.items if item.holds(what)]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)

    @property
    def disabled_reason(self) -> str:
        """Why the merchant cannot sell: never empty while it cannot."""
        status = self.file.merchant.status
        # A restriction takes what it names; the rest is sold.
        if status in {"active", "restricted"}:
            held = [item for item in self.blocking(Blocks.PUBLICATION) if not item.finding.markets]
            if any(item.is_open for item in held):
                return "requirements_past_due"
            return "requirements_pending_verification" if held else ""
        if status != "onboarding":
            return f"merchant_{status}"
        if self.file.application.status == "rejected":
            return "application_rejected"
        if self.blocking(Blocks.SUBMISSION):
            return "requirements_due"
        return "application_not_submitted" if not self.file.is_sent else "under_review"
