"""The task list as a page shows it: five plain states, one next action, the steps."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from core.dates import add_working_hours
from core.web.components.status import State
from merchants.enums import (
    WAITING_FOR_US,
    ApplicationStatus,
    CapabilityStatus,
    MerchantStatus,
    RequirementState,
)
from merchants.models import Application
from merchants.presentation import due
from merchants.presentation.purposes import PURPOSES
from merchants.services.application import REVIEW_HOURS
from merchants.services.requirements import SECTIONS, Actor, Answer, Blocks, Item, capabilities

TO_DO = State("todo", _("To do"))
TO_FIX = State("fix", _("To fix"))
LATE = State("late", _("Overdue"))
LATER = State("dot", _("Later"))
WITH_US = State("us", _("With us"))
PAUSED = State("pause", _("Paused"))
DONE = State("done", _("Done"))
GIVEN = State("off", pgettext_lazy("an answer", "Received"))
STATES: Final = (LATE, TO_FIX, TO_DO, LATER, WITH_US, PAUSED, GIVEN, DONE)
# Reasons that tell what is left rather than what is wrong.
_NOT_WRONG = frozenset(
    {
        *("", "company_first", "phone_missing", "attorney_missing", "identity_missing", "owners_unsaid"),
        *("representative_first", "new_version", "version_to_come", "dac7_sole_trader", "epr_missing"),
        *("vat_abroad_unsaid", "vat_local_missing", "insurance_for", "expires"),
    }
)
_EDITABLE = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.INFORMATION_REQUESTED})

CAPABILITY: Final = {
    CapabilityStatus.ACTIVE: State("done", CapabilityStatus.ACTIVE.label),
    CapabilityStatus.PENDING: State("us", CapabilityStatus.PENDING.label),
    CapabilityStatus.RESTRICTED: State("warn", _("Limited by a decision")),
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
    """One line of the list. ``is_read``: whether we read it now, not before the file is sent nor while it is
    the merchant's to complete. ``sent_at``: when the file was sent, None for a draft.
    """

    item: Item
    state: State
    url: str
    is_read: bool = True
    sent_at: datetime | None = None

    @property
    def title(self) -> Any:
        return self.item.definition.title

    @property
    def why(self) -> str:
        """What is said of it: what the facts say; what nobody has begun, why it is asked."""
        if self.is_given:
            given = str(_("Given. We check it once the file is sent."))
            # How a company is checked that no register shows, the merchant does not expect.
            is_told = self.item.finding.reason.startswith("company_")
            return f"{self.item.reason_text} {given}" if is_told else given
        return self.item.reason_text or (str(PURPOSES[self.item.code]) if self.item.is_open else "")

    @property
    def is_done(self) -> bool:
        return self.state is DONE

    @property
    def is_given(self) -> bool:
        """Whether the merchant's part is done, and ours begins when the file is sent."""
        return self.is_done and self.item.state == RequirementState.PENDING_VERIFICATION

    @property
    def since(self) -> datetime | None:
        """Since when it is with us, or paused: what was given before the file was sent, since then."""
        since = self.item.finding.since
        if self.state is WITH_US and since and self.sent_at:
            return max(since, self.sent_at)
        return since if self.state in {WITH_US, PAUSED} else None

    @property
    def usual_on(self) -> date | None:
        """The last day on which we usually answer what is with us."""
        is_promised = self.is_read and self.state is WITH_US
        return answered_on(self.since) if is_promised and self.since else None

    @property
    def is_slow(self) -> bool:
        """Whether that day has passed."""
        return self.usual_on is not None and timezone.localdate(self.item.at) > self.usual_on

    @property
    def needed_for(self) -> str:
        """What a requirement that may wait is for, before the store opens."""
        if self.state is not LATER or self.item.finding.due_at is not None:
            return ""
        if Blocks.PUBLICATION not in self.item.definition.blocks:
            return str(_("The file can go without it; it is needed for your first payout."))
        markets = ", ".join(str(countries.name(code)) for code in sorted(self.item.finding.markets))
        if not markets:
            return str(_("The file can go without it; it is needed to put your products on sale."))
        return str(_("The file can go without it; it is needed to sell in: %(markets)s.")) % {
            "markets": markets
        }

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


def answered_on(since: datetime) -> date:
    """Return the last day on which we usually answer what we were given at a moment."""
    # At midnight the delay has just been used up by the day before.
    return timezone.localdate(add_working_hours(since, REVIEW_HOURS) - timedelta(microseconds=1))


def _state_in(item: Item, application: Application) -> State:
    """Return the state in a file: nothing is with us before it is sent, and nobody reads on in one that is
    refused.
    """
    state = state_of(item)
    if application.status == ApplicationStatus.REJECTED and state in {WITH_US, PAUSED}:
        return GIVEN
    return DONE if application.status == ApplicationStatus.DRAFT and state is WITH_US else state


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


def said_of(item: Item | None) -> dict[str, Any]:
    """Return what the page of one requirement says at its head: why it is asked, and how it stands."""
    if item is None:
        return {"purpose": "", "shape": TO_DO.shape}
    return {"purpose": PURPOSES[item.code], "shape": state_of(item).shape}


def tasks_of(answer: Answer) -> list[Task]:
    """Return the lines, in the order of the list."""
    application = answer.file.application
    is_read = answer.file.was_opened or application.status in WAITING_FOR_US
    return [
        Task(
            item,
            _state_in(item, application),
            reverse(item.definition.url_name),
            is_read,
            application.submitted_at,
        )
        for item in answer.items
    ]


def context(answer: Answer) -> dict[str, Any]:
    """Return what the page shows. What may wait counts neither as done nor as left."""
    tasks = tasks_of(answer)
    urgent = sorted(
        (task for task in tasks if task.item.is_open),
        key=lambda task: (LATE, TO_FIX, TO_DO, LATER).index(task.state),
    )
    application = answer.file.application
    submitted = application.submitted_at
    status = answer.file.merchant.status
    counts = Counter(task.state for task in tasks)
    answer_on = answered_on(submitted) if submitted else None
    return {
        "answer": answer,
        "application": application,
        "application_state": APPLICATION[ApplicationStatus(application.status)],
        "is_editable": application.status in _EDITABLE,
        "sections": _sections(tasks),
        "tasks": tasks,
        "asked": [task for task in tasks if task.state is not LATER],
        "next_task": urgent[0] if urgent and status != MerchantStatus.CLOSED else None,
        "left": len(answer.blocking(Blocks.SUBMISSION)),
        "done_count": counts[DONE],
        "tally": [(state, counts[state]) for state in STATES if counts[state]],
        "can_send": application.status in _EDITABLE and not answer.blocking(Blocks.SUBMISSION),
        "is_open_store": answer.file.was_opened,
        "lead": _lead(answer, urgent),
        "capabilities": [Possible(one) for one in capabilities.of(answer)],
        "due_at": _due_at(tasks) if application.status != ApplicationStatus.REJECTED else None,
        "answer_on": answer_on,
        "is_slow": answer_on is not None and timezone.localdate(answer.file.at) > answer_on,
    }


def _due_at(tasks: list[Task]) -> datetime | None:
    """Return the next deadline of what is asked."""
    return min(
        (t.item.finding.due_at for t in tasks if t.item.is_due and t.item.finding.due_at), default=None
    )


def _lead(answer: Answer, urgent: list[Task]) -> str:
    """Say where the store stands, in a sentence or two."""
    match answer.file.merchant.status:
        case MerchantStatus.CLOSED:
            return str(_("This store is closed: everything can be read, nothing changes any more."))
        case MerchantStatus.SUSPENDED:
            return str(_("Your store is suspended: your offers are off sale. What is asked below stays due."))
        case MerchantStatus.ONBOARDING if answer.file.application.status == ApplicationStatus.REJECTED:
            return str(
                _(
                    "Your file stays here as you sent it. The decision says why we refused it, and what you "
                    "can do."
                )
            )
        case MerchantStatus.ONBOARDING:
            return str(_("Your store opens when the file is approved."))
    if any(task.item.is_due for task in urgent):
        return str(
            _(
                "Your store is open. Here is what must be renewed or completed, until when, and what waits "
                "for it."
            )
        )
    if any(answer.blocking(what) for what in (Blocks.PUBLICATION, Blocks.PAYOUT)):
        return str(_("Your store is open. You have nothing to do: we are checking what you gave."))
    return str(
        _(
            "Your store is open and its file is in order. We write to you as soon as something must be "
            "renewed."
        )
    )


def _sections(tasks: list[Task]) -> list[Section]:
    by_key: dict[str, list[Task]] = {}
    for task in tasks:
        by_key.setdefault(task.item.definition.section, []).append(task)
    return [
        Section(number, SECTIONS[key], by_key[key])
        for number, key in enumerate((key for key in SECTIONS if key in by_key), start=1)
    ]
