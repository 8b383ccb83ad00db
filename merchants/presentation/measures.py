"""Measures and appeals as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.web.components.status import State
from merchants.enums import AppealOutcome, AppealStatus, MeasureKind, MeasureStatus
from merchants.models import Appeal, Measure, MeasureStep
from merchants.services.measure_mails import answer_of
from merchants.services.reasoning import appeal_until

STATES: Final = {
    MeasureStatus.PROPOSED: State("todo", MeasureStatus.PROPOSED.label),
    MeasureStatus.CONFIRMED: State("soon", MeasureStatus.CONFIRMED.label),
    MeasureStatus.IN_FORCE: State("late", MeasureStatus.IN_FORCE.label),
    MeasureStatus.LIFTED: State("done", MeasureStatus.LIFTED.label),
    MeasureStatus.EXPIRED: State("done", MeasureStatus.EXPIRED.label),
    MeasureStatus.OVERTURNED: State("done", MeasureStatus.OVERTURNED.label),
    MeasureStatus.WITHDRAWN: State("off", MeasureStatus.WITHDRAWN.label),
}
OUTCOMES: Final = {
    AppealOutcome.UPHELD: State("off", AppealOutcome.UPHELD.label),
    AppealOutcome.PARTLY: State("done", AppealOutcome.PARTLY.label),
    AppealOutcome.OVERTURNED: State("done", AppealOutcome.OVERTURNED.label),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """A line of a measure's course."""

    step: MeasureStep
    shape: str
    title: Any
    text: str


@dataclass(frozen=True, slots=True)
class AppealShown:
    """An appeal, its sealed texts opened."""

    appeal: Appeal
    text: str
    answer: str
    state: State
    is_late: bool


def state_of(measure: Measure) -> State:
    return STATES[MeasureStatus(measure.status)]


def what(measure: Measure) -> str:
    """Say in a few words what a measure is: « Restriction : ventes sur un marché (DE) »."""
    if not measure.capability:
        return str(measure.get_kind_display())
    scope = measure.get_capability_display()
    return f"{measure.get_kind_display()} – {scope}" + (f" ({measure.country})" if measure.country else "")


def course(measure: Measure) -> list[StepShown]:
    """Return the steps that the merchant knows of, oldest first."""
    steps = [s for s in measure.steps.order_by("pk") if s.to != MeasureStatus.PROPOSED]
    texts = iter(sealed.unseal_many([s.text for s in steps if s.text]))
    return [
        StepShown(s, STATES[MeasureStatus(s.to)].shape, s.get_to_display(), next(texts) if s.text else "")
        for s in steps
    ]


def appeal_of(measure: Measure, at: datetime) -> AppealShown | None:
    appeal = Appeal.objects.filter(measure=measure).select_related("assigned_to", "document").first()
    return show_appeal(appeal, at) if appeal else None


def show_appeal(appeal: Appeal, at: datetime) -> AppealShown:
    late = is_late(appeal, at)
    if appeal.outcome:
        state = OUTCOMES[AppealOutcome(appeal.outcome)]
    else:
        state = State("us", AppealStatus(appeal.status).label)
    return AppealShown(appeal, sealed.unseal(appeal.text), answer_of(appeal), state, late)


def is_late(appeal: Appeal, at: datetime) -> bool:
    """Tell whether the answer is, or was, given after its day."""
    given = appeal.decided_at or at
    return timezone.localdate(given) > appeal.decide_until


def may_appeal(measure: Measure, appeal: AppealShown | None, at: datetime) -> bool:
    ended = measure.status == MeasureStatus.OVERTURNED
    return appeal is None and not ended and at <= appeal_until(measure)


#: Of each kind: the shape, what the portal says while it is in force, and once it is announced.
BANNER: Final = {
    MeasureKind.RESTRICTION: (
        "warn",
        _("Your store is restricted."),
        _("Your store will be restricted on %(day)s."),
    ),
    MeasureKind.SUSPENSION: (
        "late",
        _("Your store is suspended."),
        _("Your store will be suspended on %(day)s."),
    ),
    MeasureKind.TERMINATION: (
        "late",
        _("This store is closed. You may still read everything."),
        _("Our agreement ends on %(day)s: your store closes then."),
    ),
    MeasureKind.REFUSAL: ("late", _("Your file was refused."), _("Your file was refused.")),
}
