"""The rows of an order, built from what was sold and not yet written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from catalog.models import Market
from catalog.services import stock
from core.money import round_amount
from merchants.models import Merchant
from orders.enums import Movement, PaymentStatus
from orders.models import Allocation, Carrier, MerchantOrder, Order, OrderLine, Payment, PickupPoint
from orders.services import checks, deadlines, ledger, pricing
from orders.services.new_order import NewLine, NewOrder
from orders.services.offers import Offer
from orders.transitions import FIRST, UNPAID
from partners.models import Channel


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that may be placed: checked but for stock."""

    new: NewOrder
    at: datetime
    market: Market
    sold: Sequence[Offer]
    point: PickupPoint | None


@dataclass(frozen=True, slots=True)
class Part:
    """One merchant's order as placed, with its lines and figures."""

    order: MerchantOrder
    lines: tuple[OrderLine, ...]
    priced: pricing.Priced


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as placed, with the parts of the merchants in the order of its lines."""

    order: Order
    parts: tuple[Part, ...]
    payments: tuple[Payment, ...]

    @property
    def lines(self) -> list[OrderLine]:
        return [line for part in self.parts for line in part.lines]


def build(
    draft: Draft,
    *,
    channel: Channel,
    merchants: dict[int, Merchant],
    drawn: Iterator[str],
    home: Carrier | None,
) -> Placed:
    """Build the rows of one order. ``drawn`` gives numbers, ``home`` is who carries to addresses."""
    new, point = draft.new, draft.point
    order = Order(
        channel=channel,
        reference=new.reference,
        number=next(drawn),
        market=draft.market,
        currency=new.currency,
        language=new.language,
        delivery=new.delivery,
        pickup_point=point,
        destination=checks.snapshot(point) if point else {},
        placed_at=draft.at,
        created_at=draft.at,
    )
    is_paid = new.payment_status != PaymentStatus.PENDING
    order.pay_until = None if is_paid else draft.at + deadlines.PAY_WITHIN
    parts = tuple(
        _build_part(
            order,
            next(drawn),
            merchants[bought[0][1].merchant_id],
            bought,
            new.shipping.get(bought[0][0].merchant, Decimal(0)),
            point.network.carrier if point else home,
            point.country if point else new.address_country,
        )
        for bought in _by_merchant(new, draft.sold)
    )
    for name in ("goods_total", "shipping_total", "vat_total", "total"):
        setattr(order, name, sum((getattr(part.order, name) for part in parts), Decimal(0)))
    payment = Payment(
        order=order,
        status=new.payment_status,
        reference=new.payment_reference,
        amount=new.payment_amount,
        told_at=draft.at,
    )
    return Placed(order, parts, (payment,))


def allocate(lines: Sequence[OrderLine], taken: Sequence[stock.Taken]) -> list[Allocation]:
    """Share what was reserved between the lines that asked for it, in their order."""
    left: dict[int, list[list[int]]] = {}
    for each in taken:
        left.setdefault(each.variant_id, []).append([each.level_id, each.quantity])
    allocations = []
    for line in lines:
        wanted = line.quantity
        for level in left[line.variant_id]:
            part = min(wanted, level[1])
            if part:
                allocations.append(Allocation(line=line, level_id=level[0], quantity=part))
                level[1] -= part
                wanted -= part
    return allocations


def rebuild(orders: Sequence[MerchantOrder]) -> list[Part]:
    """Return merchants' orders as they were built, from their lines: one statement. ``order`` is read."""
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(merchant_order__in=lines).order_by("position"):
        lines[line.merchant_order_id].append(line)
    return [
        Part(
            order,
            tuple(lines[order.pk]),
            pricing.price(
                [pricing.Sold(line.total, line.vat_rate, line.commission_rate) for line in lines[order.pk]],
                shipping=order.shipping_total,
                currency=order.currency,
                merchant_country=order.merchant.country,
            ),
        )
        for order in orders
    ]


def postings(part: Part) -> list[ledger.Posting]:
    """Return what the order posts, each with the figures that explain it."""
    order, priced = part.order, part.priced
    return ledger.of_sale(
        order,
        {
            Movement.SALE: {
                "goods": str(priced.goods),
                "shipping": str(priced.shipping),
                "pieces": sum(line.quantity for line in part.lines),
                "market": order.order.market.country,
                "vat": [share.facts() for share in priced.vat],
            },
            Movement.COMMISSION: {
                "commission": [share.facts() for share in priced.commission],
                "vat": {
                    "rate": str(priced.commission_vat_rate),
                    "base": str(priced.commission_total),
                    "amount": str(priced.commission_vat),
                },
            },
        },
    )


def _by_merchant(new: NewOrder, sold: Sequence[Offer]) -> list[list[tuple[NewLine, Offer]]]:
    """Group what was bought by merchant, in the order of the lines."""
    groups: dict[int, list[tuple[NewLine, Offer]]] = {}
    for line, offer in zip(new.lines, sold, strict=True):
        groups.setdefault(offer.merchant_id, []).append((line, offer))
    return list(groups.values())


def _build_part(
    order: Order,
    number: str,
    merchant: Merchant,
    lines: Sequence[tuple[NewLine, Offer]],
    shipping: Decimal,
    carrier: Carrier | None,
    destination: str,
) -> Part:
    priced = pricing.price(
        [
            pricing.Sold(line.total, offer.vat_rate or Decimal(0), offer.commission_rate or Decimal(0))
            for line, offer in lines
        ],
        shipping=round_amount(shipping, order.currency),
        currency=order.currency,
        merchant_country=merchant.country,
    )
    closed = lines[0][1].closed
    part = MerchantOrder(
        order=order,
        merchant=merchant,
        number=number,
        status=UNPAID if order.pay_until else FIRST,
        currency=order.currency,
        goods_total=priced.goods,
        shipping_total=priced.shipping,
        vat_total=priced.vat_total,
        total=priced.total,
        commission_total=priced.commission_total,
        commission_vat=priced.commission_vat,
        placed_at=order.placed_at,
        created_at=order.placed_at,
        updated_at=order.placed_at,
        accept_until=(
            None if order.pay_until else deadlines.accept_until(order.placed_at, merchant.country, closed)
        ),
        promised_on=promise(
            order.placed_at, carrier, origin=merchant.country, destination=destination, closed=closed
        ),
    )
    return Part(part, _build_lines(part, lines, priced), priced)


def _build_lines(
    part: MerchantOrder, lines: Sequence[tuple[NewLine, Offer]], priced: pricing.Priced
) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            merchant_order=part,
            merchant_id=offer.merchant_id,
            variant_id=offer.variant_id,
            position=position,
            sku=offer.sku,
            title=offer.title,
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
            vat_rate=offer.vat_rate or Decimal(0),
            vat_amount=priced.line_vat[position],
            commission_rate=offer.commission_rate or Decimal(0),
            commission_amount=priced.line_commission[position],
            created_at=part.placed_at,
        )
        for position, (line, offer) in enumerate(lines)
    )


def promise(
    placed_at: datetime, carrier: Carrier | None, *, origin: str, destination: str, closed: deadlines.Closed
) -> date | None:
    """Return the day promised for an order that a merchant can begin with at that moment."""
    if carrier is None:
        return None
    days = carrier.days_domestic if origin == destination else carrier.days_abroad
    return deadlines.promised_on(
        placed_at, origin=origin, destination=destination, carrier_days=days, closed=closed
    )
