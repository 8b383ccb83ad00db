"""The pickup points of the demonstration world."""

from datetime import datetime

from orders.adapters.points import invented
from orders.services import networks, points


def load(*, count: int, now: datetime) -> None:
    """Open invented points around real towns of Europe."""
    points.refresh(
        network_code=networks.DEMONSTRATION,
        drafts=invented.drafts(count),
        source="demonstration",
        at=now,
        confirmed=True,
    )
