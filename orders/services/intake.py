"""Take in what a channel sells: check it, reserve the goods, split it by merchant, write it, post the money.

Each order is taken whole or not at all, in a number of statements that does not grow with lines, merchants or
orders. The checks that need no lock come first; stock is the last that can refuse.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.services import stock
from core.refusals import Refusal
from core.services import events
from core.services.inserting import insert
from core.services.reading import Prepared, one_of
from merchants.models import Merchant
from orders.models import Order, Transition
from orders.services import buyers, checks, ledger, networks, numbers, offers
from orders.services.building import Draft, Placed, allocate, build, postings
from orders.services.new_order import NewOrder
from orders.transitions import FIRST
from partners.models import Channel

Asked = Sequence[tuple[NewOrder, datetime]]


class ReferenceTaken(Refusal):
    """The channel has already sent an order with this reference; ``order`` is its identifier here."""

    code = "reference_taken"


class ReferenceRepeated(Refusal):
    """An earlier order of the same request has this reference."""

    code = "reference_repeated"
    status = 422


_merchants = Prepared(lambda: Merchant.objects.filter(one_of("pk", "sellers")))


def place(*, channel: Channel, new: NewOrder, at: datetime, by: object = None) -> Placed:
    """Place one order. ``by`` is who recorded events name: the channel's principal.

    Refusals: those of ``orders.services.checks``, ``catalog.services.stock.OutOfStock``, and
    ``ReferenceTaken`` when the channel has placed an order with that reference.
    """
    return place_many(channel=channel, orders=[(new, at)], by=by)[0]


def place_many(*, channel: Channel, orders: Asked, by: object = None) -> list[Placed]:
    """Place many orders of a channel, each as of its moment, all of them or none.

    What was on sale, and at what price, is judged at each order's own moment. The first refusal ends it.
    """
    try:
        with transaction.atomic():
            placed = []
            for answer in _place(channel, _drafts(channel, orders, stop=True), by):
                if isinstance(answer, Refusal):
                    raise answer
                placed.append(answer)
            return placed
    except IntegrityError as error:
        if "orders_order_reference_once" not in str(error):
            raise
        known = _known(channel, [new.reference for new, _at in orders])
        if not known:
            # Two of these orders have one reference.
            raise ReferenceRepeated(
                _("An earlier order of this request has this reference: each order needs its own.")
            ) from error
        raise _taken(next(iter(known.values()))) from error


def place_each(*, channel: Channel, orders: Asked, by: object = None) -> list[Placed | Refusal]:
    """Place many orders of a channel, each for itself: one that is refused keeps no other from being placed.

    Answers in the order of the requests, with what was placed or the refusal ``place`` would raise; also
    ``ReferenceRepeated``. Of two that want the last piece, the earlier has it.
    """
    try:
        with transaction.atomic():
            return _place_each(channel, orders, by)
    except IntegrityError as error:
        if "orders_order_reference_once" not in str(error):
            raise
    # Another request placed one of them in the meantime: it is seen now.
    with transaction.atomic():
        return _place_each(channel, orders, by)


def _place_each(channel: Channel, orders: Asked, by: object) -> list[Placed | Refusal]:
    known = _known(channel, [new.reference for new, _at in orders])
    refused: dict[int, Refusal] = {}
    seen: set[str] = set()
    for index, (new, _at) in enumerate(orders):
        if new.reference in known:
            refused[index] = _taken(known[new.reference])
        elif new.reference in seen:
            refused[index] = ReferenceRepeated(
                _("An earlier order of this request has this reference: each order needs its own.")
            )
        seen.add(new.reference)
    rest = [asked for index, asked in enumerate(orders) if index not in refused]
    drafts = _drafts(channel, rest) if rest else []
    placed = iter(_place(channel, drafts, by))
    return [refused[index] if index in refused else next(placed) for index in range(len(orders))]


def _drafts(channel: Channel, orders: Asked, *, stop: bool = False) -> list[Draft | Refusal]:
    """Check orders one by one, but for stock. With ``stop`` the first refusal is raised."""
    markets = checks.markets([new for new, _at in orders])
    points = checks.points([new for new, _at in orders])
    asked = [
        offers.Asked(line.merchant, line.sku, markets[new.country].pk, new.language, at)
        for new, at in orders
        if new.country in markets
        for line in new.lines
    ]
    found = iter(offers.find(asked))
    drafts: list[Draft | Refusal] = []
    for new, at in orders:
        own = [next(found) for _line in new.lines] if new.country in markets else []
        try:
            market = checks.market(channel, new, markets)
            sold = checks.lines(new, market, own, tolerance=channel.price_tolerance)
            checks.amounts(new)
            drafts.append(Draft(new, at, market, sold, checks.point(new, points, sold)))
        except Refusal as refusal:
            if stop:
                raise
            drafts.append(refusal)
    return drafts


def _place(channel: Channel, drafts: Sequence[Draft | Refusal], by: object) -> list[Placed | Refusal]:
    """Build, reserve and write the orders that were not refused; answer for all, in their order.

    Orders are written before their goods are reserved: a reference that another request is just placing is
    found out before, and not after, that request took the last piece.
    """
    good = [draft for draft in drafts if isinstance(draft, Draft)]
    if not good:
        return [draft for draft in drafts if isinstance(draft, Refusal)]
    built = _build(channel, good)
    taken = stock.reserve_each(
        baskets=[
            stock.Basket(
                wants=[stock.Want(line.variant_id, line.quantity) for line in each.lines],
                reference=each.order.public_id,
            )
            for each in built
        ],
        at=good[0].at,
    )
    served = [
        (draft.new, each, own)
        for draft, each, own in zip(good, built, taken, strict=True)
        if not isinstance(own, Refusal)
    ]
    if len(served) < len(built):
        short = [each.order.pk for each, own in zip(built, taken, strict=True) if isinstance(own, Refusal)]
        Order.objects.filter(pk__in=short).delete()
    if served:
        _write(served, by)
    ends = iter([own if isinstance(own, Refusal) else each for each, own in zip(built, taken, strict=True)])
    return [draft if isinstance(draft, Refusal) else next(ends) for draft in drafts]


def _build(channel: Channel, drafts: Sequence[Draft]) -> list[Placed]:
    sellers = {offer.merchant_id for draft in drafts for offer in draft.sold}
    merchants = {merchant.pk: merchant for merchant in _merchants(sellers=list(sellers))}
    count = sum(1 + len({line.merchant for line in draft.new.lines}) for draft in drafts)
    drawn = iter(numbers.draw(count, at=drafts[0].at))
    home = networks.home_carrier() if any(draft.point is None for draft in drafts) else None
    built = [build(draft, channel=channel, merchants=merchants, drawn=drawn, home=home) for draft in drafts]
    insert([each.order for each in built])
    return built


def _write(served: Sequence[tuple[NewOrder, Placed, list[stock.Taken]]], by: object) -> None:
    """Write the rows of orders whose goods are reserved, one statement a table."""
    parts = [part for _new, each, _taken in served for part in each.parts]
    insert([part.order for part in parts])
    insert([line for part in parts for line in part.lines])
    insert([row for _new, each, taken in served for row in allocate(each.lines, taken)])
    buyers.seal((each.order.pk, new.buyer) for new, each, _taken in served)
    insert([payment for _new, each, _taken in served for payment in each.payments])
    insert(
        [
            Transition(
                merchant_order=part.order,
                to_status=part.order.status,
                happened_at=part.order.placed_at,
                actor_label=f"channel:{part.order.order.channel.name}"[:120],
            )
            for part in parts
        ]
    )
    at = served[0][1].order.placed_at
    paid = [part for part in parts if part.order.status == FIRST]
    ledger.post([posting for part in paid for posting in postings(part)], at=at)
    events.record_many(
        [
            events.NewEvent(
                type="order.placed" if part.order.status == FIRST else "order.payment_awaited",
                subject_type="merchantorder",
                subject_id=part.order.public_id,
                merchant_id=part.order.merchant_id,
                data={"number": part.order.number, "order": str(part.order.order.public_id)},
            )
            for part in parts
        ],
        by=by,
    )


def _known(channel: Channel, references: Sequence[str]) -> dict[str, Order]:
    """Return the orders that the channel has placed under these references."""
    rows = Order.objects.filter(channel=channel, reference__in=references)
    return {order.reference: order for order in rows}


def _taken(order: Order) -> ReferenceTaken:
    return ReferenceTaken(
        _("You have already placed an order with this reference: read it, or use a new reference."),
        reference=order.reference,
        order=str(order.public_id),
        number=order.number,
    )
