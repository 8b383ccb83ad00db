"""What a channel sends, as JSON."""

from typing import Any
from uuid import uuid4

from catalog.models import Variant
from orders.models import PickupPoint


def body(point: PickupPoint, *wanted: tuple[Variant, int], **fields: Any) -> dict[str, Any]:
    """Return an order of these quantities at ``make_offer``'s price, to be collected at a point."""
    lines = [
        {
            "merchant": str(variant.merchant.public_id),
            "sku": variant.sku,
            "quantity": quantity,
            "unit_price": "12.90",
        }
        for variant, quantity in wanted
    ]
    total = sum(quantity for _variant, quantity in wanted) * 1290
    return {
        "reference": f"GL-{uuid4()}",
        "market": "FR",
        "currency": "EUR",
        "language": "fr",
        "lines": lines,
        "delivery": {"kind": "pickup", "pickup_point": str(point.public_id)},
        "buyer": {"name": "Lotte Vermeulen", "email": "lotte@example.org"},
        "payment": {"status": "captured", "amount": f"{total // 100}.{total % 100:02d}"},
        **fields,
    }
