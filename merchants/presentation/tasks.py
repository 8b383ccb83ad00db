"""The task list as a page shows it: five plain states, one next action, the steps."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from core.dates import add_working_hours
from core.web.components.status import State
from merchants.enums import WAITING_FOR_US, ApplicationStatus, CapabilityStatus, RequirementState
from merchants.models import Application
from merchants.presentation import due
from merchants.services.application import REVIEW_HOURS
from merchants.services.requirements import SECTIONS, Actor, Answer, Blocks, Item, capabilities

TO_DO = State("todo", _("To do"))
TO_FIX = State("fix", _("To fix"))
LATE = State("late", _("Overdue"))
LATER = State("soon", _("Later"))
WITH_US = State("us", _("With us"))
PAUSED = State("pause", _("Paused"))
DONE = State("done", _("Done"))
GIVEN = State("off", pgettext_lazy("an answer", "Received"))
STATES: Final = (LATE, TO_FIX, TO_DO, LATER, WITH_US, PAUSED, GIVEN, DONE)
# Reasons that tell what is left rather than what is wrong.
_NOT_WRONG = frozenset({"", "company_first", "phone_missing"})

CAPABILITY: Final = {
    CapabilityStatus.ACTIVE: State("done", CapabilityStatus.ACTIVE.label),
    CapabilityStatus.PENDING: State("us", CapabilityStatus.PENDING.label),
    CapabilityStatus.RESTRICTED: State("warn", CapabilityStatus.RESTRICTED.label),
    CapabilityStatus.INACTIVE: State("off", CapabilityStatus.INACTIVE.label),
}

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
    is_read: bool

    @property
    def title(self) -> Any:
        return self.item.definition.title

    @property
    def why(self) -> str:
        return self.item.reason_text

    @property
    def is_done(self) -> bool:
        return self.state is DONE

    @property
    def usual_by(self) -> datetime | None:
        """Until when we usually answer what is with us; nobody reads it while the file is not."""
        since = self.item.finding.since
        if since is None or self.state is not WITH_US or not self.is_read:
            return None
        return add_working_hours(since, REVIEW_HOURS)

    @property
    def then(self) -> str:
        """What waits for it in an open store, now or after its deadline."""
        held = self.item.held_from
        if any(self.item.holds(what) for what in held):
            return due.held((w for w in held if self.item.holds(w)), by_us=not self.item.is_open)
        return due.consequence(held) if self.item.is_open else ""


@dataclass(frozen=True, slots=True)
class Possible:
    """What the merchant may do, as a line: a state, and which requirements hold it or will."""

    one: capabilities.Capability

    @property
    def name(self) -> str:
        if not self.market:
            return str(self.one.code.label)
        return str(_("Publish: %(market)s")) % {"market": countries.name(self.market) or self.market}

    @property
    def market(self) -> str:
        return self.one.market

    @property
    def is_active(self) -> bool:
        return self.one.status == CapabilityStatus.ACTIVE

    @property
    def is_own(self) -> bool:
        """Whether the market has something to say that is not said of all."""
        return any(item.finding.markets for item in self.one.held_by)

    @property
    def state(self) -> State:
        return CAPABILITY[self.one.status]

    @property
    def held_by(self) -> str:
        return due.titles(item.code for item in self.one.held_by)


@dataclass(frozen=True, slots=True)
class Section:
    number: int
    title: Any
    tasks: list[Task]


def _state_in(item: Item, application: Application) -> State:
    """Return the state in a file; nobody reads on in one that is refused."""
    state = state_of(item)
    is_refused = application.status == ApplicationStatus.REJECTED
    return GIVEN if is_refused and state in {WITH_US, PAUSED} else state


def state_of(item: Item) -> State:
    """Return the plain state that a merchant sees."""
    match item.state:
        case RequirementState.SATISFIED:
            return DONE
        case RequirementState.PENDING_VERIFICATION:
            return PAUSED if item.finding.actor == Actor.THIRD_PARTY else WITH_US
        case RequirementState.PAST_DUE:
            return LATE
        case RequirementState.EVENTUALLY_DUE:
            return LATER
        case _:
            return TO_DO if item.finding.reason in _NOT_WRONG else TO_FIX


def context(answer: Answer) -> dict[str, Any]:
    """Return what the page shows."""
    application, was_opened = answer.file.application, answer.file.was_opened
    is_read = was_opened or application.status in WAITING_FOR_US
    tasks = [
        Task(item, _state_in(item, application), reverse(item.definition.url_name), is_read)
        for item in answer.items
    ]
    urgent = sorted(
        (task for task in tasks if task.item.is_open),
        key=lambda task: (LATE, TO_FIX, TO_DO, LATER).index(task.state),
    )
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
        "tally": [(state, counts[state]) for state in STATES if counts[state]],
        "can_send": application.status in {"draft", "information_requested"}
        and not answer.blocking(Blocks.SUBMISSION),
        "is_open_store": was_opened,
        "capabilities": [Possible(one) for one in capabilities.of(answer)],
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
