"""Take in what a channel sells: check it, reserve the goods, split it by merchant, write it, post the money.

All or nothing, and a number of statements that does not grow with lines, merchants or orders. The checks that
need no lock come first; stock is the last that can refuse.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.models import Market
from catalog.services import stock
from core.money import round_amount
from core.refusals import Refusal
from core.services import events
from core.services.inserting import insert
from core.services.reading import Prepared, one_of
from merchants.models import Merchant
from orders.enums import Movement
from orders.models import (
    Allocation,
    Carrier,
    MerchantOrder,
    Order,
    OrderLine,
    Payment,
    PickupPoint,
    Transition,
)
from orders.services import buyers, checks, deadlines, ledger, networks, numbers, offers, pricing
from orders.services.new_order import NewLine, NewOrder
from orders.services.offers import Offer
from orders.transitions import FIRST
from partners.models import Channel


class ReferenceTaken(Refusal):
    """The channel has already sent an order with this reference; ``order`` is its identifier here."""

    code = "reference_taken"


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


_merchants = Prepared(lambda: Merchant.objects.filter(one_of("pk", "sellers")))


def place(*, channel: Channel, new: NewOrder, at: datetime, by: object = None) -> Placed:
    """Place one order. ``by`` is who recorded events name: the channel's principal.

    Refusals: those of ``orders.services.checks``, ``catalog.services.stock.OutOfStock``, and
    ``ReferenceTaken`` when the channel has placed an order with that reference.
    """
    return place_many(channel=channel, orders=[(new, at)], by=by)[0]


def place_many(
    *, channel: Channel, orders: Sequence[tuple[NewOrder, datetime]], by: object = None
) -> list[Placed]:
    """Place many orders of a channel, each as of its moment, all of them or none.

    What was on sale, and at what price, is judged at each order's own moment. The first refusal ends it.
    """
    try:
        with transaction.atomic():
            return _place(channel, orders, by)
    except IntegrityError as error:
        if "orders_order_reference_once" not in str(error):
            raise
        raise _taken(channel, [new.reference for new, _at in orders]) from error


def _place(channel: Channel, orders: Sequence[tuple[NewOrder, datetime]], by: object) -> list[Placed]:
    markets = checks.markets(channel, [new for new, _at in orders])
    points = checks.points([new for new, _at in orders])
    found = iter(offers.find(list(_asked(orders, markets))))
    drafts = []
    for new, at in orders:
        own = [next(found) for _line in new.lines]
        market = markets[new.country]
        sold = checks.lines(new, market, own, tolerance=channel.price_tolerance)
        checks.amounts(new)
        point = checks.point(new, points, sold)
        drafts.append((new, at, market, sold, point))

    sellers = {offer.merchant_id for draft in drafts for offer in draft[3]}
    merchants = {merchant.pk: merchant for merchant in _merchants(sellers=list(sellers))}
    count = sum(1 + len({line.merchant for line in new.lines}) for new, _at in orders)
    drawn = iter(numbers.draw(count, at=orders[0][1]))
    home = networks.home_carrier() if any(draft[4] is None for draft in drafts) else None
    placed = [
        _build(channel, new, at, market, sold, point, merchants, drawn, home)
        for new, at, market, sold, point in drafts
    ]
    _write(placed, [new for new, _at in orders], by)
    return placed


def _asked(orders: Iterable[tuple[NewOrder, datetime]], markets: dict[str, Market]) -> Iterator[offers.Asked]:
    for new, at in orders:
        for line in new.lines:
            yield offers.Asked(line.merchant, line.sku, markets[new.country].pk, new.language, at)


def _by_merchant(new: NewOrder, sold: Sequence[Offer]) -> list[list[tuple[NewLine, Offer]]]:
    """Group what was bought by merchant, in the order of the lines."""
    groups: dict[int, list[tuple[NewLine, Offer]]] = {}
    for line, offer in zip(new.lines, sold, strict=True):
        groups.setdefault(offer.merchant_id, []).append((line, offer))
    return list(groups.values())


def _build(
    channel: Channel,
    new: NewOrder,
    at: datetime,
    market: Market,
    sold: Sequence[Offer],
    point: PickupPoint | None,
    merchants: dict[int, Merchant],
    drawn: Iterator[str],
    home: Carrier | None,
) -> Placed:
    """Build the rows of one order, not yet written."""
    order = Order(
        channel=channel,
        reference=new.reference,
        number=next(drawn),
        market=market,
        currency=new.currency,
        language=new.language,
        delivery=new.delivery,
        pickup_point=point,
        destination=checks.snapshot(point) if point else {},
        placed_at=at,
        created_at=at,
    )
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
        for bought in _by_merchant(new, sold)
    )
    for name in ("goods_total", "shipping_total", "vat_total", "total"):
        setattr(order, name, sum((getattr(part.order, name) for part in parts), Decimal(0)))
    return Placed(order, parts)


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
        status=FIRST,
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
        accept_until=deadlines.accept_until(order.placed_at, merchant.country, closed),
        promised_on=_promise(
            order.placed_at, carrier, origin=merchant.country, destination=destination, closed=closed
        ),
    )
    rows = tuple(
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
            created_at=order.placed_at,
        )
        for position, (line, offer) in enumerate(lines)
    )
    return Part(part, rows, priced)


def _promise(
    placed_at: datetime, carrier: Carrier | None, *, origin: str, destination: str, closed: deadlines.Closed
) -> date | None:
    if carrier is None:
        return None
    days = carrier.days_domestic if origin == destination else carrier.days_abroad
    return deadlines.promised_on(
        placed_at, origin=origin, destination=destination, carrier_days=days, closed=closed
    )


def _write(placed: Sequence[Placed], news: Sequence[NewOrder], by: object) -> None:
    """Write all rows, one statement a table. The order goes first: its reference stops a second one."""
    parts = [part for each in placed for part in each.parts]
    lines = [line for part in parts for line in part.lines]
    at = placed[0].order.placed_at
    insert([each.order for each in placed])
    taken = stock.reserve(
        wants=[stock.Want(line.variant_id, line.quantity) for line in lines],
        reference=placed[0].order.public_id if len(placed) == 1 else None,
        at=at,
    )
    insert([part.order for part in parts])
    insert(lines)
    insert(_allocate(lines, taken))
    buyers.seal((each.order.pk, new.buyer) for each, new in zip(placed, news, strict=True))
    insert(
        [
            Payment(
                order=each.order,
                status=new.payment_status,
                reference=new.payment_reference,
                amount=new.payment_amount,
                told_at=each.order.placed_at,
            )
            for each, new in zip(placed, news, strict=True)
        ]
    )
    insert(
        [
            Transition(
                merchant_order=part.order,
                to_status=FIRST,
                happened_at=part.order.placed_at,
                actor_label=f"channel:{part.order.order.channel.name}"[:120],
            )
            for part in parts
        ]
    )
    ledger.post([posting for part in parts for posting in _postings(part)], at=at)
    events.record_many(
        [
            events.NewEvent(
                type="order.placed",
                subject_type="merchantorder",
                subject_id=part.order.public_id,
                merchant_id=part.order.merchant_id,
                data={"number": part.order.number, "order": str(part.order.order.public_id)},
            )
            for part in parts
        ],
        by=by,
    )


def _allocate(lines: Sequence[OrderLine], taken: Sequence[stock.Taken]) -> list[Allocation]:
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


def _postings(part: Part) -> list[ledger.Posting]:
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


def _taken(channel: Channel, references: Sequence[str]) -> ReferenceTaken:
    order = Order.objects.filter(channel=channel, reference__in=references).first()
    return ReferenceTaken(
        _("You have already placed an order with this reference."),
        reference=order.reference if order else references[0],
        order=str(order.public_id) if order else None,
        number=order.number if order else None,
    )
