"""Make a parcel of what an order still has to send, with its number and its label."""

import secrets
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
from orders.models import Carrier, MerchantOrder, Parcel, ParcelLine
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

    ``weight_g`` is the parcel's, packed. Raises ``NotToShip``, ``NothingToPack``, ``WrongWeight``,
    ``PointClosed``, ``NoLabelService``, or ``lifecycle.UnknownOrder``.
    """
    order = _locked(merchant_order_id)
    if order.status not in TO_SHIP:
        raise NotToShip(
            _("Order %(number)s is not to be shipped: it is “%(status)s”.")
            % {"number": order.number, "status": OrderStatus(order.status).label},
            status=order.status,
        )
    left = _left_to_pack(order)
    if not left:
        raise NothingToPack(_("All of order %(number)s is packed already.") % {"number": order.number})
    point = order.order.pickup_point
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

    parcel = Parcel.objects.create(
        merchant_id=order.merchant_id,
        merchant_order=order,
        carrier=_carrier_for(order),
        pickup_point=point,
        tracking_number=s10(_next_serial()),
        tracking_token=secrets.token_urlsafe(32),
        collection_code=f"{secrets.randbelow(10**6):06}" if point else "",
        weight_g=weight_g,
        created_at=at,
    )
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line_id=line_id, quantity=quantity) for line_id, quantity in left.items()
    )
    parcel.label.save(f"labels/{parcel.public_id}.pdf", ContentFile(labels.draw(parcel)), save=False)
    parcel.save(update_fields=["label"])
    events.record(
        "parcel.announced", parcel, merchant_id=order.merchant_id, by=by, data={"order": order.number}
    )
    return parcel


def _locked(merchant_order_id: int) -> MerchantOrder:
    orders = lifecycle.lock([merchant_order_id])
    if not orders:
        raise lifecycle.UnknownOrder
    return orders[0]


def _left_to_pack(order: MerchantOrder) -> dict[int, int]:
    packed = dict(
        ParcelLine.objects.filter(line__merchant_order=order)
        .exclude(parcel__status=ParcelStatus.CANCELLED)
        .values_list("line_id")
        .annotate(total=Sum("quantity"))
    )
    wanted = dict(order.lines.values_list("pk", "quantity"))
    left = {line_id: quantity - packed.get(line_id, 0) for line_id, quantity in wanted.items()}
    return {line_id: quantity for line_id, quantity in left.items() if quantity > 0}


def _carrier_for(order: MerchantOrder) -> Carrier:
    point = order.order.pickup_point
    carrier = point.network.carrier if point else Carrier.objects.get(code=networks.SANDBOX)
    if not carrier.is_active or carrier.adapter not in NUMBERED_BY_US:
        raise NoLabelService(
            _("Labels of %(carrier)s are not connected.") % {"carrier": carrier.name}, carrier=carrier.code
        )
    return carrier


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_parcel_serial')")
        return int(cursor.fetchone()[0])
