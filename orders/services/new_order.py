"""What a channel sends, once read: the input of ``orders.services.intake``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from orders.enums import DeliveryKind, PaymentStatus
from orders.services.buyers import Contact


@dataclass(frozen=True, slots=True)
class NewLine:
    """So many of a merchant's SKU, at the price that the buyer was shown, VAT included."""

    merchant: UUID
    sku: str
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a channel sends. ``shipping`` is what the buyer pays each merchant for delivery, VAT included;
    ``country`` is the market; the address, when there is one, has its lines in ``buyer`` and its country in
    ``address_country``.
    """

    reference: str
    country: str
    currency: str
    language: str
    lines: Sequence[NewLine]
    delivery: DeliveryKind
    buyer: Contact
    payment_status: PaymentStatus
    payment_amount: Decimal
    payment_reference: str = ""
    pickup_point: UUID | None = None
    address_country: str = ""
    shipping: dict[UUID, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0)) + sum(self.shipping.values(), Decimal(0))
