"""What members of a merchant see of their orders and money, and may do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import StockLevel
from merchants.enums import Role
from orders.enums import OrderStatus
from orders.models import MerchantOrder
from orders.services import overview, shipping
from tests.factories import make_member, make_merchant, make_offer, make_order
from tests.orders.statements import counted

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def merchant():
    return make_merchant("Maison Tresquel")


@pytest.fixture
def sign_in(client, merchant):
    def as_(role=Role.OWNER):
        client.force_login(make_member(merchant, role))
        return client

    return as_


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_the_list_shows_views_with_counts_and_what_is_filtered(sign_in, merchant):
    variant = make_offer(merchant, "TORCHON")
    waiting = make_order((variant, 1))
    shipped = make_order((variant, 2), status=OrderStatus.SHIPPED)
    client = sign_in()

    everything = page(client, "/orders/")
    to_accept = page(client, "/orders/?view=accept")

    assert waiting.number in everything and shipped.number in everything
    assert waiting.number in to_accept and shipped.number not in to_accept
    assert shipped.number in page(client, f"/orders/?q={shipped.order.reference}")
    assert waiting.number in page(client, "/orders/?q=torchon")
    assert waiting.number not in page(client, "/orders/?q=rien")


@pytest.mark.parametrize("path", ["/orders/", "/orders/?view=accept", "/today/", "/finances/"])
def test_pages_take_the_same_few_queries_for_one_and_three_orders(sign_in, merchant, path):
    variant = make_offer(merchant)
    client, counts = sign_in(), []
    make_order((variant, 1))
    for _ in range(2):
        page(client, path)
        with CaptureQueriesContext(connection) as queries:
            page(client, path)
        counts.append(len(counted(queries)))
        make_order((variant, 1))
        make_order((variant, 1))

    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_order_page_shows_each_state_with_its_actions_only(sign_in, merchant, status):
    shown_states = {
        "pending_payment",
        "waiting_acceptance",
        "accepted",
        "shipped",
        "at_pickup_point",
        "closed",
        "refused",
    }
    if status not in shown_states:
        pytest.skip("not a state that this issue can bring an order to by itself")
    order = make_order((make_offer(merchant), 1), status=status)

    shown = page(sign_in(Role.ORDERS), f"/orders/{order.public_id}/")

    assert order.number in shown
    assert ("/accept/" in shown) == (status == OrderStatus.WAITING_ACCEPTANCE)
    assert ("/refuse/" in shown) == (status == OrderStatus.WAITING_ACCEPTANCE)
    assert ("/cancel/" in shown) == (status == OrderStatus.ACCEPTED)
    assert "Lyon Bellecour" in shown
    is_over = status in {"closed", "refused"}
    assert ("Lotte V." in shown) != (is_over or status == OrderStatus.PENDING_PAYMENT)
    assert ("la commande est terminée" in shown) == is_over
    assert ("n’a pas encore payé" in shown) == (status == OrderStatus.PENDING_PAYMENT)
    assert "lotte@example.org" not in shown


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMINISTRATOR, Role.ORDERS, Role.FINANCE, Role.READ_ONLY])
def test_the_buyer_is_shown_to_those_who_do_the_work(sign_in, merchant, role):
    order = make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)

    shown = page(sign_in(role), f"/orders/{order.public_id}/")

    assert ("Lotte" in shown) == (role not in {Role.FINANCE, Role.READ_ONLY})


def test_the_money_of_an_order_is_explained_line_by_line(sign_in, merchant):
    order = make_order((make_offer(merchant, price="281.00"), 1, "281.00"), shipping={merchant: "4.90"})

    shown = page(sign_in(), f"/orders/{order.public_id}/").replace("\u202f", " ").replace("\xa0", " ")

    assert "281,00 €" in shown and "285,90 €" in shown
    rate = f"{order.lines.get().commission_rate.normalize():f}".replace(".", ",")
    assert f"{rate} % de 281,00 €" in shown


def test_accept_and_a_second_click_says_so(sign_in, merchant):
    order = make_order((make_offer(merchant), 1))
    client = sign_in(Role.ORDERS)
    path = f"/orders/{order.public_id}/accept/"

    first = client.post(path, follow=True).content.decode()
    second = client.post(path, follow=True).content.decode()

    assert MerchantOrder.objects.get().status == OrderStatus.ACCEPTED
    assert "est acceptée" in first
    assert "Nolwenn Tresquel" in second


def test_refuse_asks_for_a_reason_on_a_page_of_its_own(sign_in, merchant):
    order = make_order((make_offer(merchant), 1))
    client = sign_in(Role.ORDERS)
    path = f"/orders/{order.public_id}/refuse/"

    asked = page(client, path)
    without = client.post(path)
    assert MerchantOrder.objects.get().status == OrderStatus.WAITING_ACCEPTANCE
    client.post(path, {"reason": "out_of_stock"})

    assert "out_of_stock" in asked
    assert without.status_code == 422
    assert MerchantOrder.objects.get().status == OrderStatus.REFUSED
    assert StockLevel.objects.get().reserved == 0


def test_bulk_accept_takes_the_ticked_orders_of_this_merchant_only(sign_in, merchant):
    variant = make_offer(merchant)
    ticked, left, theirs = make_order((variant, 1)), make_order((variant, 1)), make_order()

    sign_in(Role.ORDERS).post(
        "/orders/accept/", {"order": [str(ticked.public_id), str(theirs.public_id), "rien"]}
    )

    statuses = dict(MerchantOrder.objects.values_list("pk", "status"))
    assert statuses[ticked.pk] == OrderStatus.ACCEPTED
    assert statuses[left.pk] == statuses[theirs.pk] == OrderStatus.WAITING_ACCEPTANCE


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READ_ONLY, Role.CATALOGUE])
def test_other_roles_decide_nothing(sign_in, merchant, role):
    order = make_order((make_offer(merchant), 1))
    client = sign_in(role)

    for action in ("accept", "refuse", "cancel"):
        answered = client.post(f"/orders/{order.public_id}/{action}/", {"reason": "other"})
        assert answered.status_code == 403
    assert client.post("/orders/accept/", {"order": str(order.public_id)}).status_code == 403
    assert MerchantOrder.objects.get().status == OrderStatus.WAITING_ACCEPTANCE


@pytest.mark.parametrize(
    ("role", "orders", "money"),
    [
        (Role.ORDERS, 200, 403),
        (Role.FINANCE, 200, 200),
        (Role.READ_ONLY, 200, 200),
        (Role.CATALOGUE, 403, 403),
    ],
)
def test_each_role_reads_what_its_job_needs(sign_in, merchant, role, orders, money):
    client = sign_in(role)

    assert client.get("/today/").status_code == 200
    assert client.get("/orders/").status_code == orders
    assert client.get("/finances/").status_code == money


def test_another_merchants_order_is_not_there(sign_in):
    theirs = make_order()
    client = sign_in()

    assert client.get(f"/orders/{theirs.public_id}/").status_code == 404
    for action in ("accept", "refuse", "cancel"):
        assert client.post(f"/orders/{theirs.public_id}/{action}/", {"reason": "other"}).status_code == 404
    assert MerchantOrder.objects.get().status == OrderStatus.WAITING_ACCEPTANCE


def test_pages_of_a_merchant_without_orders_say_what_they_are_for(sign_in):
    client = sign_in()
    for path in ("/today/", "/orders/", "/finances/"):
        assert "ps-empty" in page(client, path)


def test_what_waits_is_grouped_by_deadline(merchant):
    order = make_order((make_offer(merchant), 1))
    until = order.accept_until

    now = overview.waiting(merchant, at=until - timedelta(minutes=5))
    late = overview.waiting(merchant, at=until + timedelta(minutes=5))

    assert [(line.kind, line.number, line.until) for line in now] == [("accept", 1, until)]
    assert [line.bucket for line in late] == ["late"]


def test_sales_by_hour_compare_with_the_same_day_a_week_before(merchant):
    variant = make_offer(merchant, stock=20)
    noon = timezone.localtime().replace(hour=12, minute=30, second=0, microsecond=0)
    from catalog.models import Price

    Price.objects.update(starts_at=noon - timedelta(days=30))
    make_order((variant, 1), at=noon)
    make_order((variant, 2), at=noon - timedelta(days=7))
    make_order((variant, 4), at=noon - timedelta(days=3))

    sales = overview.sales(merchant, at=noon + timedelta(hours=1))

    assert (str(sales.total), str(sales.before), sales.orders) == ("12.90", "25.80", 1)
    assert [(row.hour, str(row.before)) for row in sales.hours if row.today or row.before] == [(12, "25.80")]
    assert sales.hours[20].today is None


def test_what_sells_faster_than_it_lasts_is_told(merchant):
    fast, slow = make_offer(merchant, "VITE", stock=5), make_offer(merchant, "LENT", stock=500)
    make_order((fast, 3))
    make_order((slow, 3))

    [row] = overview.running_out(merchant, at=timezone.now())

    assert (row.sku, row.left, row.sold) == ("VITE", 2, 3)


def test_an_order_to_ship_leads_to_packing_and_its_parcel_to_what_the_buyer_sees(sign_in, merchant):
    order = make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)
    client = sign_in()

    assert f"/packing/orders/{order.public_id}/" in page(client, f"/orders/{order.public_id}/")
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=300, by=None, at=timezone.now())
    shown = page(client, f"/orders/{order.public_id}/")

    assert f"/parcels/{parcel.public_id}/" in shown
    assert f"/t/{parcel.tracking_token}/" in shown


def test_who_may_not_ship_is_not_led_to_packing(sign_in, merchant):
    order = make_order((make_offer(merchant), 1), status=OrderStatus.ACCEPTED)

    shown = page(sign_in(Role.FINANCE), f"/orders/{order.public_id}/")

    assert f"/packing/orders/{order.public_id}/" not in shown
