"""Make a parcel of what an order still has to send, with its number and its label."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from orders.adapters.carriers.base import s10
from orders.enums import OrderStatus, ParcelStatus, PointStatus
from orders.models import Carrier, MerchantOrder, OrderLine, Parcel, ParcelLine, PickupPoint
from orders.services import labels, lifecycle, networks

MAX_WEIGHT_G = 30_000
TO_SHIP = (OrderStatus.ACCEPTED, OrderStatus.PREPARING)
# Carriers whose numbers are ours to give. The others number parcels themselves, when asked for a label.
NUMBERED_BY_US = ("sandbox",)


class NotToShip(Refusal):
    """The order is not accepted yet, or has left, or has ended; ``status`` says which."""

    code = "order_not_to_ship"


class NothingToPack(Refusal):
    """All that was ordered is in parcels already: print their labels again instead."""

    code = "nothing_to_pack"


class WrongWeight(Refusal):
    """A parcel weighs from 1 g to what the pickup point takes, at most 30 kg; ``max_weight_g`` says it."""

    code = "wrong_weight"
    status = 422


class PointClosed(Refusal):
    """The pickup point has closed since the buyer chose it."""

    code = "pickup_point_closed"


class NoLabelService(Refusal):
    """The carrier that serves this network is switched off, or its labels are not connected."""

    code = "no_label_service"


@transaction.atomic
def make_label(*, merchant_order_id: int, weight_g: int, by: User | None, at: datetime) -> Parcel:
    """Pack all that is not in a parcel yet and draw its label. The order's state does not change.

    ``weight_g`` is the parcel's, packed. Raises what ``announce_many`` raises.
    """
    [parcel] = announce_many(weights={merchant_order_id: weight_g}, by=by, at=at)
    return label_of(parcel_id=parcel.pk)


@transaction.atomic
def announce_many(*, weights: Mapping[int, int], by: User | None, at: datetime) -> list[Parcel]:
    """Pack all that is left of each of these orders, by the weight in grams of its parcel, packed.

    All or none, with a number of statements that does not grow with the orders. Labels are drawn when
    somebody asks for them (``label_of``). Raises ``NotToShip``, ``NothingToPack``, ``WrongWeight``,
    ``PointClosed``, ``NoLabelService``, or ``lifecycle.UnknownOrder``.
    """
    orders = lifecycle.lock(weights)
    if len(orders) != len(weights):
        raise lifecycle.UnknownOrder
    left = _left_to_pack(orders)
    points = PickupPoint.objects.select_related("network__carrier").in_bulk(
        {order.order.pickup_point_id for order in orders if order.order.pickup_point_id}
    )
    to_homes = any(order.order.pickup_point_id is None for order in orders)
    at_home = Carrier.objects.get(code=networks.SANDBOX) if to_homes else None
    announced = []
    for order, serial in zip(orders, _next_serials(len(orders)), strict=True):
        point = points.get(order.order.pickup_point_id)
        _check(order, left.get(order.pk, {}), point, weights[order.pk])
        parcel = Parcel(
            merchant_id=order.merchant_id,
            merchant_order=order,
            carrier=_label_service(point.network.carrier if point else at_home),
            pickup_point=point,
            tracking_number=s10(serial),
            tracking_token=secrets.token_urlsafe(32),
            collection_code=f"{secrets.randbelow(10**6):06}" if point else "",
            weight_g=weights[order.pk],
            created_at=at,
        )
        announced.append(parcel)
    Parcel.objects.bulk_create(announced)
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line_id=line_id, quantity=quantity)
        for parcel in announced
        for line_id, quantity in left[parcel.merchant_order_id].items()
    )
    events.record_many(
        (
            events.NewEvent(
                type="parcel.announced",
                subject_type="parcel",
                subject_id=parcel.public_id,
                merchant_id=parcel.merchant_id,
                data={"order": parcel.merchant_order.number},
            )
            for parcel in announced
        ),
        by=by,
    )
    return announced


@transaction.atomic
def label_of(*, parcel_id: int) -> Parcel:
    """Return the parcel with its label, drawn now if it has never been asked for. Again changes nothing."""
    parcel: Parcel = (
        Parcel.objects.select_for_update(of=("self",))
        .select_related("merchant_order__merchant", "merchant_order__order__market", "carrier")
        .select_related("pickup_point__network")
        .get(pk=parcel_id)
    )
    if not parcel.label:
        name = f"labels/{parcel.public_id}.pdf"
        parcel.label.save(name, ContentFile(labels.draw(parcel)), save=False)
        parcel.save(update_fields=["label"])
    return parcel


def _check(order: MerchantOrder, left: Mapping[int, int], point: PickupPoint | None, weight_g: int) -> None:
    if order.status not in TO_SHIP:
        raise NotToShip(
            _("Order %(number)s is not to be shipped: it is “%(status)s”.")
            % {"number": order.number, "status": OrderStatus(order.status).label},
            status=order.status,
        )
    if not left:
        raise NothingToPack(_("All of order %(number)s is packed already.") % {"number": order.number})
    if point is not None and point.status == PointStatus.CLOSED:
        raise PointClosed(_("The pickup point “%(point)s” has closed.") % {"point": point.name})
    most = min(MAX_WEIGHT_G, (point.max_weight_g if point else None) or MAX_WEIGHT_G)
    if not 0 < weight_g <= most:
        raise WrongWeight(
            _("The parcel weighs %(weight)d g; it may weigh from 1 to %(most)d g.")
            % {"weight": weight_g, "most": most},
            weight_g=weight_g,
            max_weight_g=most,
        )


def _left_to_pack(orders: Iterable[MerchantOrder]) -> dict[int, dict[int, int]]:
    """Return, for each order, how many of each line are in no parcel yet."""
    keys = [order.pk for order in orders]
    packed = dict(
        ParcelLine.objects.filter(line__merchant_order__in=keys)
        .exclude(parcel__status=ParcelStatus.CANCELLED)
        .values_list("line_id")
        .annotate(total=Sum("quantity"))
    )
    left: dict[int, dict[int, int]] = {}
    lines = OrderLine.objects.filter(merchant_order__in=keys)
    for order_id, line_id, quantity in lines.values_list("merchant_order_id", "pk", "quantity"):
        if quantity > packed.get(line_id, 0):
            left.setdefault(order_id, {})[line_id] = quantity - packed.get(line_id, 0)
    return left


def _label_service(carrier: Carrier | None) -> Carrier:
    assert carrier is not None
    if not carrier.is_active or carrier.adapter not in NUMBERED_BY_US:
        raise NoLabelService(
            _("Labels of %(carrier)s are not connected.") % {"carrier": carrier.name}, carrier=carrier.code
        )
    return carrier


def _next_serials(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_parcel_serial') FROM generate_series(1, %s)", [count])
        return [int(row[0]) for row in cursor.fetchall()]
