"""What a partner knows who has read the offers: in drawn requests it leads past the first checks."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import count
from typing import Any

from catalog.models import StockLevel
from merchants.enums import CompanySource
from merchants.models import Company
from tests.architecture.tenancy_world import World

PRICE = Decimal("12.90")
KEY = "Idempotency-Key"
_numbers = count(1)
#: What stands in the addresses that the world knows.
ROWS: dict[str, Callable[[World], Any]] = {
    "/orders/": lambda w: w.order.order.public_id,
    "/merchant-orders/": lambda w: w.order.public_id,
    "/parcels/": lambda w: w.parcel.public_id,
    "/pickup-points/": lambda w: w.point.public_id,
    "/offers/": lambda w: w.variant.public_id,
    "/merchants/": lambda w: w.merchant.public_id,
}


def complete(world: World) -> World:
    """Give the world what the addresses show beside: a company, and goods that do not run out."""
    Company.objects.create(
        merchant=world.merchant,
        legal_name="Kerjean",
        siren="552100554",
        siret="55210055400013",
        source=CompanySource.DECLARED,
    )
    StockLevel.objects.update(on_hand=10**6)
    return world


def words(world: World) -> dict[str, Any]:
    """Return what members of these names may hold, wherever they stand in a query or a body."""
    return {
        "merchant": str(world.merchant.public_id),
        "sku": world.variant.sku,
        "unit_price": str(PRICE),
        "market": "FR",
        "country": "FR",
        "currency": "EUR",
        "postcode": world.point.postcode,
        "pickup_point": str(world.point.public_id),
        "tracking_number": world.parcel.tracking_number,
    }


def told(case: Any, known: Mapping[str, Any]) -> Any:
    """Return the drawn request with what is known in place of what was drawn, as a new act."""
    case.query = _put(case.query, known)
    if "/pickup-points/" in case.path and isinstance(case.query, dict):
        case.query |= {"country": known["country"], "postcode": known["postcode"]}
    case.body = _put(case.body, known)
    if case.headers and KEY in case.headers:
        case.headers[KEY] = f"{next(_numbers)}{case.headers[KEY]}"
    return case


def _put(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_put(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    put = {name: known.get(name, _put(each, known)) for name, each in value.items()}
    return _added_up(put, known) if "lines" in put else put


def _added_up(order: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order of one line, to the known point, whose payment is its total."""
    line = order["lines"][0] if isinstance(order["lines"], list) and order["lines"] else None
    if not isinstance(line, dict) or not isinstance(line.get("quantity"), int | float):
        return order
    line["quantity"] = int(line["quantity"])
    order |= {"lines": [line], "shipping": []}
    if isinstance(order.get("delivery"), dict):
        order["delivery"] = {"kind": "pickup", "pickup_point": known["pickup_point"]}
    if isinstance(order.get("payment"), dict):
        order["payment"] |= {"amount": str(PRICE * line["quantity"])}
    return order
