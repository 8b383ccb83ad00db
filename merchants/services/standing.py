"""What a merchant may do at a moment, as its measures in force leave it. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from merchants.enums import MeasureKind, MerchantStatus, RestrictedCapability
from merchants.models import Measure, Merchant

#: Statuses in which a merchant sells: a restriction takes only what it names.
SELLING: Final = (MerchantStatus.ACTIVE, MerchantStatus.RESTRICTED)


@dataclass(frozen=True, slots=True)
class Standing:
    """The measures in force of one merchant, and what they leave."""

    status: str
    measures: Sequence[Measure]

    @property
    def sales(self) -> Measure | None:
        """The suspension or termination that ended all sales."""
        kinds = (MeasureKind.TERMINATION, MeasureKind.SUSPENSION)
        return next((m for kind in kinds for m in self.measures if m.kind == kind), None)

    @property
    def publication(self) -> Measure | None:
        """What keeps products from being published anywhere."""
        return self.sales or self._restriction(RestrictedCapability.PUBLICATION)

    @property
    def payouts(self) -> Measure | None:
        """What holds payouts."""
        holding = next((m for m in self.measures if m.holds_payouts), None)
        return holding or self._restriction(RestrictedCapability.PAYOUTS)

    @property
    def closed_markets(self) -> dict[str, Measure]:
        """The markets that a restriction closed, by country."""
        return {m.country: m for m in self.measures if m.capability == RestrictedCapability.MARKET}

    def publishing(self, countries: Collection[str]) -> Measure | None:
        """Return what keeps products from being published in every one of these markets."""
        closed = self.closed_markets
        everywhere = bool(countries) and all(country in closed for country in countries)
        return self.publication or (closed[min(countries)] if everywhere else None)

    def _restriction(self, capability: str) -> Measure | None:
        return next((m for m in self.measures if m.capability == capability), None)


def of(*, merchant_id: int, at: datetime) -> Standing:
    """Return where a merchant stands. Two statements."""
    status = Merchant.objects.values_list("status", flat=True).get(pk=merchant_id)
    found = Measure.objects.for_merchant(merchant_id).in_force(at).exclude(kind=MeasureKind.REFUSAL)
    return Standing(status, list(found.order_by("pk")))


def payouts_held(*, merchant_id: int, at: datetime) -> Measure | None:
    """Return the measure that holds the merchant's payouts, for finance to ask before it pays."""
    return of(merchant_id=merchant_id, at=at).payouts


def barred_from(*, country: str, at: datetime) -> "QuerySet[Measure]":
    """Return the measures that close one market, for queries that leave their merchants out."""
    found: QuerySet[Measure] = Measure.objects.in_force(at).filter(
        capability=RestrictedCapability.MARKET, country=country
    )
    return found
