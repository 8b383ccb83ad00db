"""What a requirement is made of, and the words in which its check answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from merchants.enums import RequirementState
from merchants.services.requirements.facts import File

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What a merchant who sells already is given to answer something new.
NOTICE: Final = timedelta(days=30)


class Blocks(StrEnum):
    """What cannot happen while a requirement is open. ``PUBLICATION`` is of the markets that the finding
    names, of all where it names none.
    """

    SUBMISSION = "submission"
    OPENING = "opening"
    PUBLICATION = "publication"
    PAYOUT = "payout"


TO_OPEN: Final = frozenset({Blocks.SUBMISSION, Blocks.OPENING})


class Actor(StrEnum):
    """Who must act next."""

    MERCHANT = "merchant"
    PLATFORM = "platform"
    THIRD_PARTY = "third_party"
    NOBODY = "nobody"


class Verified(StrEnum):
    """How we know that a requirement is met."""

    COMPUTED = "computed"
    REGISTER = "register"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the facts say of one requirement. ``reason`` is a code of ``reasons.py``, ``values`` its
    figures.

    ``markets``: the only markets concerned, as ISO 3166-1 codes; empty for all. ``valid_until``: when what
    satisfies it ends. ``due_at``: a deadline that the facts themselves give, instead of the notice that is
    declared. ``holds``: what waits already, though the requirement is with us and not open.
    """

    state: RequirementState
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor = Actor.MERCHANT
    due_at: datetime | None = None
    since: datetime | None = None
    valid_until: datetime | None = None
    markets: frozenset[str] = frozenset()
    holds: frozenset[Blocks] = frozenset()


def done(since: datetime | None = None, *, valid_until: datetime | None = None) -> Finding:
    return Finding(RequirementState.SATISFIED, actor=Actor.NOBODY, since=since, valid_until=valid_until)


def to_do(
    reason: str = "",
    *,
    due_at: datetime | None = None,
    markets: frozenset[str] = frozenset(),
    **values: Any,
) -> Finding:
    return Finding(RequirementState.CURRENTLY_DUE, reason, values, due_at=due_at, markets=markets)


def with_us(
    since: datetime | None, reason: str = "", *, holds: frozenset[Blocks] = frozenset(), **values: Any
) -> Finding:
    return Finding(
        RequirementState.PENDING_VERIFICATION, reason, values, Actor.PLATFORM, since=since, holds=holds
    )


def elsewhere(
    since: datetime | None, reason: str, *, holds: frozenset[Blocks] = frozenset(), **values: Any
) -> Finding:
    return Finding(
        RequirementState.PENDING_VERIFICATION, reason, values, Actor.THIRD_PARTY, since=since, holds=holds
    )


def always(file: File) -> bool:
    """Every merchant is concerned."""
    return True


Check = Callable[[File], Finding]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One requirement. ``section`` groups tasks; ``url_name`` is the page that answers it.

    ``concerns``, ``satisfied_by``, ``validity`` and ``source`` are read in ``docs/requirements.md``, which
    ``manage.py requirements_table`` writes.
    ``valid_for``: how long a fact satisfies it, counted from the finding's ``since``; a check that knows
    better gives ``valid_until``, and says in ``validity`` what ends it.
    ``notice``: how long a merchant whose store is open has to answer, from the day it is found missing; then
    what it blocks is blocked. None: there is no deadline, and what it blocks waits from the first moment.
    """

    code: str
    section: str
    title: "_StrPromise"
    url_name: str
    check: Check
    concerns: str = "every merchant"
    satisfied_by: str
    verified: Verified
    source: str = ""
    applies: Callable[[File], bool] = always
    valid_for: timedelta | None = None
    validity: str = ""
    notice: timedelta | None = NOTICE
    blocks: frozenset[Blocks] = TO_OPEN

    @property
    def expires(self) -> bool:
        """Whether what satisfies it ends some day."""
        return self.valid_for is not None or bool(self.validity)
