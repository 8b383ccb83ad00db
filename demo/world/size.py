"""How big a world is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each to load. Orders are spread over the last ``days``."""

    merchants: int
    products: int
    orders: int
    points: int
    days: int = 90


#: ``small`` is where the journey begins: reference data, staff and partners, nothing sold yet.
SIZES = {
    "small": Size(merchants=0, products=0, orders=0, points=0),
    "full": Size(merchants=22, products=1500, orders=2500, points=40_000),
}
