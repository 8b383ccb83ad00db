"""What other parts ask before they publish or pay: is it held, and by what."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal
from merchants.enums import MerchantStatus
from merchants.models import Requirement
from merchants.services import files, standing
from merchants.services.requirements.answer import Item
from merchants.services.requirements.compute import compute
from merchants.services.requirements.definitions import Blocks


class PayoutHeld(Refusal):
    """Refused while a requirement holds payouts; ``details["codes"]`` names them, ``measure`` a measure."""

    code = "payout_held"
    default_message = _("Payouts are held until the file is complete again.")


def payout_holds(*, merchant_id: int, at: datetime) -> list[Item]:
    """Return the requirements that hold the merchant's payouts now. Reads only."""
    return compute(merchant_id=merchant_id, at=at).blocking(Blocks.PAYOUT)


def may_be_paid(*, merchant_id: int, at: datetime) -> bool:
    """Tell whether the merchant may be paid: the store was opened, no requirement nor measure holds payouts.

    Reads only, for pages. Who pays calls ``require_payable`` in the transaction that pays.
    """
    answer = compute(merchant_id=merchant_id, at=at)
    held = standing.payouts_held(merchant_id=merchant_id, at=at)
    return answer.file.was_opened and held is None and not answer.blocking(Blocks.PAYOUT)


def require_payable(*, merchant_id: int, at: datetime) -> None:
    """Lock the file and refuse to pay while a requirement or a measure holds payouts: ``PayoutHeld``.

    Must run in the transaction that pays, so that nothing opens in between.
    """
    files.lock(merchant_id=merchant_id)
    answer = compute(merchant_id=merchant_id, at=at)
    held = answer.blocking(Blocks.PAYOUT)
    measure = standing.payouts_held(merchant_id=merchant_id, at=at)
    if held or measure is not None or answer.file.merchant.status == MerchantStatus.ONBOARDING:
        named = {"measure": measure.reference} if measure is not None else {}
        raise PayoutHeld(codes=[item.code for item in held], **named)


def publication_holds(*, at: datetime) -> "QuerySet[Requirement]":
    """Return the requirements of all merchants that hold publication at a moment, refreshed or not.

    ``markets`` of a row names the only markets held; empty, all are.
    """
    held: QuerySet[Requirement] = Requirement.objects.filter(publication_held_from__lte=at)
    return held


def held_markets(*, merchant_id: int, markets: Collection[str], at: datetime) -> dict[str, list[str]]:
    """Return the markets among these in which the merchant may not publish now, with the codes that hold."""
    found: dict[str, list[str]] = {}
    rows = publication_holds(at=at).filter(Q(merchant=merchant_id)).values_list("code", "markets")
    for code, named in rows:
        for market in markets:
            if not named or market in named:
                found.setdefault(market, []).append(code)
    return found
