"""Orders, placed through the service as a channel would."""

from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalog.models import Variant
from orders.enums import DeliveryKind, OrderStatus, PaymentStatus, PointKind
from orders.models import Carrier, MerchantOrder, PickupNetwork, PickupPoint
from orders.services import intake, lifecycle
from orders.services.buyers import Contact
from orders.services.new_order import NewLine, NewOrder
from partners.models import Channel
from tests.factories.catalog import make_offer
from tests.factories.merchants import make_merchant
from tests.factories.partners import make_channel

_numbers = count(1)
BUYER = Contact(name="Lotte Vermeulen", email="lotte@example.org", phone="+32470000000")
#: How an order gets to each state that one can be asked for.
PATHS = {
    OrderStatus.PENDING_PAYMENT: (),
    OrderStatus.WAITING_ACCEPTANCE: (),
    OrderStatus.ACCEPTED: ("accepted",),
    OrderStatus.PREPARING: ("accepted", "preparing"),
    OrderStatus.SHIPPED: ("accepted", "shipped"),
    OrderStatus.AT_PICKUP_POINT: ("accepted", "shipped", "at_pickup_point"),
    OrderStatus.CLOSED: ("accepted", "shipped", "delivered"),
    OrderStatus.REFUSED: ("refused",),
    OrderStatus.CANCELLED: ("accepted", "cancelled"),
}
REASONS = {"refused": "out_of_stock", "cancelled": "out_of_stock"}


def make_point(code: str | None = None, **fields: Any) -> PickupPoint:
    """Make an open post office in Ghent's place: Lyon."""
    carrier, _created = Carrier.objects.get_or_create(
        code="poste", defaults={"name": "Poste", "adapter": "sandbox"}
    )
    network, _created = PickupNetwork.objects.get_or_create(
        code="poste", defaults={"name": "Bureaux de poste", "carrier": carrier}
    )
    return PickupPoint.objects.create(
        network=network,
        code=code or f"P{next(_numbers)}",
        **{
            "name": "Lyon Bellecour",
            "kind": PointKind.POST_OFFICE,
            "street": "10 place Antonin Poncet",
            "postcode": "69002",
            "city": "Lyon",
            "country": "FR",
            "latitude": 45.756,
            "longitude": 4.833,
            "x": 538007.0,
            "y": 5739200.0,
            **fields,
        },
    )


def new_order(
    *wanted: tuple[Variant, int] | tuple[Variant, int, str],
    point: PickupPoint | None = None,
    shipping: dict[Any, Any] | None = None,
    **fields: Any,
) -> NewOrder:
    """Describe an order of these quantities of variants at the price that ``make_offer`` gives."""
    lines = [
        NewLine(
            merchant=variant.merchant.public_id,
            sku=variant.sku,
            quantity=quantity,
            unit_price=Decimal(price[0] if price else "12.90"),
        )
        for variant, quantity, *price in wanted
    ]
    shipping = {merchant.public_id: Decimal(amount) for merchant, amount in (shipping or {}).items()}
    point = point or PickupPoint.objects.filter(country=fields.get("country", "FR")).first()
    total = sum(line.total for line in lines) + sum(shipping.values())
    return NewOrder(
        **{
            "reference": f"GL-{next(_numbers)}",
            "country": "FR",
            "currency": "EUR",
            "language": "fr",
            "lines": lines,
            "delivery": DeliveryKind.PICKUP if point else DeliveryKind.HOME,
            "pickup_point": point.public_id if point else None,
            "address_country": "" if point else fields.get("country", "FR"),
            "buyer": BUYER,
            "payment_status": PaymentStatus.CAPTURED,
            "payment_amount": total,
            "shipping": shipping,
            **fields,
        }
    )


def make_order(
    *wanted: tuple[Variant, int],
    channel: Channel | None = None,
    status: str = OrderStatus.WAITING_ACCEPTANCE,
    at: datetime | None = None,
    **fields: Any,
) -> MerchantOrder:
    """Place an order and bring it to that state; answers the first merchant's part."""
    if not wanted:
        wanted = ((make_offer(make_merchant()), 1),)
    at = at or timezone.now()
    if status == OrderStatus.PENDING_PAYMENT:
        fields.setdefault("payment_status", PaymentStatus.PENDING)
    if not fields.get("point") and not PickupPoint.objects.exists():
        fields["point"] = make_point()
    placed = intake.place(channel=channel or make_channel(), new=new_order(*wanted, **fields), at=at)
    order = placed.parts[0].order
    for step in PATHS[OrderStatus(status)]:
        order = lifecycle.move(
            merchant_order_id=order.pk, to=step, at=at, reason=REASONS.get(step, ""), actor_label="test"
        )
    return MerchantOrder.objects.get(pk=order.pk)
