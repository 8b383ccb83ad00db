"""Packing, parcels and the public tracking page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from merchants.enums import Role
from merchants.models import Merchant
from orders.enums import OrderStatus, ParcelStatus
from orders.models import MerchantOrder, Parcel
from orders.services import shipping, tracking
from orders.services.tracking import Scan
from tests.factories import make_member, make_merchant, make_offer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant("Filature d’Armor")


@pytest.fixture
def order(merchant: Merchant) -> MerchantOrder:
    return make_order((make_offer(merchant, "TAIE-65", title="Taie 65 × 65"), 2), status=OrderStatus.ACCEPTED)


@pytest.fixture
def parcel(order: MerchantOrder) -> Parcel:
    return shipping.make_label(merchant_order_id=order.pk, weight_g=500, by=None, at=timezone.now())


def signed_in(merchant: Merchant, role: str = Role.ORDERS) -> Client:
    client = Client()
    client.force_login(make_member(merchant, role))
    return client


def say(parcel: Parcel, *codes: str) -> None:
    start = timezone.now() - timedelta(hours=1)
    scans = [
        Scan(f"E{n}", parcel.tracking_number, code, start + timedelta(minutes=n), "Lyon")
        for n, code in enumerate(codes)
    ]
    tracking.receive(carrier=parcel.carrier, scans=scans, at=timezone.now())


def test_packing_lists_what_is_to_pack_and_what_is_ready(merchant: Merchant, parcel: Parcel) -> None:
    waiting = make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)

    page = signed_in(merchant).get(reverse("orders:packing")).content.decode()

    assert waiting.number in page
    assert parcel.tracking_number in page


def test_packing_takes_the_same_statements_for_one_and_three(merchant: Merchant, parcel: Parcel) -> None:
    client = signed_in(merchant)
    client.get(reverse("orders:packing"))

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("orders:packing"))
        return len(queries)

    make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)
    first = counted()
    for _ in range(2):
        other = make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)
        shipping.make_label(merchant_order_id=other.pk, weight_g=5, by=None, at=timezone.now())
        make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)

    assert counted() == first <= 12


def test_a_scan_says_right_wrong_and_one_too_many(merchant: Merchant, order: MerchantOrder) -> None:
    client, url = signed_in(merchant), reverse("orders:pack", args=[order.public_id])

    assert "C’est le bon article" in client.post(url, {"code": "TAIE-65"}).content.decode()
    wrong = client.post(url, {"code": "<b>TAIE-50"}).content.decode()
    assert "Ce n’est pas le bon article" in wrong
    assert "&lt;b&gt;TAIE-50" in wrong
    assert "2 / 2" in client.post(url, {"code": "TAIE-65"}).content.decode()
    assert "Un de trop" in client.post(url, {"code": "TAIE-65"}).content.decode()


def test_packing_makes_a_label_that_only_its_merchant_prints(
    merchant: Merchant, order: MerchantOrder
) -> None:
    client = signed_in(merchant)

    made = client.post(reverse("orders:pack", args=[order.public_id]), {"weight_g": "700"})

    parcel = Parcel.objects.get()
    assert made.headers["Location"] == reverse("orders:parcel", args=[parcel.public_id])
    printed = client.get(reverse("orders:parcel_label", args=[parcel.public_id]))
    assert b"".join(printed.streaming_content).startswith(b"%PDF")
    assert printed.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("weight", ["", "0", "-1", "99999999999999999999", "abc", "1e3"])
def test_a_weight_that_makes_no_sense_makes_no_label(
    merchant: Merchant, order: MerchantOrder, weight: str
) -> None:
    answer = signed_in(merchant).post(reverse("orders:pack", args=[order.public_id]), {"weight_g": weight})

    assert answer.status_code == 422
    assert not Parcel.objects.exists()


def test_parcels_are_handed_over_from_the_page(merchant: Merchant, parcel: Parcel) -> None:
    answer = signed_in(merchant).post(
        reverse("orders:hand_over"), {"parcel": [str(parcel.public_id)]}, follow=True
    )

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.HANDED_OVER
    assert "1 colis remis au transporteur" in answer.content.decode()


@pytest.mark.parametrize("values", [[], ["nonsense"]])
def test_handing_over_nothing_says_what_to_do(merchant: Merchant, parcel: Parcel, values: list[str]) -> None:
    answer = signed_in(merchant).post(reverse("orders:hand_over"), {"parcel": values}, follow=True)

    assert "Cochez" in answer.content.decode()
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.ANNOUNCED


def pages_of(parcel: Parcel) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("get", reverse("orders:parcel", args=[parcel.public_id]), {}),
        ("get", reverse("orders:parcel_label", args=[parcel.public_id]), {}),
        ("get", reverse("orders:pack", args=[parcel.merchant_order.public_id]), {}),
        ("post", reverse("orders:pack", args=[parcel.merchant_order.public_id]), {"weight_g": "5"}),
        ("post", reverse("orders:hand_over"), {"parcel": [str(parcel.public_id)]}),
    ]


def test_another_merchants_parcels_do_not_exist(parcel: Parcel) -> None:
    stranger = signed_in(make_merchant(), Role.OWNER)

    assert [getattr(stranger, method)(url, data).status_code for method, url, data in pages_of(parcel)] == [
        404
    ] * 5
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.ANNOUNCED


def test_visitors_sign_in_and_other_roles_are_refused(merchant: Merchant, parcel: Parcel) -> None:
    for method, url, data in [*pages_of(parcel), ("get", reverse("orders:packing"), {})]:
        assert getattr(Client(), method)(url, data).status_code == 302
    reader = signed_in(merchant, Role.READ_ONLY)
    assert reader.get(reverse("orders:packing")).status_code == 403
    assert reader.get(reverse("orders:parcel", args=[parcel.public_id])).status_code == 200
    assert reader.post(reverse("orders:hand_over"), {"parcel": [str(parcel.public_id)]}).status_code == 403


def test_a_code_that_is_not_mapped_is_shown_to_the_merchant_only(merchant: Merchant, parcel: Parcel) -> None:
    say(parcel, "TAKEN", "WEIRD")

    assert (
        "WEIRD" in signed_in(merchant).get(reverse("orders:parcel", args=[parcel.public_id])).content.decode()
    )
    public = Client().get(reverse("orders:tracking", args=[parcel.tracking_token])).content.decode()
    assert "WEIRD" not in public


# The public page


def track(parcel: Parcel, **query: str) -> Any:
    return Client().get(reverse("orders:tracking", args=[parcel.tracking_token]), query)


def test_the_buyer_sees_where_the_parcel_is_and_nothing_personal(parcel: Parcel) -> None:
    answer = track(parcel)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Lyon Bellecour" in page
    assert parcel.tracking_number in page
    assert "Lotte" not in page
    assert "lotte@example.org" not in page
    assert parcel.collection_code not in page
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_collection_code_shows_only_while_the_parcel_waits_there(parcel: Parcel) -> None:
    say(parcel, "AT_POINT")
    assert parcel.collection_code in track(parcel).content.decode()

    say(parcel, "AT_POINT", "HUB_IN", "HUB_OUT", "COLLECTED")
    assert parcel.collection_code not in track(parcel).content.decode()


@pytest.mark.parametrize(
    ("language", "asked", "words"),
    [
        ("fr", "", "Votre colis"),
        ("pl", "", "Your parcel"),
        ("fr", "en", "Your parcel"),
        ("fr", "xx", "Votre colis"),
    ],
)
def test_the_page_speaks_the_buyers_language_or_english(language: str, asked: str, words: str) -> None:
    order = make_order(status=OrderStatus.ACCEPTED, language=language)
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=500, by=None, at=timezone.now())

    assert words in track(parcel, **({"language": asked} if asked else {})).content.decode()


def test_the_point_shows_its_week(parcel: Parcel, time_machine: Any) -> None:
    parcel.pickup_point.opening_hours = "Mo-Fr 09:00-12:00; PH off"
    parcel.pickup_point.save()
    time_machine.move_to(datetime(2026, 11, 11, 9, 0, tzinfo=UTC), tick=False)

    page = track(parcel).content.decode()

    assert "09:00–12:00" in page
    assert "jeudi 12 novembre" in page
    assert "Fermé actuellement" in page


@pytest.mark.parametrize("status", ParcelStatus.values)
def test_the_page_has_words_for_every_state(parcel: Parcel, status: str) -> None:
    now = timezone.now()
    Parcel.objects.filter(pk=parcel.pk).update(status=status, arrived_at=now, delivered_at=now)

    assert track(parcel).status_code == (404 if status == ParcelStatus.CANCELLED else 200)


@pytest.mark.parametrize("token", ["x", "a" * 43, "0193d2b0-0000-7000-8000-000000000000", "%00", "é" * 43])
def test_a_wrong_link_opens_nothing(parcel: Parcel, token: str) -> None:
    assert Client().get(f"/t/{token}/").status_code == 404


def test_the_page_takes_few_statements_however_long_the_journey(parcel: Parcel) -> None:
    say(parcel, *["HUB_IN", "HUB_OUT"] * 10)

    with CaptureQueriesContext(connection) as queries:
        track(parcel)

    assert len(queries) <= 3
