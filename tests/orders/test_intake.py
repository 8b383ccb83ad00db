"""An order is taken whole or not at all, split by merchant, priced, and its goods reserved."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Market, Price, StockLevel
from catalog.services.stock import OutOfStock
from core.models import Event
from merchants.enums import MerchantStatus
from orders.enums import OrderStatus, PaymentStatus, PointStatus
from orders.models import (
    Allocation,
    Buyer,
    Entry,
    MerchantOrder,
    Order,
    OrderLine,
    Payment,
    Transition,
)
from orders.services import buyers, checks, intake
from tests.factories import make_channel, make_merchant, make_offer, make_point, new_order
from tests.factories.orders import BUYER

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return make_channel()


@pytest.fixture
def point():
    return make_point()


def place(channel, new):
    return intake.place(channel=channel, new=new, at=timezone.now())


def nothing_is_written():
    tables = (Order, MerchantOrder, OrderLine, Allocation, Buyer, Payment, Transition, Entry, Event)
    return not any(table.objects.exists() for table in tables) and not StockLevel.objects.filter(
        reserved__gt=0
    )


def test_place_splits_an_order_by_merchant_and_reserves_its_goods(channel, point):
    first, second = make_merchant(), make_merchant()
    towel, sheet = make_offer(first, "TORCHON"), make_offer(second, "DRAP", price="120.00")

    placed = place(
        channel, new_order((towel, 2), (sheet, 1, "120.00"), shipping={first: "4.90"}, point=point)
    )

    assert [(part.order.merchant_id, part.order.total) for part in placed.parts] == [
        (first.pk, Decimal("30.70")),
        (second.pk, Decimal("120.00")),
    ]
    order = Order.objects.get()
    assert (order.goods_total, order.shipping_total, order.total) == (
        Decimal("145.80"),
        Decimal("4.90"),
        Decimal("150.70"),
    )
    assert dict(StockLevel.objects.values_list("variant__sku", "reserved")) == {"TORCHON": 2, "DRAP": 1}
    assert Allocation.objects.filter(ended_at__isnull=True).count() == 2
    assert set(MerchantOrder.objects.values_list("status", flat=True)) == {OrderStatus.WAITING_ACCEPTANCE}
    assert order.destination["name"] == "Lyon Bellecour"


def test_place_gives_each_part_its_own_number_deadline_and_event(channel, point):
    offers = [(make_offer(make_merchant()), 1), (make_offer(make_merchant()), 1)]

    placed = place(channel, new_order(*offers, point=point))

    numbers = [placed.order.number, *(part.order.number for part in placed.parts)]
    assert len(set(numbers)) == 3
    assert all(number.startswith(f"PA-{timezone.localtime():%y%m}-") for number in numbers)
    assert all(part.order.accept_until > part.order.placed_at for part in placed.parts)
    events = Event.objects.filter(type="order.placed").order_by("pk")
    assert [(event.subject_id, event.merchant_id) for event in events] == [
        (part.order.public_id, part.order.merchant_id) for part in placed.parts
    ]


def test_place_freezes_vat_and_commission_as_the_page_explains_them(channel, point):
    merchant = make_merchant()
    variant = make_offer(merchant, price="281.00")

    placed = place(channel, new_order((variant, 1, "281.00"), shipping={merchant: "4.90"}, point=point))

    order = placed.parts[0].order
    rate = placed.parts[0].lines[0].commission_rate
    assert order.vat_total == Decimal("47.65")  # 285.90 × 20 / 120
    assert order.commission_total == (Decimal("281.00") * rate / 100).quantize(Decimal("0.01"))
    assert order.commission_vat == (order.commission_total / 5).quantize(Decimal("0.01"))
    assert placed.parts[0].lines[0].vat_amount == Decimal("46.83")


def test_place_seals_the_buyer_and_leaves_no_trace_elsewhere(channel, point):
    placed = place(channel, new_order((make_offer(make_merchant()), 1), point=point))

    assert buyers.contact(order_id=placed.order.pk) == BUYER
    stored = Buyer.objects.get()
    assert b"Lotte" not in bytes(stored.name) and b"lotte" not in bytes(stored.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE data::text ILIKE '%lotte%'")
        assert cursor.fetchone() == (0,)


def test_place_refuses_an_unknown_sku_and_points_at_its_line(channel, point):
    good = make_offer(make_merchant())
    new = new_order((good, 1), point=point)
    stranger = replace(new.lines[0], sku="INCONNU")

    with pytest.raises(checks.NotAcceptable) as refusal:
        place(channel, replace(new, lines=[new.lines[0], stranger]))

    assert [(error["pointer"], error["code"]) for error in refusal.value.details["errors"]] == [
        ("/lines/1/sku", "unknown_sku")
    ]
    assert nothing_is_written()


def test_place_refuses_the_sku_of_another_merchant(channel, point):
    variant, other = make_offer(make_merchant()), make_merchant()
    new = new_order((variant, 1), point=point)

    with pytest.raises(checks.NotAcceptable):
        place(channel, replace(new, lines=[replace(new.lines[0], merchant=other.public_id)]))

    assert nothing_is_written()


def test_place_refuses_a_price_that_has_changed_and_says_the_current_one(channel, point):
    variant = make_offer(make_merchant(), "TORCHON", price="14.90")

    with pytest.raises(checks.PriceChanged) as refusal:
        place(channel, new_order((variant, 1, "12.90"), point=point))

    assert refusal.value.details["lines"] == [
        {
            "pointer": "/lines/0/unit_price",
            "sku": "TORCHON",
            "sent": "12.90",
            "current": "14.90",
            "currency": "EUR",
        }
    ]
    assert nothing_is_written()


def test_place_accepts_a_price_within_the_channels_tolerance(channel, point):
    channel.price_tolerance = Decimal("0.02")
    channel.save()
    variant = make_offer(make_merchant(), price="100.00")

    placed = place(channel, new_order((variant, 1, "98.00"), point=point))

    assert placed.order.total == Decimal("98.00")


def test_place_sells_at_the_price_of_its_own_moment(channel, point):
    variant = make_offer(make_merchant())
    yesterday = timezone.now() - timedelta(days=1)
    Price.objects.update(starts_at=yesterday - timedelta(days=1))
    price = Price.objects.get()
    Price.objects.filter(pk=price.pk).update(ends_at=timezone.now() - timedelta(hours=1))
    Price.objects.create(
        merchant=variant.merchant,
        variant=variant,
        market=price.market,
        amount=Decimal("20.00"),
        currency="EUR",
        source=price.source,
        starts_at=timezone.now() - timedelta(hours=1),
    )

    placed = intake.place(channel=channel, new=new_order((variant, 1), point=point), at=yesterday)

    assert placed.order.placed_at == yesterday
    assert MerchantOrder.objects.get().total == Decimal("12.90")


def unpublished():
    return make_offer(make_merchant(), published=False)


def priceless():
    return make_offer(make_merchant(), price=None)


def suspended():
    return make_offer(make_merchant(status=MerchantStatus.SUSPENDED))


@pytest.mark.parametrize("offer", [unpublished, priceless, suspended])
def test_place_refuses_what_is_not_on_sale(channel, point, offer):
    with pytest.raises(checks.NotOnSale) as refusal:
        place(channel, new_order((offer(), 1), point=point))

    assert refusal.value.details["errors"][0]["pointer"] == "/lines/0/sku"
    assert nothing_is_written()


def test_place_refuses_a_market_that_the_channel_does_not_serve(point):
    channel = make_channel(countries=("DE",))

    with pytest.raises(checks.MarketClosed):
        place(channel, new_order((make_offer(make_merchant()), 1), point=point))

    assert nothing_is_written()


def test_place_refuses_a_closed_market(channel, point):
    variant = make_offer(make_merchant())
    Market.objects.filter(country="FR").update(is_open=False)

    with pytest.raises(checks.MarketClosed):
        place(channel, new_order((variant, 1), point=point))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "PLN"}, "wrong_currency"),
        ({"payment_amount": Decimal("12.91")}, "total_mismatch"),
        ({"payment_status": PaymentStatus.FAILED}, "not_paid"),
        ({"shipping": {uuid4(): Decimal(0)}}, "unknown_merchant"),
        ({"pickup_point": uuid4()}, "unknown_pickup_point"),
        ({"delivery": "home", "address_country": "DE"}, "outside_market"),
    ],
)
def test_place_refuses_what_does_not_add_up(channel, point, changes, code):
    new = new_order((make_offer(make_merchant()), 1), point=point)

    with pytest.raises(checks.NotAcceptable) as refusal:
        place(channel, replace(new, **changes))

    assert [error["code"] for error in refusal.value.details["errors"]] == [code]
    assert nothing_is_written()


def test_place_refuses_the_same_sku_on_two_lines(channel, point):
    variant = make_offer(make_merchant())

    with pytest.raises(checks.NotAcceptable) as refusal:
        place(channel, new_order((variant, 1), (variant, 2), point=point))

    assert {error["pointer"] for error in refusal.value.details["errors"]} == {"/lines/0", "/lines/1"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": PointStatus.SUSPENDED}, "closed"),
        ({"country": "DE"}, "outside_market"),
        ({"capacity": 3, "load": 3}, "full"),
        ({"max_weight_g": 300}, "too_heavy"),
    ],
)
def test_place_refuses_a_point_that_cannot_take_the_parcel(channel, fields, reason):
    variant = make_offer(make_merchant())

    with pytest.raises(checks.PickupPointUnavailable) as refusal:
        place(channel, new_order((variant, 2), point=make_point(**fields)))

    assert refusal.value.details["reason"] == reason
    assert nothing_is_written()


def test_place_refuses_all_when_stock_is_short_by_one(channel, point):
    plenty, short = make_offer(make_merchant()), make_offer(make_merchant(), "PEU", stock=1)

    with pytest.raises(OutOfStock) as refusal:
        place(channel, new_order((plenty, 1), (short, 2), point=point))

    assert refusal.value.details["lines"] == [{"sku": "PEU", "wanted": 2, "available": 1}]
    assert nothing_is_written()


def test_place_refuses_a_reference_already_used_and_names_the_order(channel, point):
    variant = make_offer(make_merchant())
    placed = place(channel, new_order((variant, 1), reference="GL-1", point=point))

    with pytest.raises(intake.ReferenceTaken) as refusal:
        place(channel, new_order((variant, 1), reference="GL-1", point=point))

    assert refusal.value.details["order"] == str(placed.order.public_id)
    assert StockLevel.objects.get().reserved == 1


def test_place_lets_two_channels_use_the_same_reference(channel, point):
    variant = make_offer(make_merchant())
    place(channel, new_order((variant, 1), reference="GL-1", point=point))
    place(make_channel(), new_order((variant, 1), reference="GL-1", point=point))

    assert Order.objects.filter(reference="GL-1").count() == 2


def test_place_takes_the_same_statements_however_many_lines_merchants_and_orders(channel, point):
    few = [(make_offer(make_merchant()), 1)]
    many = [(make_offer(merchant), 1) for merchant in (make_merchant(), make_merchant()) for _ in range(5)]
    place(channel, new_order(*few, *many, point=point))  # the accounts exist
    counts = []
    for batch in ([few], [many], [few, many, many]):
        with CaptureQueriesContext(connection) as queries:
            intake.place_many(
                channel=channel,
                orders=[(new_order(*wanted, point=point), timezone.now()) for wanted in batch],
            )
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_place_many_places_none_when_one_is_refused(channel, point):
    plenty, short = make_offer(make_merchant()), make_offer(make_merchant(), stock=1)
    now = timezone.now()

    with pytest.raises(OutOfStock):
        intake.place_many(
            channel=channel,
            orders=[(new_order((plenty, 1), point=point), now), (new_order((short, 2), point=point), now)],
        )

    assert nothing_is_written()


def test_place_many_shares_what_is_reserved_between_the_orders(channel, point):
    variant = make_offer(make_merchant(), stock=3)
    now = timezone.now()

    intake.place_many(
        channel=channel,
        orders=[(new_order((variant, quantity), point=point), now) for quantity in (1, 2)],
    )

    assert list(Allocation.objects.order_by("line_id").values_list("quantity", flat=True)) == [1, 2]
