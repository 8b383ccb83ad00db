"""The life of an order follows its table, and what each step does beside is done once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import StockLevel
from core.models import Event
from orders import transitions
from orders.enums import EndReason, OrderStatus
from orders.models import Buyer, Entry, MerchantOrder, OrderLine, Transition
from orders.services import acceptance, buyers, lifecycle
from orders.transitions import FINAL, FIRST, STEPS, UNPAID, Actor
from tests.factories import make_merchant, make_offer, make_order, make_user
from tests.orders.test_api_orders import together

pytestmark = pytest.mark.django_db


def move(order, to, reason="", **fields):
    return lifecycle.move(merchant_order_id=order.pk, to=to, reason=reason, at=timezone.now(), **fields)


def written(order):
    """Return what a refused step must not change."""
    keys = [list(table.objects.order_by("pk").values_list("pk")) for table in (Transition, Entry, Event)]
    return keys, stock_of(order)


def stock_of(order):
    level = StockLevel.objects.get(variant=order.lines.get().variant)
    return level.on_hand, level.reserved


def test_every_state_is_reached_from_the_first_and_only_final_ones_end():
    reached, seen = {FIRST, UNPAID}, set()
    while reached - seen:
        seen |= reached
        reached |= transitions.reachable(reached)

    assert reached == set(OrderStatus)
    assert {status for status in reached if not transitions.reachable([status])} == FINAL


def test_the_page_of_the_documentation_is_drawn_from_the_table():
    page = Path(settings.BASE_DIR) / "docs" / "order-states.md"

    assert page.read_text(encoding="utf-8") == transitions.as_markdown()


def test_accept_sets_the_deadline_to_ship_and_says_so():
    order, person = make_order(), make_user()

    accepted = acceptance.accept(merchant_order_id=order.pk, by=person, at=timezone.now())

    assert accepted.status == OrderStatus.ACCEPTED
    assert accepted.ship_until > accepted.accepted_at
    step = Transition.objects.last()
    assert (step.from_status, step.to_status, step.actor) == ("waiting_acceptance", "accepted", person)
    event = Event.objects.get(type="order.accepted")
    assert (event.subject_id, event.actor_id) == (order.public_id, person.pk)
    assert stock_of(order) == (10, 1)


def test_the_second_person_to_accept_learns_who_was_first():
    order = make_order()
    first = make_user(full_name="Nolwenn Tresquel")
    acceptance.accept(merchant_order_id=order.pk, by=first, at=timezone.now())

    with pytest.raises(lifecycle.StepNotAllowed) as refusal:
        acceptance.accept(merchant_order_id=order.pk, by=make_user(), at=timezone.now())

    assert "Nolwenn Tresquel" in refusal.value.message
    assert Transition.objects.filter(to_status="accepted").count() == 1


def test_refuse_gives_the_goods_back_and_takes_the_money_out():
    order = make_order()

    refused = acceptance.refuse(
        merchant_order_id=order.pk, reason=EndReason.OUT_OF_STOCK, by=make_user(), at=timezone.now()
    )

    assert (refused.status, refused.end_reason) == ("refused", "out_of_stock")
    assert stock_of(order) == (10, 0)
    assert set(Entry.objects.values_list("movement", flat=True)) == {
        "sale",
        "commission",
        "sale_reversal",
        "commission_reversal",
    }


@pytest.mark.parametrize("reason", ["", "no_answer", "nonsense"])
def test_refuse_needs_a_reason_of_the_list(reason):
    order = make_order()

    with pytest.raises(acceptance.ReasonMissing):
        acceptance.refuse(merchant_order_id=order.pk, reason=reason, by=make_user(), at=timezone.now())

    order.refresh_from_db()
    assert order.status == OrderStatus.WAITING_ACCEPTANCE
    assert stock_of(order) == (10, 1)


def test_ship_takes_the_goods_out_of_the_building():
    order = make_order(status=OrderStatus.ACCEPTED)

    move(order, OrderStatus.SHIPPED)

    assert stock_of(order) == (9, 0)


def test_a_delivered_order_is_closed_at_once_and_its_money_released():
    order = make_order(status=OrderStatus.AT_PICKUP_POINT)

    closed = move(order, OrderStatus.DELIVERED, actor_label="carrier:sandbox")

    assert closed.status == OrderStatus.CLOSED
    assert closed.delivered_at == closed.closed_at
    assert Entry.objects.filter(movement="release").count() == 1
    assert list(Event.objects.order_by("pk").values_list("type", flat=True))[-2:] == [
        "order.delivered",
        "order.closed",
    ]
    assert Buyer.objects.get().erase_on == timezone.localdate(closed.closed_at + buyers.KEPT)


@pytest.mark.parametrize("origin", ["waiting_acceptance", "accepted", "shipped", "closed", "refused"])
def test_a_step_outside_the_table_is_refused_and_changes_nothing(origin):
    order = make_order(status=origin)
    before = written(order)
    outside = [
        to for to in OrderStatus if not any(origin in step.origins and to == step.to for step in STEPS)
    ]

    for to in outside:
        with pytest.raises(lifecycle.StepNotAllowed):
            move(order, to)

    order.refresh_from_db()
    assert order.status == origin
    assert written(order) == before


def test_an_order_that_does_not_exist_is_refused():
    with pytest.raises(lifecycle.UnknownOrder):
        lifecycle.move(merchant_order_id=0, to=OrderStatus.ACCEPTED, at=timezone.now())


def test_move_locks_the_orders_in_ascending_order():
    order = make_order()

    with CaptureQueriesContext(connection) as queries:
        move(order, OrderStatus.ACCEPTED)

    lock = next(q["sql"] for q in queries if 'FROM "orders_merchantorder"' in q["sql"])
    assert lock.endswith('ORDER BY "orders_merchantorder"."id" ASC FOR UPDATE OF "orders_merchantorder"')


def test_moving_many_takes_the_same_statements_as_one():
    orders = [make_order() for _ in range(4)]
    person, counts = make_user(), []
    for group in (orders[:1], orders[1:]):
        with CaptureQueriesContext(connection) as queries:
            accepted = acceptance.accept_many(
                merchant_order_ids=[order.pk for order in group], by=person, at=timezone.now()
            )
        assert len(accepted.accepted) == len(group)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_accept_many_accepts_those_that_still_can_be_and_tells_the_others():
    waiting, refused = make_order(), make_order(status=OrderStatus.REFUSED)

    outcome = acceptance.accept_many(
        merchant_order_ids=[waiting.pk, refused.pk], by=make_user(), at=timezone.now()
    )

    assert [order.pk for order in outcome.accepted] == [waiting.pk]
    assert [refusal.details["number"] for refusal in outcome.refused] == [refused.number]


def test_cancel_by_the_merchant_is_for_accepted_orders_only():
    waiting, accepted = make_order(), make_order(status=OrderStatus.ACCEPTED)
    fields = {"actor": Actor.MERCHANT, "reason": EndReason.OUT_OF_STOCK, "by": make_user()}

    cancelled = acceptance.cancel(merchant_order_id=accepted.pk, at=timezone.now(), **fields)
    with pytest.raises(lifecycle.StepNotAllowed):
        acceptance.cancel(merchant_order_id=waiting.pk, at=timezone.now(), **fields)

    assert cancelled.status == OrderStatus.CANCELLED
    assert stock_of(accepted) == (10, 0)


def test_what_is_not_accepted_in_time_is_refused_even_after_an_outage():
    variant = make_offer(make_merchant())
    late = [make_order((variant, 1)) for _ in range(3)]
    far = late[0].accept_until + timedelta(days=9)

    assert acceptance.expire(at=late[0].accept_until - timedelta(minutes=1)) == 0
    assert acceptance.expire(at=far) == 3
    assert acceptance.expire(at=far) == 0

    assert set(MerchantOrder.objects.values_list("status", "end_reason")) == {("refused", "no_answer")}
    assert StockLevel.objects.get().reserved == 0
    assert Event.objects.filter(type="order.refused").count() == 3


def test_a_merchant_is_reminded_once_before_the_deadline():
    order = make_order()
    soon = order.accept_until - timedelta(hours=1)

    assert acceptance.remind(at=order.placed_at) == 0
    assert acceptance.remind(at=soon) == 1
    assert acceptance.remind(at=soon) == 0
    assert Event.objects.filter(type="order.acceptance_due", subject_id=order.public_id).count() == 1


def test_buyers_are_erased_on_their_day_and_not_before():
    order = make_order(status=OrderStatus.CLOSED)
    make_order(status=OrderStatus.ACCEPTED)

    assert buyers.erase(at=timezone.now() + buyers.KEPT - timedelta(days=1)) == 0
    assert buyers.erase(at=timezone.now() + buyers.KEPT + timedelta(days=1)) == 1
    assert buyers.contact(order_id=order.order_id) is None
    assert Buyer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_is_told():
    order, people = make_order(), [make_user(), make_user()]

    def accept(index):
        try:
            acceptance.accept(merchant_order_id=order.pk, by=people[index], at=timezone.now())
        except lifecycle.StepNotAllowed:
            return "told"
        return "accepted"

    assert sorted(together(2, accept)) == ["accepted", "told"]
    assert Transition.objects.filter(to_status="accepted").count() == 1
    connections.close_all()


def test_orders_that_take_different_steps_to_one_state_each_take_their_own(monkeypatch):
    first, second = make_order(), make_order(status=OrderStatus.ACCEPTED)
    other = replace(
        transitions.find(OrderStatus.ACCEPTED, OrderStatus.PREPARING),
        origins=(OrderStatus.WAITING_ACCEPTANCE,),
        event="order.hurried",
        stamp="accepted_at",
    )
    monkeypatch.setattr(transitions, "STEPS", (*STEPS, other))

    moved = lifecycle.move_many(
        merchant_order_ids=[first.pk, second.pk], to=OrderStatus.PREPARING, at=timezone.now()
    )

    assert [order.pk for order in moved] == [first.pk, second.pk]
    assert {order.status for order in MerchantOrder.objects.all()} == {OrderStatus.PREPARING}
    assert {
        order.pk: Event.objects.filter(subject_id=order.public_id, type="order.hurried").count()
        for order in (first, second)
    } == {first.pk: 1, second.pk: 0}
    assert MerchantOrder.objects.get(pk=second.pk).accepted_at == second.accepted_at


def test_all_the_buyers_that_are_due_are_erased_however_many(monkeypatch):
    monkeypatch.setattr(buyers, "ERASE_BATCH", 2)
    for _ in range(5):
        make_order(status=OrderStatus.CLOSED)

    assert buyers.erase(at=timezone.now() + buyers.KEPT + timedelta(days=1)) == 5
    assert not Buyer.objects.exists()


def test_what_was_sold_is_never_changed():
    line = make_order().lines.get()

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(commission_rate=0)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk)._raw_delete("default")

    assert OrderLine.objects.get(pk=line.pk).commission_rate == line.commission_rate
