"""Channels place and read orders over HTTP; merchants' systems accept them."""

import threading

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import StockLevel
from core.models import Event, IdempotencyKey
from merchants.models import MerchantApplication
from orders.enums import OrderStatus
from orders.models import Entry, MerchantOrder, Order
from orders.services import shipping
from partners.enums import ApplicationKind, Scope
from partners.models import Channel
from tests.api import ApiClient, api_client, make_application
from tests.factories import make_merchant, make_offer, make_order, make_point
from tests.orders.bodies import body
from tests.orders.statements import counted

pytestmark = pytest.mark.django_db
PATH = "/api/v1/orders/"
MOST_STATEMENTS = 30


@pytest.fixture
def channel():
    application = make_application(name="Grand Large")
    return Channel.objects.create(
        application=application, code="grand-large", name="Grand Large", countries=["FR"]
    )


@pytest.fixture
def api(channel):
    return api_client(channel.application)


@pytest.fixture
def point():
    return make_point()


def test_a_channel_places_an_order_and_reads_it_back(api, point):
    variant = make_offer(make_merchant(), "TORCHON", title="Torchon rayé")

    placed = api.send(PATH, body(point, (variant, 2)), idempotency_key="a")

    assert placed.status_code == 201, placed.content
    order = placed.json()
    assert (order["total"], order["currency"]) == ("25.80", "EUR")
    assert order["delivery"]["pickup_point"]["name"] == "Lyon Bellecour"
    [part] = order["parts"]
    assert (part["status"], part["allowed_actions"]) == ("waiting_acceptance", ["cancel"])
    assert (part["lines"][0]["sku"], part["lines"][0]["title"]) == ("TORCHON", "Torchon rayé")
    read = api.get(placed.headers["Location"])
    assert read.json() == order
    assert (
        api.get(placed.headers["Location"], headers={"if-none-match": read.headers["ETag"]}).status_code
        == 304
    )
    assert "Lotte" not in placed.content.decode()


def test_an_order_of_two_merchants_takes_at_most_thirty_statements(api, point):
    offers = [(make_offer(make_merchant()), 1), (make_offer(make_merchant()), 1)]
    api.send(PATH, body(point, *offers), idempotency_key="warm")

    with CaptureQueriesContext(connection) as queries:
        response = api.send(PATH, body(point, *offers), idempotency_key="a")

    assert response.status_code == 201
    sent = counted(queries)
    assert len(sent) <= MOST_STATEMENTS, "\n".join(sql[:150] for sql in sent)
    assert any("core_ratecounter" in sql for sql in sent)
    assert any("INSERT INTO core_idempotencykey" in sql for sql in sent)
    assert any('INSERT INTO "core_event"' in sql for sql in sent)
    assert any('FOR UPDATE OF "catalog_stocklevel"' in sql for sql in sent)


def test_the_same_key_and_body_answer_the_same_order(api, point):
    sent = body(point, (make_offer(make_merchant()), 1))

    first, second = (api.send(PATH, sent, idempotency_key="a") for _ in range(2))

    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert StockLevel.objects.get().reserved == 1


def test_the_same_key_with_another_body_is_refused(api, point):
    variant = make_offer(make_merchant())
    api.send(PATH, body(point, (variant, 1)), idempotency_key="a")

    refused = api.send(PATH, body(point, (variant, 2)), idempotency_key="a")

    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_the_same_reference_with_another_key_names_the_order(api, point):
    sent = body(point, (make_offer(make_merchant()), 1))
    placed = api.send(PATH, sent, idempotency_key="a").json()

    refused = api.send(PATH, sent, idempotency_key="b")

    assert (refused.status_code, refused.json()["code"]) == (409, "reference_taken")
    assert refused.json()["details"]["order"] == placed["id"]


def test_stock_short_by_one_is_a_conflict_that_reserves_nothing(api, point):
    variant = make_offer(make_merchant(), "PEU", stock=1)

    refused = api.send(PATH, body(point, (variant, 2)), idempotency_key="a")

    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert refused.json()["details"]["lines"] == [{"sku": "PEU", "wanted": 2, "available": 1}]
    assert StockLevel.objects.get().reserved == 0
    assert not Order.objects.exists()


def test_an_unknown_sku_is_pointed_at(api, point):
    sent = body(point, (make_offer(make_merchant()), 1))
    sent["lines"][0]["sku"] = "INCONNU"

    refused = api.send(PATH, sent, idempotency_key="a")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/lines/0/sku")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"delivery": {"kind": "home"}}, "/delivery"),
        ({"lines": []}, "/lines"),
        ({"currency": "euro"}, "/currency"),
        ({"surprise": 1}, "/surprise"),
        ({"buyer": {"name": "L\x00"}}, "/buyer/name"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_a_pointer(api, point, change, pointer):
    refused = api.send(PATH, body(point, (make_offer(make_merchant()), 1), **change), idempotency_key="a")

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert not IdempotencyKey.objects.exists()


def test_a_token_without_the_scope_is_refused(channel, point):
    reader = api_client(channel.application, [Scope.ORDERS_READ])

    refused = reader.send(PATH, body(point, (make_offer(make_merchant()), 1)), idempotency_key="a")

    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert not Order.objects.exists()


def test_no_token_is_refused():
    assert ApiClient().send(PATH, {}, idempotency_key="a").status_code == 401


def test_an_application_that_is_no_channel_places_nothing(point):
    shop = api_client(make_application(ApplicationKind.SHOP_SYSTEM))

    refused = shop.send(PATH, body(point, (make_offer(make_merchant()), 1)), idempotency_key="a")

    assert (refused.status_code, refused.json()["code"]) == (403, "not_a_channel")
    assert not IdempotencyKey.objects.exists(), "not allowed is no decision: it is run as if new"


@pytest.mark.parametrize(
    ("delivery", "shipping", "message"),
    [
        ({"kind": "pickup"}, 1, "Une livraison en point relais demande un pickup_point et aucune adresse."),
        ({"kind": "home"}, 1, "Une livraison à domicile demande une adresse et aucun pickup_point."),
        (None, 2, "Un seul montant par marchand."),
    ],
)
def test_what_is_wrong_is_said_in_the_language_asked(api, point, delivery, shipping, message):
    merchant = make_merchant()
    sent = body(point, (make_offer(merchant), 1))
    sent["delivery"] = delivery or sent["delivery"]
    sent["shipping"] = [{"merchant": str(merchant.public_id), "amount": "0.00"}] * shipping

    refused = api.send(PATH, sent, idempotency_key="a", accept_language="fr")

    assert [error["message"] for error in refused.json()["errors"]] == [message]


def test_another_channels_order_is_not_there(api):
    theirs = make_order().order

    assert api.get(f"{PATH}{theirs.public_id}/").status_code == 404
    assert api.get(PATH).json()["results"] == []
    part = theirs.parts.get()
    cancel = f"{PATH}{theirs.public_id}/parts/{part.public_id}/cancel/"
    assert api.send(cancel, {"reason": "other"}, idempotency_key="a").status_code == 404


def test_the_list_pages_and_filters_with_the_same_statements_for_one_and_three(api, channel, point):
    variant = make_offer(make_merchant())
    make_order((variant, 1), channel=channel)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            found = api.get(PATH, {"status": "waiting_acceptance"}).json()
        counts.append(len(queries))
        make_order((variant, 1), channel=channel)
        make_order((variant, 1), channel=channel, status="refused")
    page = api.get(PATH, {"limit": "2"}).json()

    assert counts[0] == counts[1]
    assert len(found["results"]) == 2
    assert len(page["results"]) == 2 and page["next"]
    assert len(api.get(PATH, {"status": "refused"}).json()["results"]) == 2
    assert api.get(PATH, {"updated_since": "2999-01-01T00:00:00Z"}).json()["results"] == []


@pytest.fixture
def shop():
    """A merchant, and their own shop system."""
    merchant, application = make_merchant(), make_application(ApplicationKind.SHOP_SYSTEM)
    MerchantApplication.objects.create(merchant=merchant, application=application)
    return merchant, api_client(application)


def test_a_shop_system_accepts_its_merchants_order_once(shop):
    merchant, api = shop
    order = make_order((make_offer(merchant), 1))
    path = f"/api/v1/merchant-orders/{order.public_id}/"

    accepted = api.send(f"{path}accept/", None, idempotency_key="a")
    again = api.send(f"{path}accept/", None, idempotency_key="b")

    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert accepted.json()["allowed_actions"] == ["cancel", "prepare", "ship"]
    assert (again.status_code, again.json()["code"]) == (409, "order_step_not_allowed")


def test_a_shop_system_that_read_an_older_version_is_told(shop):
    merchant, api = shop
    order = make_order((make_offer(merchant), 1))
    path = f"/api/v1/merchant-orders/{order.public_id}/"
    seen = api.get(path).headers["ETag"]
    api.send(f"{path}accept/", None, idempotency_key="a")

    late = api.send(f"{path}refuse/", {"reason": "out_of_stock"}, idempotency_key="b", if_match=seen)

    assert late.status_code == 412
    assert MerchantOrder.objects.get().status == "accepted"


def test_a_shop_system_sees_no_other_merchants_orders(shop):
    _merchant, api = shop
    theirs = make_order()

    assert api.get("/api/v1/merchant-orders/").json()["results"] == []
    for action in ("", "accept/", "refuse/"):
        path = f"/api/v1/merchant-orders/{theirs.public_id}/{action}"
        sent = api.send(path, {"reason": "other"}, idempotency_key=f"k{action}") if action else api.get(path)
        assert sent.status_code == 404
    assert MerchantOrder.objects.get().status == "waiting_acceptance"


def together(number, act):
    """Run an act so many times at once; returns what each answered."""
    start, answers = threading.Barrier(number), []

    def run(index):
        start.wait()
        try:
            answers.append(act(index))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_buyers_of_the_last_piece_get_one_order(channel, point):
    api = api_client(channel.application)
    variant = make_offer(make_merchant(), stock=1)

    answers = together(
        4,
        lambda index: ApiClient(api.token).send(PATH, body(point, (variant, 1)), idempotency_key=f"k{index}"),
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert Order.objects.count() == 1
    assert StockLevel.objects.get().reserved == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_request_twice_at_once_places_one_order(channel, point):
    api = api_client(channel.application)
    sent = body(point, (make_offer(make_merchant()), 1))

    answers = together(4, lambda _index: ApiClient(api.token).send(PATH, sent, idempotency_key="same"))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert 201 in {answer.status_code for answer in answers}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"idempotency_in_progress"}
    assert Order.objects.count() == 1
    assert StockLevel.objects.get().reserved == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_in_the_middle_leaves_nothing_and_the_retry_works(channel, point, monkeypatch):
    api = api_client(channel.application)
    sent = body(point, (make_offer(make_merchant()), 1))
    from orders.services import ledger

    post = ledger.post

    def cut(*args, **kwargs):
        """End our own connection from outside, as a restart of the database does."""
        monkeypatch.setattr(ledger, "post", post)
        params = connection.get_connection_params()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        names = {
            name: params[name] for name in ("host", "port", "user", "password", "dbname") if params.get(name)
        }
        with psycopg.connect(**names, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        return post(*args, **kwargs)

    monkeypatch.setattr(ledger, "post", cut)
    broken = api.send(PATH, sent, idempotency_key="a")
    connections.close_all()

    assert broken.status_code in (500, 503)
    assert broken.json()["code"] in ("internal_error", "unavailable")
    assert not Order.objects.exists()
    assert StockLevel.objects.get().reserved == 0
    assert not Event.objects.filter(type="order.placed").exists()
    retried = api.send(PATH, sent, idempotency_key="a")
    assert retried.status_code == 201
    assert Order.objects.count() == 1
    assert Entry.objects.count() == 2


def test_the_channel_reads_the_address_of_the_page_its_buyer_follows_the_parcel_on(channel, api, client):
    order = make_order(channel=channel, status=OrderStatus.ACCEPTED)
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=900, by=None, at=timezone.now())

    [told] = api.get(f"{PATH}{order.order.public_id}/").json()["parts"][0]["parcels"]

    assert told["tracking_url"] == f"{settings.PUBLIC_URL}/t/{parcel.tracking_token}/"
    assert parcel.tracking_number in client.get(told["tracking_url"]).content.decode()
