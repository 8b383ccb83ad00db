"""Channels place many orders in one request, each for itself."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import StockLevel, StockMovement
from core import sealed
from core.models import Event
from orders.models import EntryLine, MerchantOrder, Order
from partners.enums import Scope
from tests.api import api_client
from tests.factories import make_channel, make_merchant, make_offer, make_point
from tests.orders.bodies import body
from tests.orders.statements import counted

pytestmark = pytest.mark.django_db
PATH = "/api/v1/orders/batch/"


@pytest.fixture
def channel():
    return make_channel()


@pytest.fixture
def api(channel):
    return api_client(channel.application)


@pytest.fixture
def point():
    return make_point()


def send(api, orders, key=None):
    return api.send(PATH, {"orders": orders}, idempotency_key=key or str(uuid4()))


def test_each_order_is_answered_for_itself_in_the_order_of_the_request(api, point):
    plenty, last = (
        make_offer(make_merchant(), "ASSEZ", stock=9),
        make_offer(make_merchant(), "DERNIER", stock=1),
    )
    changed = body(point, (plenty, 1))
    changed["lines"][0]["unit_price"] = "9.90"
    changed["payment"]["amount"] = "9.90"

    answer = send(
        api,
        [
            body(point, (plenty, 2), (last, 1)),
            body(point, (last, 1), (plenty, 1)),
            changed,
            {"reference": "X", "market": 4},
            body(point, (plenty, 1), market="XX"),
            body(point, (plenty, 3)),
        ],
    )

    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [result["index"] for result in results] == list(range(6))
    assert [result["status"] for result in results] == [201, 409, 409, 422, 409, 201]
    codes = [result["problem"] and result["problem"]["code"] for result in results]
    assert codes == [None, "out_of_stock", "price_changed", "validation_failed", "market_closed", None]
    assert results[1]["problem"]["details"]["lines"] == [{"sku": "DERNIER", "wanted": 1, "available": 0}]
    assert [bool(result["order"]) for result in results] == [True, False, False, False, False, True]
    assert results[3]["reference"] == "X"
    assert {error["pointer"] for error in results[3]["problem"]["errors"]} == {"/market"}


def test_what_is_refused_leaves_nothing_and_what_is_placed_leaves_all(api, point):
    merchant = make_merchant()
    plenty, last = make_offer(merchant, stock=9), make_offer(merchant, stock=1)

    results = send(
        api, [body(point, (plenty, 2)), body(point, (last, 2)), body(point, (plenty, 3), (last, 1))]
    )

    placed = [result["order"]["id"] for result in results.json()["results"] if result["order"]]
    assert [str(order.public_id) for order in Order.objects.order_by("pk")] == placed
    assert MerchantOrder.objects.count() == Event.objects.filter(type="order.placed").count() == 2
    levels = {level.variant_id: level.reserved for level in StockLevel.objects.all()}
    assert levels == {plenty.pk: 5, last.pk: 1}
    moved = StockMovement.objects.values_list("reference", "level__variant", "reserved_change")
    first, second = Order.objects.order_by("pk").values_list("public_id", flat=True)
    assert set(moved) == {(first, plenty.pk, 2), (second, plenty.pk, 3), (second, last.pk, 1)}
    assert sum(EntryLine.objects.values_list("amount", flat=True)) == 0


def test_a_reference_is_used_once_in_a_batch_and_ever(api, point):
    variant = make_offer(make_merchant(), stock=9)
    first, second = body(point, (variant, 1)), body(point, (variant, 1))

    send(api, [first])
    results = send(api, [second, first, second]).json()["results"]

    assert [result["status"] for result in results] == [201, 409, 422]
    assert results[1]["problem"]["code"] == "reference_taken"
    assert results[1]["problem"]["details"]["order"] == str(Order.objects.order_by("pk").first().public_id)
    assert results[2]["problem"]["code"] == "reference_repeated"
    assert Order.objects.count() == 2


def test_the_same_key_gives_the_same_answer(api, point):
    variant = make_offer(make_merchant(), stock=9)
    orders = [body(point, (variant, 1)), body(point, (variant, 99))]

    first, again = send(api, orders, "nuit-1"), send(api, orders, "nuit-1")

    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_a_batch_takes_the_same_statements_for_two_orders_and_forty(api, point, monkeypatch):
    # A key is read again after a moment, which on a busy machine falls into the larger batch.
    monkeypatch.setattr(sealed, "TRUST_SECONDS", 600.0)
    variants = [make_offer(make_merchant(), stock=200) for _ in range(4)]
    short = make_offer(make_merchant(), stock=1)
    counts = []
    # The first opens the merchants' accounts.
    for many in (1, 1, 20):
        orders = [
            order
            for _ in range(many)
            for order in (body(point, (variants[0], 1), (variants[1], 1)), body(point, (short, 5)))
        ]
        with CaptureQueriesContext(connection) as queries:
            assert send(api, orders).status_code == 207
        counts.append(len(counted(queries)))

    assert counts[1] == counts[2]


@pytest.mark.parametrize(
    ("orders", "pointer"),
    [([], "/orders"), ("one", "/orders"), ([{}] * 501, "/orders"), ([7], "/orders/0")],
)
def test_a_batch_that_is_none_is_refused_whole(api, orders, pointer):
    answer = send(api, orders)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_token_without_the_scope_is_refused(channel):
    answer = send(api_client(channel.application, [Scope.ORDERS_READ]), [{}])
    assert answer.status_code == 403
