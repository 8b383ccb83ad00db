"""Compute what a merchant's file needs, from stored facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from merchants.services.requirements import facts, life
from merchants.services.requirements.answer import Answer
from merchants.services.requirements.definitions import DEFINITIONS
from merchants.services.requirements.facts import File


def compute(*, merchant_id: int, at: datetime, also: Sequence[QuerySet[Any]] = ()) -> Answer:
    """Compute what the merchant's file needs at a moment. Reads only; a fixed number of queries.

    What a page shows beside it is read in the same round trip where it is given as ``also``.
    """
    return compute_of(facts.load(merchant_id=merchant_id, at=at, also=also))


def compute_of(file: File) -> Answer:
    """Compute from facts already read."""
    return Answer(file, [life.settle(d, file) for d in DEFINITIONS if d.applies(file)])
