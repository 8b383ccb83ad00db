"""The life of a measure: every step that exists, in one table.

The services refuse what it does not hold; the desk's buttons are read from it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.enums import MeasureStatus

S = MeasureStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, from where, to where. ``by_machine`` steps are due at a date; nobody is asked."""

    action: str
    label: str | Promise
    origins: tuple[MeasureStatus, ...]
    to: MeasureStatus
    by_machine: bool = False


STEPS: tuple[Step, ...] = (
    Step("confirm", _("Confirm the measure"), (S.PROPOSED,), S.CONFIRMED),
    Step("withdraw", _("Withdraw the proposal"), (S.PROPOSED,), S.WITHDRAWN),
    Step("begin", _("Let it take effect"), (S.CONFIRMED,), S.IN_FORCE, by_machine=True),
    Step("expire", _("Let it end"), (S.IN_FORCE,), S.EXPIRED, by_machine=True),
    Step("lift", _("Lift the measure"), (S.CONFIRMED, S.IN_FORCE), S.LIFTED),
    # What has ended may still be found to have been wrong.
    Step("overturn", _("Overturn on appeal"), (S.CONFIRMED, S.IN_FORCE, S.EXPIRED, S.LIFTED), S.OVERTURNED),
)
BY_ACTION = {step.action: step for step in STEPS}
OPEN = frozenset({S.PROPOSED, S.CONFIRMED, S.IN_FORCE})
#: The merchant knows of it.
TOLD = frozenset(S) - {S.PROPOSED, S.WITHDRAWN}


def actions(status: str) -> list[Step]:
    """Return the steps that a person may take from there."""
    return [step for step in STEPS if status in step.origins and not step.by_machine]
