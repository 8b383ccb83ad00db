"""What a merchant may do at a moment, and which requirements decide that."""

from dataclasses import dataclass, replace
from datetime import datetime

from merchants.enums import ApplicationStatus, CapabilityCode, CapabilityStatus, MerchantStatus
from merchants.services import standing
from merchants.services.requirements.answer import Answer, Item
from merchants.services.requirements.definitions import Blocks

#: Statuses that come from measures.
_MEASURED = frozenset({MerchantStatus.RESTRICTED, MerchantStatus.SUSPENDED, MerchantStatus.CLOSED})
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

    A store that was opened is paid what it earned whatever became of it: requirements hold payouts, and
    measures that say so.
    """
    named = {market for item in answer.items for market in item.finding.markets}
    markets = sorted({*answer.file.markets, *named})
    found = [
        _capability(answer, CapabilityCode.SELL, Blocks.PUBLICATION),
        *(_capability(answer, CapabilityCode.PUBLISH, Blocks.PUBLICATION, market) for market in markets),
        _capability(answer, CapabilityCode.BE_PAID, Blocks.PAYOUT),
    ]
    if answer.file.merchant.status not in _MEASURED:
        return found
    measured = standing.of(merchant_id=answer.file.merchant.pk, at=answer.file.at)
    return [_restricted(one, measured) for one in found]


def _restricted(one: Capability, measured: standing.Standing) -> Capability:
    """Say that a measure takes a capability which the file alone would leave."""
    taken = {
        CapabilityCode.SELL: measured.sales or measured.closed_markets,
        CapabilityCode.PUBLISH: measured.publishing([one.market]),
        CapabilityCode.BE_PAID: measured.payouts,
    }[one.code]
    is_taken = bool(taken) and one.status == CapabilityStatus.ACTIVE
    return replace(one, status=CapabilityStatus.RESTRICTED) if is_taken else one


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
    return CapabilityStatus.PENDING if held_by else CapabilityStatus.ACTIVE
