"""A network of two points that the tests of delivery share."""

from datetime import UTC, datetime

import pytest

from orders.models import PickupNetwork
from orders.services import networks

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def network(db: None) -> PickupNetwork:
    networks.load()
    return PickupNetwork.objects.get(code=networks.DEMONSTRATION)
