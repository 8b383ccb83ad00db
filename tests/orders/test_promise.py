"""By when a buyer is promised the parcel, and where it is read."""

from datetime import date, datetime

import pytest

from core.dates import PARIS
from orders.enums import OrderStatus
from orders.models import Carrier, MerchantOrder
from orders.services import deadlines, networks, shipping
from tests.factories import make_merchant, make_offer, make_order, make_point

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("placed_at", "destination", "days", "expected"),
    [
        # Accepted by Tuesday 10:00, handed over by Thursday 10:00, two days of transport over the weekend.
        (MONDAY, "FR", 2, date(2026, 11, 30)),
        (MONDAY, "DE", 4, date(2026, 12, 2)),
        # On a Saturday the hours begin on Monday at midnight: the hand-over ends on Wednesday, not Thursday.
        (datetime(2026, 11, 21, 9, 0, tzinfo=PARIS), "FR", 1, date(2026, 11, 26)),
        # Christmas counts neither for the merchant nor for the carrier.
        (datetime(2026, 12, 21, 10, 0, tzinfo=PARIS), "FR", 2, date(2026, 12, 29)),
        # 11 November is a day of work in Germany, 3 October is not.
        (datetime(2026, 11, 5, 10, 0, tzinfo=PARIS), "DE", 1, date(2026, 11, 11)),
        (datetime(2025, 9, 29, 10, 0, tzinfo=PARIS), "DE", 1, date(2025, 10, 6)),
        # A country whose holidays nobody knows counts by those of the merchant.
        (MONDAY, "XX", 2, date(2026, 11, 30)),
    ],
)
def test_the_promise_leaves_the_merchant_all_the_time_there_is(placed_at, destination, days, expected):
    promised = deadlines.promised_on(placed_at, origin="FR", destination=destination, carrier_days=days)

    assert promised == expected


def test_a_carrier_that_tells_no_delay_promises_nothing():
    assert deadlines.promised_on(MONDAY, origin="FR", destination="FR", carrier_days=None) is None


@pytest.fixture
def variant(db):
    return make_offer(make_merchant())


def point_of(code, **fields):
    networks.load()
    point = make_point(**fields)
    point.network.carrier = Carrier.objects.get(code=code)
    point.network.save()
    return point


def test_an_order_carries_the_promise_of_its_point_s_carrier(variant):
    order = make_order((variant, 1), point=point_of("mondial-relay"))

    expected = deadlines.promised_on(order.placed_at, origin="FR", destination="FR", carrier_days=4)
    assert MerchantOrder.objects.get(pk=order.pk).promised_on == expected


def test_across_a_border_the_longer_delay_counts(db):
    variant = make_offer(make_merchant(), country="DE")
    point = point_of("mondial-relay", country="DE", city="Köln")

    order = make_order((variant, 1), point=point, country="DE")

    expected = deadlines.promised_on(order.placed_at, origin="FR", destination="DE", carrier_days=6)
    assert order.promised_on == expected


def test_home_deliveries_are_promised_too(variant):
    networks.load()

    order = make_order(
        (variant, 1), delivery="home", pickup_point=None, address_country="FR", point=make_point()
    )

    expected = deadlines.promised_on(order.placed_at, origin="FR", destination="FR", carrier_days=2)
    assert order.promised_on == expected


def test_without_a_known_delay_nothing_is_promised(variant):
    assert make_order((variant, 1), point=make_point()).promised_on is None


def test_the_buyer_reads_the_promise_and_that_it_is_late(variant, client):
    point = point_of("trajeo")
    order = make_order((variant, 1), point=point, status=OrderStatus.ACCEPTED)
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=300, by=None, at=order.placed_at)
    page = f"/t/{parcel.tracking_token}/?language=en"

    assert "Promised by" in (before := client.get(page).content.decode())
    assert "Late" not in before
    MerchantOrder.objects.filter(pk=order.pk).update(promised_on=date(2020, 1, 2))
    assert "Late" in client.get(page).content.decode()
