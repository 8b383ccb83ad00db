"""Whether an order that a channel sends can be taken: the market, the offers, the prices, the point.

Each check reads what it needs for all orders of a call with at most one statement, or none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Market
from core.money import format_money, round_amount
from core.refusals import Refusal
from core.services.reading import Prepared, one_of
from orders.enums import DeliveryKind, PaymentStatus, PointStatus
from orders.models import PickupPoint
from orders.services import nearest
from orders.services.new_order import NewOrder
from orders.services.offers import Offer
from partners.models import Channel

ALTERNATIVES = 3


class MarketClosed(Refusal):
    """The market is closed, or not one that this channel serves."""

    code = "market_closed"


class NotAcceptable(Refusal):
    """Some values cannot be taken; ``errors`` points at each of them."""

    code = "order_not_acceptable"
    status = 422


class NotOnSale(Refusal):
    """Some lines are not on sale in this market now; ``errors`` points at them."""

    code = "not_on_sale"


class PriceChanged(Refusal):
    """Some prices are no longer those on sale; ``lines`` gives the current ones."""

    code = "price_changed"


class PickupPointUnavailable(Refusal):
    """The pickup point cannot take this order; ``reason`` says why, ``alternatives`` the nearest."""

    code = "pickup_point_unavailable"


_markets = Prepared(lambda: Market.objects.filter(one_of("country", "countries")))
_points = Prepared(
    lambda: PickupPoint.objects.select_related("network__carrier").filter(one_of("public_id", "wanted"))
)


def markets(news: Iterable[NewOrder]) -> dict[str, Market]:
    """Return the markets that the orders name, by country."""
    return {market.country: market for market in _markets(countries=list({new.country for new in news}))}


def market(channel: Channel, new: NewOrder, found: Mapping[str, Market]) -> Market:
    """Return the order's market. Raises ``MarketClosed``, or ``NotAcceptable`` for the currency."""
    market = found.get(new.country)
    if market is None or not market.is_open or new.country not in channel.countries:
        raise MarketClosed(
            _("This channel cannot sell in the market %(country)s now: stop selling there.")
            % {"country": new.country},
            market=new.country,
        )
    if new.currency != market.currency:
        raise _not_acceptable(
            _error(
                "/currency",
                "wrong_currency",
                _("Orders for this market are in %(currency)s.") % {"currency": market.currency},
            )
        )
    return market


def lines(new: NewOrder, market: Market, found: Sequence[Offer | None], *, tolerance: Decimal) -> list[Offer]:
    """Return the offers of the lines once all can be sold as asked.

    Raises ``NotAcceptable`` (unknown or repeated SKU), ``NotOnSale`` or ``PriceChanged``, each naming all the
    lines it concerns.
    """
    errors = []
    asked = Counter((line.merchant, line.sku) for line in new.lines)
    for index, (line, offer) in enumerate(zip(new.lines, found, strict=True)):
        if offer is None:
            errors.append(
                _error(
                    f"/lines/{index}/sku",
                    "unknown_sku",
                    _("This merchant has no SKU “%(sku)s”.") % {"sku": line.sku},
                )
            )
        elif asked[line.merchant, line.sku] > 1:
            errors.append(_error(f"/lines/{index}", "repeated_sku", _("Put each SKU on one line only.")))
    if errors:
        raise _not_acceptable(*errors)
    known = [offer for offer in found if offer is not None]
    _check_on_sale(new, known)
    _check_prices(new, market, known, tolerance)
    return known


def amounts(new: NewOrder) -> None:
    """Raise ``NotAcceptable`` when the money does not add up or cannot be counted in this currency."""
    errors = []
    for index, line in enumerate(new.lines):
        if round_amount(line.unit_price, new.currency) != line.unit_price:
            errors.append(_error(f"/lines/{index}/unit_price", "too_many_decimals", _("Too many decimals.")))
    strangers = new.shipping.keys() - {line.merchant for line in new.lines}
    if strangers:
        errors.append(
            _error(
                "/shipping",
                "unknown_merchant",
                _("Shipping is paid to a merchant who has no line: %(merchants)s.")
                % {"merchants": ", ".join(sorted(str(merchant) for merchant in strangers))},
            )
        )
    if new.payment_amount != new.total:
        errors.append(
            _error(
                "/payment/amount",
                "total_mismatch",
                _("Lines and shipping come to %(total)s, the payment to %(paid)s.")
                % {
                    "total": format_money(new.total, new.currency),
                    "paid": format_money(new.payment_amount, new.currency),
                },
            )
        )
    if new.payment_status in (PaymentStatus.FAILED, PaymentStatus.EXPIRED):
        errors.append(
            _error("/payment/status", "not_paid", _("An order whose payment failed is not placed."))
        )
    if new.delivery == DeliveryKind.HOME and new.address_country != new.country:
        errors.append(
            _error(
                "/delivery/address/country",
                "outside_market",
                _("The address is not in the market %(country)s.") % {"country": new.country},
            )
        )
    if errors:
        raise _not_acceptable(*errors)


def points(news: Iterable[NewOrder]) -> dict[UUID, PickupPoint]:
    """Return the pickup points that the orders name."""
    wanted = {new.pickup_point for new in news if new.delivery == DeliveryKind.PICKUP}
    if not wanted:
        return {}
    return {point.public_id: point for point in _points(wanted=list(wanted))}


def point(new: NewOrder, found: dict[UUID, PickupPoint], sold: Sequence[Offer]) -> PickupPoint | None:
    """Return the order's pickup point once it can take the heaviest of its parcels, None for home delivery.

    An article whose weight or size is unknown is taken to fit, as a point whose limits are unknown takes all.
    """
    if new.delivery != DeliveryKind.PICKUP:
        return None
    chosen = found.get(new.pickup_point) if new.pickup_point else None
    if chosen is None:
        raise _not_acceptable(
            _error("/delivery/pickup_point", "unknown_pickup_point", _("This pickup point does not exist."))
        )
    weights: Counter[int] = Counter()
    for line, offer in zip(new.lines, sold, strict=True):
        weights[offer.merchant_id] += (offer.weight_g or 0) * line.quantity
    longest = max((offer.longest_mm or 0 for offer in sold), default=0)
    reason = _why_not(chosen, new.country, heaviest=max(weights.values()), longest=longest)
    if reason:
        raise _unavailable(chosen, reason, heaviest=max(weights.values()), longest=longest)
    return chosen


def snapshot(point: PickupPoint) -> dict[str, Any]:
    """Return the point as it is kept with the order, whatever becomes of the point."""
    return {
        "id": str(point.public_id),
        "code": point.code,
        "network": point.network.name,
        "name": point.name,
        "street": point.street,
        "street2": point.street2,
        "postcode": point.postcode,
        "city": point.city,
        "country": point.country,
    }


def _check_on_sale(new: NewOrder, sold: Sequence[Offer]) -> None:
    errors = [
        _error(
            f"/lines/{index}/sku",
            "not_on_sale",
            _("“%(sku)s” is not on sale in this market.") % {"sku": line.sku},
        )
        for index, (line, offer) in enumerate(zip(new.lines, sold, strict=True))
        if not offer.is_on_sale or offer.vat_rate is None
    ]
    if errors:
        raise NotOnSale(
            _("Some lines are not on sale in this market: take them out, then place the order again."),
            errors=errors,
        )


def _check_prices(new: NewOrder, market: Market, sold: Sequence[Offer], tolerance: Decimal) -> None:
    changed = []
    for index, (line, offer) in enumerate(zip(new.lines, sold, strict=True)):
        price = offer.price or Decimal(0)
        if offer.currency != market.currency or abs(line.unit_price - price) > price * tolerance:
            changed.append(
                {
                    "pointer": f"/lines/{index}/unit_price",
                    "sku": line.sku,
                    "sent": str(line.unit_price),
                    "current": str(price),
                    "currency": offer.currency,
                }
            )
    if changed:
        raise PriceChanged(
            _("Some prices have changed since the buyer saw them: show the current ones, then order again."),
            lines=changed,
        )


def _why_not(point: PickupPoint, country: str, *, heaviest: int, longest: int) -> str:
    if point.status != PointStatus.OPEN:
        return "closed"
    if point.country != country:
        return "outside_market"
    if point.capacity is not None and point.load >= point.capacity:
        return "full"
    if point.max_weight_g is not None and heaviest > point.max_weight_g:
        return "too_heavy"
    if point.max_side_mm is not None and longest > point.max_side_mm:
        return "too_large"
    return ""


def _unavailable(point: PickupPoint, reason: str, *, heaviest: int, longest: int) -> PickupPointUnavailable:
    words = {
        "closed": _("This pickup point takes no parcels at present."),
        "outside_market": _("This pickup point is not in the market of the order."),
        "full": _("This pickup point is full."),
        "too_heavy": _("The parcel is too heavy for this pickup point."),
        "too_large": _("An article is too large for this pickup point."),
    }
    return PickupPointUnavailable(
        words[reason],
        reason=reason,
        pickup_point=str(point.public_id),
        alternatives=[] if reason == "outside_market" else _alternatives(point, heaviest, longest),
    )


def _alternatives(point: PickupPoint, heaviest: int, longest: int) -> list[dict[str, Any]]:
    """Return the nearest points that could take the parcel instead."""
    found = nearest.search(
        place=nearest.Place(point.latitude, point.longitude),
        wish=nearest.Wish(weight_g=heaviest or None, side_mm=longest or None),
        at=timezone.now(),
        limit=ALTERNATIVES + 1,
    )
    others = [each for each in found if each.point.pk != point.pk and each.point.country == point.country]
    return [
        {
            "id": str(each.point.public_id),
            "name": each.point.name,
            "postcode": each.point.postcode,
            "city": each.point.city,
            "distance_m": each.distance_m,
        }
        for each in others[:ALTERNATIVES]
    ]


def _not_acceptable(*errors: dict[str, str]) -> NotAcceptable:
    return NotAcceptable(_("Some values cannot be accepted."), errors=list(errors))


def _error(pointer: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}
