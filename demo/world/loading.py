"""Load a world part by part, and say how long each took."""

import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from core.refusals import Refusal
from demo.world import base
from demo.world.size import Size
from merchants.models import Merchant

Report = Callable[[str, float], None]


class NotHere(Refusal):
    """A demonstration has no place in production."""

    code = "demo_in_production"
    default_message = "The demonstration is never loaded in production."


class NotEmpty(Refusal):
    """There are merchants already."""

    code = "demo_not_empty"
    default_message = (
        "There are merchants here already: the demonstration is loaded into an empty database only. "
        "`make reset` empties the one of `make run`."
    )


def load(size: Size, *, at: datetime, report: Report) -> None:
    """Load a world of that size as of a moment. Raises ``NotHere``, ``NotEmpty``."""
    if settings.PRODUCTION:
        raise NotHere
    if size.merchants and Merchant.objects.exists():
        raise NotEmpty
    _timed(report, "reference data, staff, partners", lambda: base.load(at=at))


def _timed(report: Report, name: str, part: Callable[[], object]) -> None:
    begun = time.monotonic()
    part()
    report(name, time.monotonic() - begun)
