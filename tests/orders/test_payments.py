"""Orders that are sent before they are paid: kept, handed over, or given up."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.models import StockLevel
from core.models import Event
from orders.enums import EndReason, OrderStatus, PaymentStatus
from orders.models import Entry, EntryLine, MerchantOrder, Order, Payment
from orders.services import acceptance, deadlines, intake, ledger, lifecycle, payments
from orders.transitions import Actor
from tests.api import api_client
from tests.factories import make_channel, make_merchant, make_offer, make_point, new_order
from tests.orders.bodies import body

pytestmark = pytest.mark.django_db
P, S = PaymentStatus, OrderStatus


@pytest.fixture
def channel():
    return make_channel()


@pytest.fixture
def order(channel):
    """An order of two merchants, not paid yet: 12.90 and 2 × 12.90."""
    first, second = make_offer(make_merchant(), stock=5), make_offer(make_merchant(), stock=5)
    new = new_order((first, 1), (second, 2), point=make_point(), payment_status=P.PENDING)
    return intake.place(channel=channel, new=new, at=timezone.now()).order


def tell(order, status, amount=None, at=None):
    return payments.tell(
        order_id=order.pk,
        status=status,
        amount=order.total if amount is None else Decimal(amount),
        reference="PSP-1",
        at=at or timezone.now(),
        actor_label="channel:Grand Large",
    )


def statuses(order):
    return list(order.parts.order_by("pk").values_list("status", flat=True))


def reserved():
    return sum(StockLevel.objects.values_list("reserved", flat=True))


def test_an_unpaid_order_keeps_its_goods_and_waits_without_money_or_deadline(order):
    order.refresh_from_db()

    assert statuses(order) == [S.PENDING_PAYMENT] * 2
    assert order.pay_until == order.placed_at + deadlines.PAY_WITHIN
    assert set(order.parts.values_list("accept_until", flat=True)) == {None}
    assert reserved() == 3
    assert not Entry.objects.exists()
    assert set(Event.objects.values_list("type", flat=True)) == {"order.payment_awaited"}


def test_a_merchant_can_do_nothing_with_it_yet(order):
    part = order.parts.first()

    with pytest.raises(lifecycle.StepNotAllowed):
        acceptance.accept(merchant_order_id=part.pk, at=timezone.now())
    with pytest.raises(lifecycle.StepNotAllowed):
        acceptance.refuse(merchant_order_id=part.pk, reason=EndReason.OUT_OF_STOCK, at=timezone.now())


@pytest.mark.parametrize("status", [P.AUTHORIZED, P.CAPTURED])
def test_once_paid_it_goes_to_the_merchants_and_time_counts_from_then(order, status):
    paid_at = order.placed_at + timedelta(minutes=20)

    tell(order, status, at=paid_at)

    order.refresh_from_db()
    assert statuses(order) == [S.WAITING_ACCEPTANCE] * 2
    assert order.pay_until is None
    for part in order.parts.all():
        assert part.accept_until == deadlines.accept_until(paid_at, "FR")
    assert Event.objects.filter(type="order.placed").count() == 2
    assert reserved() == 3


def test_what_is_posted_on_payment_is_what_an_order_paid_at_once_posts(channel):
    merchant = make_merchant()
    variant, point = make_offer(merchant, price="281.00", stock=9), make_point()
    now = new_order((variant, 2, "281.00"), shipping={merchant: "4.90"}, point=point)
    later = replace(now, reference="GL-later", payment_status=P.PENDING)

    at_once = intake.place(channel=channel, new=now, at=timezone.now()).order
    unpaid = intake.place(channel=channel, new=later, at=timezone.now()).order
    tell(unpaid, P.CAPTURED)

    def posted(order):
        lines = EntryLine.objects.filter(entry__order=order).order_by("entry__movement", "account__kind")
        return list(lines.values_list("entry__movement", "entry__facts", "account", "amount"))

    assert posted(at_once) == posted(unpaid) != []


@pytest.mark.parametrize("status", [P.FAILED, P.EXPIRED])
def test_a_payment_that_fails_gives_the_goods_back_and_leaves_no_money(order, status):
    tell(order, status, amount="0")

    assert statuses(order) == [S.CANCELLED] * 2
    assert set(order.parts.values_list("end_reason", flat=True)) == {EndReason.PAYMENT_FAILED}
    assert reserved() == 0
    assert not Entry.objects.exists()


def test_an_authorization_that_falls_cancels_what_has_not_left_and_takes_its_money_back(order):
    tell(order, P.AUTHORIZED)
    first, second = order.parts.order_by("pk")
    for step in (S.ACCEPTED, S.SHIPPED):
        lifecycle.move(merchant_order_id=first.pk, to=step, at=timezone.now(), actor_label="test")

    tell(order, P.EXPIRED, amount="0")

    assert statuses(order) == [S.SHIPPED, S.CANCELLED]
    left = {balance.pending for balance in ledger.balances(second.merchant)}
    assert left == {Decimal(0)}
    assert ledger.balances(first.merchant)[0].pending > 0


def test_what_was_told_before_changes_nothing_when_told_again(order):
    tell(order, P.CAPTURED)
    before = (Payment.objects.count(), Entry.objects.count(), Event.objects.count())

    tell(order, P.CAPTURED)

    assert (Payment.objects.count(), Entry.objects.count(), Event.objects.count()) == before


def test_an_authorized_payment_is_captured_without_a_second_sale(order):
    tell(order, P.AUTHORIZED)
    entries = Entry.objects.count()

    tell(order, P.CAPTURED)

    assert list(order.payments.order_by("pk").values_list("status", flat=True)) == [
        P.PENDING,
        P.AUTHORIZED,
        P.CAPTURED,
    ]
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("first", "then"),
    [(P.FAILED, P.CAPTURED), (P.EXPIRED, P.AUTHORIZED), (P.CAPTURED, P.FAILED), (P.CAPTURED, P.AUTHORIZED)],
)
def test_a_payment_that_has_ended_becomes_nothing_else(order, first, then):
    tell(order, first)
    before = statuses(order)

    with pytest.raises(payments.PaymentNotAllowed) as refusal:
        tell(order, then)

    assert refusal.value.details == {"status": first}
    assert statuses(order) == before


def test_another_amount_than_the_total_is_refused_and_nothing_moves(order):
    with pytest.raises(payments.AmountMismatch) as refusal:
        tell(order, P.CAPTURED, amount="38.69")

    assert refusal.value.details == {"total": "38.70"}
    assert statuses(order) == [S.PENDING_PAYMENT] * 2


def test_what_the_buyer_gave_up_before_paying_need_not_be_paid(order):
    dropped = order.parts.order_by("pk").first()
    acceptance.cancel(
        merchant_order_id=dropped.pk,
        actor=Actor.CHANNEL,
        reason=EndReason.BUYER_CHANGED_MIND,
        at=timezone.now(),
    )

    tell(order, P.CAPTURED, amount="25.80")

    assert statuses(order) == [S.CANCELLED, S.WAITING_ACCEPTANCE]
    assert reserved() == 2


def test_money_that_comes_after_all_was_given_up_is_refused(order):
    for part in order.parts.all():
        acceptance.cancel(
            merchant_order_id=part.pk,
            actor=Actor.CHANNEL,
            reason=EndReason.BUYER_CHANGED_MIND,
            at=timezone.now(),
        )

    with pytest.raises(payments.PaymentNotAllowed):
        tell(order, P.CAPTURED)


def test_what_is_not_paid_in_time_is_cancelled_once_even_after_an_outage(order):
    in_time = order.placed_at + deadlines.PAY_WITHIN
    assert payments.expire(at=in_time) == 0

    late = in_time + timedelta(days=2)
    assert [payments.expire(at=late), payments.expire(at=late)] == [1, 0]

    assert statuses(order) == [S.CANCELLED] * 2
    assert reserved() == 0
    assert order.payments.order_by("pk").last().status == P.EXPIRED
    with pytest.raises(payments.PaymentNotAllowed):
        tell(order, P.CAPTURED)


def test_an_order_paid_in_time_is_not_swept(order):
    tell(order, P.CAPTURED)

    assert payments.expire(at=timezone.now() + timedelta(days=2)) == 0
    assert statuses(order) == [S.WAITING_ACCEPTANCE] * 2


class TestApi:
    @pytest.fixture
    def api(self, channel):
        return api_client(channel.application)

    @pytest.fixture
    def placed(self, api):
        variant = make_offer(make_merchant(), stock=5)
        sent = body(make_point(), (variant, 2))
        sent["payment"]["status"] = "pending"
        answer = api.send("/api/v1/orders/", sent, idempotency_key=str(uuid4()))
        assert answer.status_code == 201
        return answer.json()

    def send(self, api, order, status="captured", amount="25.80", **fields):
        return api.send(
            f"/api/v1/orders/{order['id']}/payments/",
            {"status": status, "amount": amount, **fields},
            idempotency_key=str(uuid4()),
        )

    def test_an_order_waits_for_its_payment_and_says_until_when(self, api, placed):
        assert (placed["payment_status"], placed["parts"][0]["status"]) == ("pending", "pending_payment")
        assert placed["pay_until"] > placed["placed_at"]
        assert placed["parts"][0]["allowed_actions"] == ["pay", "cancel"]

        paid = self.send(api, placed, reference="PSP-7")

        assert paid.status_code == 200
        assert (paid.json()["payment_status"], paid.json()["pay_until"]) == ("captured", None)
        assert paid.json()["parts"][0]["status"] == "waiting_acceptance"
        assert api.get(f"/api/v1/orders/{placed['id']}/").json() == paid.json()

    def test_too_late_is_a_conflict(self, api, placed):
        payments.expire(at=timezone.now() + timedelta(days=1))

        answer = self.send(api, placed)

        assert (answer.status_code, answer.json()["code"]) == (409, "payment_not_allowed")
        assert answer.json()["details"] == {"status": "expired"}

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [({"status": "pending"}, "/status"), ({"amount": 25.8}, "/amount"), ({"paid": True}, "/paid")],
    )
    def test_a_body_that_makes_no_sense_is_pointed_at(self, api, placed, fields, pointer):
        answer = self.send(api, placed, **fields)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer

    def test_another_channels_order_is_not_there(self, placed):
        stranger = api_client(make_channel().application)

        assert self.send(stranger, placed).status_code == 404
        assert Order.objects.get().payments.count() == 1
        assert MerchantOrder.objects.get().status == S.PENDING_PAYMENT
