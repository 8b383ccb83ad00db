"""Pickup points as a source would describe them."""

from dataclasses import replace
from typing import Any

from orders.adapters.points import PointDraft
from orders.enums import PointKind

PARIS = PointDraft(
    line=2,
    code="R1",
    name="Tabac de la Gare",
    kind=PointKind.SHOP,
    street="12 rue des Lilas",
    postcode="75011",
    city="Paris",
    country="FR",
    latitude=48.8566,
    longitude=2.3522,
    opening_hours="Mo-Fr 09:00-19:00; Sa 09:00-12:00; PH off",
    max_weight_g=20_000,
    capacity=10,
)


def draft(code: str = "R1", **changes: Any) -> PointDraft:
    return replace(PARIS, code=code, **changes)


def north(code: str, metres: float, **changes: Any) -> PointDraft:
    """A point so many metres north of the one in Paris."""
    assert PARIS.latitude is not None
    return draft(code, latitude=PARIS.latitude + metres / 111_195, **changes)
