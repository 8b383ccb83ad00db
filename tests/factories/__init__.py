"""Rows for tests, as plain as can be: what a test does not name has a sensible value."""

from tests.factories.catalog import make_category, make_location, make_market, make_offer
from tests.factories.merchants import make_member, make_merchant, make_staff, make_user
from tests.factories.orders import make_order, make_point, new_order
from tests.factories.partners import make_application, make_channel

__all__ = [
    "make_application",
    "make_category",
    "make_channel",
    "make_location",
    "make_market",
    "make_member",
    "make_merchant",
    "make_offer",
    "make_order",
    "make_point",
    "make_staff",
    "make_user",
    "new_order",
]
