"""The search box: what one's own merchant has, by number, code or words, and nothing of anybody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Variant
from catalog.services import search
from merchants.enums import Role
from orders.enums import OrderStatus
from orders.services import shipping
from tests.factories import make_member, make_merchant, make_offer, make_order, make_user
from tests.orders.statements import counted

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def merchant():
    return make_merchant("Maison Tresquel")


@pytest.fixture
def sign_in(client, merchant):
    def as_(role=Role.OWNER, of=None):
        client.force_login(make_member(of or merchant, role))
        return client

    return as_


def offer(merchant, sku, title="Torchon rayé", gtin=""):
    variant = make_offer(merchant, sku, title=title)
    Variant.objects.filter(pk=variant.pk).update(gtin=gtin)
    search.refresh(product_ids=[variant.product_id])
    return variant


def parcel_of(order):
    return shipping.make_label(merchant_order_id=order.pk, weight_g=500, by=None, at=timezone.now())


def answers(client, text):
    """Return where a search leads when one thing matches, else the page."""
    response = client.get("/search/", {"q": text})
    return response["Location"] if response.status_code == 302 else response.content.decode()


def test_an_order_is_found_by_its_number_and_by_the_channels_reference(sign_in, merchant):
    order = make_order((offer(merchant, "TORCHON"), 1))
    client, url = sign_in(), f"/orders/{order.public_id}/"

    assert answers(client, order.number) == url
    assert answers(client, f"  {order.number.lower()} ") == url
    assert answers(client, order.order.reference) == url


def test_a_parcel_is_found_by_the_number_on_its_label_with_or_without_spaces(sign_in, merchant):
    parcel = parcel_of(make_order((offer(merchant, "TORCHON"), 1), status=OrderStatus.ACCEPTED))
    client, number = sign_in(), parcel.tracking_number

    assert answers(client, number) == f"/parcels/{parcel.public_id}/"
    assert answers(client, f"{number[:4]} {number[4:]}") == f"/parcels/{parcel.public_id}/"


@pytest.mark.parametrize("text", ["TORCHON-42", "torchon-42", "3760001234567", "bouilloire", "BOUILL"])
def test_a_product_is_found_by_sku_gtin_and_words(sign_in, merchant, text):
    variant = offer(merchant, "TORCHON-42", title="Bouilloire émaillée", gtin="3760001234567")
    offer(merchant, "AUTRE", title="Plat à tarte")

    assert answers(sign_in(), text) == f"/catalog/{variant.product.public_id}/"


def test_several_matches_are_listed_by_kind(sign_in, merchant):
    first, second = (make_order((offer(merchant, f"T{n}"), 1)) for n in range(2))
    start = first.number[:3]

    page = answers(sign_in(), start)

    assert second.number[:3] == start
    assert first.number in page
    assert second.number in page


def test_nothing_of_another_merchant_is_found(sign_in, merchant):
    stranger = make_merchant("Comptoir")
    order = make_order((offer(stranger, "SECRET", gtin="3760009999999"), 1), status=OrderStatus.ACCEPTED)
    parcel = parcel_of(order)
    client = sign_in()

    for text in (order.number, order.order.reference, parcel.tracking_number, "SECRET", "3760009999999"):
        page = answers(client, text)
        assert "Rien ne correspond" in page
        assert str(order.public_id) not in page
        assert str(parcel.public_id) not in page


def test_the_catalogue_role_finds_products_but_no_orders(sign_in, merchant):
    order = make_order((offer(merchant, "TORCHON"), 1), status=OrderStatus.ACCEPTED)
    parcel = parcel_of(order)
    client = sign_in(Role.CATALOGUE)

    assert "Rien ne correspond" in answers(client, order.number)
    assert "Rien ne correspond" in answers(client, parcel.tracking_number)
    assert answers(client, "TORCHON").startswith("/catalog/")


def test_without_words_the_page_says_what_can_be_found(sign_in):
    page = answers(sign_in(), "   ")

    assert "Que cherchez-vous" in page


@pytest.mark.parametrize("text", ["%", "_", "'; drop table", "é" * 500, "\x00"])
def test_odd_words_find_nothing_and_break_nothing(sign_in, merchant, text):
    make_order((offer(merchant, "TORCHON"), 1))

    assert "/orders/0" not in answers(sign_in(), text)


def test_the_page_takes_the_same_few_queries_for_one_and_three_of_each(sign_in, merchant):
    client, counts = sign_in(), []
    start = make_order((offer(merchant, "P1", title="Plat"), 1), status=OrderStatus.ACCEPTED).number[:2]
    make_order((offer(merchant, "P2", title="Plat"), 1))
    for _ in range(2):
        answers(client, start)
        with CaptureQueriesContext(connection) as queries:
            answers(client, start)
        counts.append(len(counted(queries)))
        for number in range(2):
            make_order((offer(merchant, f"Q{_}{number}", title="Plat"), 1))

    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


def test_somebody_without_a_merchant_is_sent_to_open_one(client):
    client.force_login(make_user())

    assert client.get("/search/?q=x")["Location"] == "/start/"
