"""What a merchant may do at a moment, and which requirements decide that."""

from dataclasses import dataclass
from datetime import datetime

from merchants.enums import ApplicationStatus, CapabilityCode, CapabilityStatus, MerchantStatus
from merchants.services.requirements.answer import Answer, Item
from merchants.services.requirements.definitions import Blocks

_WITH_US = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED})


@dataclass(frozen=True, slots=True)
class Capability:
    """One capability. ``held_by``: the requirements that hold it now; ``until``: when an open one will."""

    code: CapabilityCode
    market: str
    status: CapabilityStatus
    held_by: list[Item]
    until: datetime | None


def of(answer: Answer) -> list[Capability]:
    """Return what the merchant may do: sell, publish in each open market, be paid.

    A store that was opened is paid what it earned whatever became of it: only requirements hold payouts here.
    """
    named = {market for item in answer.items for market in item.finding.markets}
    markets = sorted({*answer.file.markets, *named})
    return [
        _capability(answer, CapabilityCode.SELL, Blocks.PUBLICATION),
        *(_capability(answer, CapabilityCode.PUBLISH, Blocks.PUBLICATION, market) for market in markets),
        _capability(answer, CapabilityCode.BE_PAID, Blocks.PAYOUT),
    ]


def _capability(answer: Answer, code: CapabilityCode, what: Blocks, market: str = "") -> Capability:
    concerned = [
        item
        for item in answer.items
        if what in item.held_from and (not item.finding.markets or market in item.finding.markets)
    ]
    held_by = [item for item in concerned if item.holds(what)]
    if not answer.file.was_opened:
        held_by = answer.blocking(Blocks.OPENING)
        return Capability(code, market, _before_opening(answer), held_by, None)
    return Capability(
        code,
        market,
        _after_opening(MerchantStatus(answer.file.merchant.status), held_by, is_payout=what == Blocks.PAYOUT),
        held_by,
        min((item.held_from[what] for item in concerned if not item.holds(what)), default=None),
    )


def _before_opening(answer: Answer) -> CapabilityStatus:
    is_with_us = answer.file.application.status in _WITH_US and not answer.blocking(Blocks.OPENING)
    return CapabilityStatus.PENDING if is_with_us else CapabilityStatus.INACTIVE


def _after_opening(status: MerchantStatus, held_by: list[Item], *, is_payout: bool) -> CapabilityStatus:
    if not is_payout and status in {MerchantStatus.SUSPENDED, MerchantStatus.CLOSED}:
        return CapabilityStatus.INACTIVE
    if any(item.is_open for item in held_by):
        return CapabilityStatus.INACTIVE
    if held_by:
        return CapabilityStatus.PENDING
    is_restricted = not is_payout and status == MerchantStatus.RESTRICTED
    return CapabilityStatus.RESTRICTED if is_restricted else CapabilityStatus.ACTIVE
