"""Compute what a merchant's file needs, from stored facts."""

from datetime import datetime

from merchants.services.requirements import facts, life
from merchants.services.requirements.answer import Answer
from merchants.services.requirements.definitions import DEFINITIONS
from merchants.services.requirements.facts import File


def compute(*, merchant_id: int, at: datetime) -> Answer:
    """Compute what the merchant's file needs at a moment. Reads only; a fixed number of queries."""
    return compute_of(facts.load(merchant_id=merchant_id, at=at))


def compute_of(file: File) -> Answer:
    """Compute from facts already read."""
    return Answer(file, [life.settle(d, file) for d in DEFINITIONS if d.applies(file)])
