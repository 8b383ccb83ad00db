"""The task list as a page shows it: five plain states, one next action, the steps."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import add_working_hours
from core.web.components.status import State
from merchants.enums import ApplicationStatus, RequirementState
from merchants.services.application import REVIEW_HOURS
from merchants.services.requirements import SECTIONS, Actor, Answer, Item
from merchants.services.requirements.definitions import Blocks

TO_DO = State("todo", _("To do"))
TO_FIX = State("fix", _("To fix"))
LATE = State("late", _("Overdue"))
WITH_US = State("us", _("With us"))
PAUSED = State("pause", _("Paused"))
DONE = State("done", _("Done"))
# Reasons that tell what is left rather than what is wrong.
_NOT_WRONG = frozenset({"", "company_first", "phone_missing"})

APPLICATION: Final = {
    ApplicationStatus.DRAFT: State("todo", _("Draft")),
    ApplicationStatus.SUBMITTED: State("us", _("Sent")),
    ApplicationStatus.IN_REVIEW: State("us", _("In review")),
    ApplicationStatus.PROPOSED: State("us", _("In review")),
    ApplicationStatus.INFORMATION_REQUESTED: State("fix", _("Information requested")),
    ApplicationStatus.APPROVED: State("done", _("Approved")),
    ApplicationStatus.REJECTED: State("off", _("Refused")),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list."""

    item: Item
    state: State
    url: str

    @property
    def title(self) -> Any:
        return self.item.definition.title

    @property
    def why(self) -> str:
        return self.item.reason_text

    @property
    def is_done(self) -> bool:
        return self.state is DONE


@dataclass(frozen=True, slots=True)
class Section:
    number: int
    title: Any
    tasks: list[Task]


def state_of(item: Item) -> State:
    """Return the plain state that a merchant sees."""
    match item.state:
        case RequirementState.SATISFIED:
            return DONE
        case RequirementState.PENDING_VERIFICATION:
            return PAUSED if item.finding.actor == Actor.THIRD_PARTY else WITH_US
        case RequirementState.PAST_DUE:
            return LATE
        case _:
            return TO_DO if item.finding.reason in _NOT_WRONG else TO_FIX


def context(answer: Answer) -> dict[str, Any]:
    """Return what the page shows."""
    tasks = [Task(item, state_of(item), reverse(item.definition.url_name)) for item in answer.items]
    urgent = sorted(
        (task for task in tasks if task.item.is_open),
        key=lambda task: (LATE, TO_FIX, TO_DO).index(task.state),
    )
    application = answer.file.application
    submitted = application.submitted_at
    counts = Counter(task.state for task in tasks)
    return {
        "answer": answer,
        "application": application,
        "application_state": APPLICATION[ApplicationStatus(application.status)],
        "sections": _sections(tasks),
        "tasks": tasks,
        "next_task": urgent[0] if urgent else None,
        "left": len(urgent),
        "done_count": counts[DONE],
        "tally": [
            (state, counts[state]) for state in (LATE, TO_FIX, TO_DO, WITH_US, PAUSED, DONE) if counts[state]
        ],
        "can_send": application.status in {"draft", "information_requested"}
        and not answer.blocking(Blocks.SUBMISSION),
        "due_at": max((t.item.finding.due_at for t in tasks if t.item.finding.due_at), default=None),
        "answer_by": add_working_hours(submitted, REVIEW_HOURS) if submitted else None,
    }


def _sections(tasks: list[Task]) -> list[Section]:
    by_key: dict[str, list[Task]] = {}
    for task in tasks:
        by_key.setdefault(task.item.definition.section, []).append(task)
    return [
        Section(number, SECTIONS[key], by_key[key])
        for number, key in enumerate((key for key in SECTIONS if key in by_key), start=1)
    ]
