"""Labels that a machine reads, and parcels that leave once."""

from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import StockLevel
from core.models import Event
from core.services import events
from orders.adapters.carriers.base import s10
from orders.enums import OrderStatus, ParcelStatus, PointStatus
from orders.models import MerchantOrder, Parcel, PickupPoint
from orders.services import lifecycle, parcels, shipping
from tests.factories import make_merchant, make_offer, make_order, make_user

pytestmark = pytest.mark.django_db


def label(order: MerchantOrder, weight_g: int = 900) -> Parcel:
    return shipping.make_label(
        merchant_order_id=order.pk, weight_g=weight_g, by=make_user(), at=timezone.now()
    )


def hand_over(*them: Parcel) -> list[Parcel]:
    return parcels.hand_over(parcel_ids=[one.pk for one in them], by=make_user(), at=timezone.now())


def page_of(parcel: Parcel) -> Any:
    with parcel.label.open("rb") as file:
        return pypdfium2.PdfDocument(file.read())[0]


@pytest.mark.parametrize(
    ("serial", "number"),
    [(12345678, "RA123456785GB"), (11272041, "RA112720413GB"), (74687697, "RA746876977GB")],
)
def test_s10_numbers_carry_the_check_digit_of_the_postal_union(serial: int, number: str) -> None:
    assert s10(serial, service="R", country="GB") == number


def test_the_label_shows_its_number_as_barcode_and_qr() -> None:
    parcel = label(make_order(status=OrderStatus.ACCEPTED))

    page = page_of(parcel)
    found = {
        str(code.format).rsplit(".", 1)[-1].replace("_", ""): code.text
        for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())
    }

    assert {name.replace(" ", "").upper(): text for name, text in found.items()} == {
        "CODE128": parcel.tracking_number,
        "QRCODE": parcel.tracking_number,
    }
    assert (round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4)) == (105, 148)


def test_the_label_says_who_gets_it_where_and_from_whom() -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    parcel = label(order, weight_g=1_250)

    text = page_of(parcel).get_textpage().get_text_bounded()

    for words in (
        "Lotte Vermeulen",
        "Lyon Bellecour",
        "69002 Lyon",
        "FRANCE",
        order.number,
        "1,250",
        "Destinataire",
    ):
        assert words in text
    assert order.merchant.store_name in text


def test_a_parcel_holds_all_that_is_left_and_gets_its_own_secrets() -> None:
    merchant = make_merchant()
    order = make_order((make_offer(merchant), 2), (make_offer(merchant), 1), status=OrderStatus.ACCEPTED)

    parcel = label(order)

    assert sorted(parcel.lines.values_list("quantity", flat=True)) == [1, 2]
    assert (parcel.status, parcel.merchant_id, parcel.carrier.adapter) == (
        "announced",
        merchant.pk,
        "sandbox",
    )
    assert len(parcel.tracking_token) == 43
    assert parcel.collection_code.isdigit()
    assert Event.objects.filter(type="parcel.announced", subject_id=parcel.public_id).count() == 1


def test_a_second_label_for_the_same_goods_is_refused() -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    label(order)

    with pytest.raises(shipping.NothingToPack):
        label(order)

    assert Parcel.objects.count() == 1


@pytest.mark.parametrize(
    "status", [OrderStatus.WAITING_ACCEPTANCE, OrderStatus.SHIPPED, OrderStatus.CANCELLED]
)
def test_only_accepted_orders_get_labels(status: str) -> None:
    order = make_order(status=status)

    with pytest.raises(shipping.NotToShip) as refusal:
        label(order)

    assert refusal.value.details["status"] == status
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("weight_g", [0, -5, 30_001, 5_001])
def test_a_parcel_weighs_what_the_point_takes(weight_g: int) -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    PickupPoint.objects.update(max_weight_g=5_000)

    with pytest.raises(shipping.WrongWeight) as refusal:
        label(order, weight_g)

    assert refusal.value.details["max_weight_g"] == 5_000


def test_no_label_for_a_point_that_has_closed() -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    PickupPoint.objects.update(status=PointStatus.CLOSED, closed_at=timezone.now())

    with pytest.raises(shipping.PointClosed):
        label(order)


def test_no_label_of_a_carrier_whose_labels_are_not_connected() -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    carrier = PickupPoint.objects.get().network.carrier
    carrier.adapter = "colissimo"
    carrier.save()

    with pytest.raises(shipping.NoLabelService):
        label(order)


def test_handing_over_ships_the_order_and_sends_the_goods() -> None:
    merchant = make_merchant()
    variant = make_offer(merchant, stock=10)
    order = make_order((variant, 3), status=OrderStatus.ACCEPTED)
    parcel = label(order)

    gone = hand_over(parcel)

    order.refresh_from_db()
    parcel.refresh_from_db()
    level = StockLevel.objects.get(variant=variant)
    assert [one.pk for one in gone] == [parcel.pk]
    assert (order.status, parcel.status) == (OrderStatus.SHIPPED, ParcelStatus.HANDED_OVER)
    assert order.shipped_at is not None
    assert parcel.handed_over_at is not None
    assert (level.on_hand, level.reserved) == (7, 0)
    assert Event.objects.filter(type="parcel.handed_over", subject_id=parcel.public_id).count() == 1


def test_handing_over_twice_changes_nothing() -> None:
    parcel = label(make_order(status=OrderStatus.ACCEPTED))
    hand_over(parcel)
    told = Event.objects.count()

    assert hand_over(parcel) == []
    assert Event.objects.count() == told


def test_many_parcels_leave_in_as_many_statements_as_few() -> None:
    def counted(number: int) -> int:
        leaving = [label(make_order(status=OrderStatus.ACCEPTED)) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            hand_over(*leaving)
        return len(queries)

    assert counted(4) <= counted(1)


def test_hand_over_locks_orders_before_parcels_in_ascending_order() -> None:
    parcel = label(make_order(status=OrderStatus.ACCEPTED))

    with CaptureQueriesContext(connection) as queries:
        hand_over(parcel)

    locks = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert "orders_merchantorder" in locks[0].split("FROM")[1][:30]
    assert "orders_parcel" in locks[1].split("FROM")[1][:30]
    assert all("ORDER BY" in sql for sql in locks[:2])


@pytest.mark.parametrize("broken", ["cancelled", "unknown"])
def test_one_wrong_parcel_keeps_all_here(broken: str) -> None:
    good, other = (label(make_order(status=OrderStatus.ACCEPTED)) for _ in range(2))
    Parcel.objects.filter(pk=other.pk).update(status=ParcelStatus.CANCELLED)
    wrong = other.pk if broken == "cancelled" else 999_999

    with pytest.raises((parcels.ParcelCancelled, parcels.UnknownParcel)):
        parcels.hand_over(parcel_ids=[good.pk, wrong], by=make_user(), at=timezone.now())

    good.refresh_from_db()
    assert (good.status, good.merchant_order.status) == (ParcelStatus.ANNOUNCED, OrderStatus.ACCEPTED)


def test_an_order_that_was_cancelled_meanwhile_keeps_its_parcel_here() -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    parcel = label(order)
    lifecycle.move(
        merchant_order_id=order.pk, to=OrderStatus.CANCELLED, reason="out_of_stock", at=timezone.now()
    )

    with pytest.raises(parcels.OrderEnded):
        hand_over(parcel)

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.ANNOUNCED


def test_a_cancelled_order_takes_its_label_back() -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    parcel = label(order)

    lifecycle.move(
        merchant_order_id=order.pk, to=OrderStatus.CANCELLED, reason="out_of_stock", at=timezone.now()
    )
    events.relay_all()

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.CANCELLED
