"""What is still needed from a merchant, computed from stored facts and never typed.

``compute`` answers; ``refresh`` keeps the same answer as a snapshot, for lists and queues, and tells what
moved. Whoever pays asks ``require_payable``; whoever publishes, ``held_markets``.
"""

from merchants.services.requirements import capabilities, reminders
from merchants.services.requirements.answer import OPEN, Answer, Item
from merchants.services.requirements.compute import compute, compute_of
from merchants.services.requirements.definitions import (
    CODES,
    DEFINITIONS,
    SECTIONS,
    Actor,
    Blocks,
    Definition,
    Finding,
    Verified,
)
from merchants.services.requirements.facts import File
from merchants.services.requirements.holding import (
    PayoutHeld,
    held_markets,
    may_be_paid,
    payout_holds,
    publication_holds,
    require_payable,
)
from merchants.services.requirements.snapshot import refresh, refresh_all, refresh_due, refresh_many

__all__ = [
    "CODES",
    "DEFINITIONS",
    "OPEN",
    "SECTIONS",
    "Actor",
    "Answer",
    "Blocks",
    "Definition",
    "File",
    "Finding",
    "Item",
    "PayoutHeld",
    "Verified",
    "capabilities",
    "compute",
    "compute_of",
    "held_markets",
    "may_be_paid",
    "payout_holds",
    "publication_holds",
    "refresh",
    "refresh_all",
    "refresh_due",
    "refresh_many",
    "reminders",
    "require_payable",
]
