"""Walk the steps with a driver, and check the database after each."""

import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from demo.journey.steps import STEPS, Facts, NotReached, Step
from demo.journey.traveller import Traveller

PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 0.3

Report = Callable[[Step, Facts, float], None]


def walk(driver: Any, traveller: Traveller, report: Report, *, patience: float = PATIENCE_SECONDS) -> None:
    """Let the driver do each step, named as its method; report its figures and its seconds.

    Raises ``NotReached`` where the database does not say, within ``patience`` seconds, what it must.
    """
    for step in STEPS:
        begun = time.monotonic()
        getattr(driver, step.code)(traveller)
        facts = wait_for(step, traveller, patience)
        report(step, facts, time.monotonic() - begun)


def follow(traveller: Traveller, report: Report) -> None:
    """Watch a person walk: report each step as the database comes to say that it is done."""
    for step in STEPS:
        begun = time.monotonic()
        report(step, wait_for(step, traveller, float("inf")), time.monotonic() - begun)


def wait_for(step: Step, traveller: Traveller, patience: float) -> Facts:
    """Answer what the check answers, as soon as it does: much of a step is work in the background."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return step.check(traveller)
        except NotReached as reason:
            if time.monotonic() > deadline:
                raise NotReached(f"{step.code}: {reason}") from None
        time.sleep(PAUSE_SECONDS)
        close_old_connections()
