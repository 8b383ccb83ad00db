"""Stock is reserved, released, sent and counted without ever being oversold."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.enums import StockCause
from catalog.models import StockLevel, StockMovement
from catalog.services import stock
from catalog.services.stock import Count, Taken, Want
from tests.factories import make_location, make_merchant, make_offer

pytestmark = pytest.mark.django_db


def quantities(variant):
    return list(
        StockLevel.objects.filter(variant=variant)
        .order_by("location__priority")
        .values_list("on_hand", "reserved")
    )


def reserve(*wants):
    return stock.reserve(
        wants=[Want(variant.pk, quantity) for variant, quantity in wants],
        reference=uuid4(),
        at=timezone.now(),
    )


def test_reserve_takes_from_the_preferred_location_first():
    merchant = make_merchant()
    variant = make_offer(merchant, stock=2)
    second = StockLevel.objects.create(
        merchant=merchant,
        variant=variant,
        location=make_location(merchant, "Boutique", priority=1),
        on_hand=5,
    )
    first = StockLevel.objects.get(variant=variant, location__name="Entrepôt")

    taken = reserve((variant, 3))

    assert taken == [Taken(variant.pk, first.pk, 2), Taken(variant.pk, second.pk, 1)]
    assert quantities(variant) == [(2, 2), (5, 1)]


def test_reserve_refuses_all_when_one_is_short_and_names_it():
    merchant = make_merchant()
    plenty, short = make_offer(merchant, "ASSEZ", stock=5), make_offer(merchant, "PEU", stock=1)

    with pytest.raises(stock.OutOfStock) as refusal, transaction.atomic():
        reserve((plenty, 1), (short, 2))

    assert refusal.value.details["lines"] == [{"sku": "PEU", "wanted": 2, "available": 1}]
    assert quantities(plenty) == [(5, 0)]
    assert quantities(short) == [(1, 0)]
    assert not StockMovement.objects.exists()


def test_reserve_adds_up_the_same_variant_asked_twice():
    variant = make_offer(make_merchant(), stock=3)

    with pytest.raises(stock.OutOfStock):
        reserve((variant, 2), (variant, 2))


def test_reserve_leaves_the_safety_stock_and_closed_locations_alone():
    merchant = make_merchant()
    variant = make_offer(merchant, stock=3)
    StockLevel.objects.update(safety=2)
    StockLevel.objects.create(
        merchant=merchant,
        variant=variant,
        location=make_location(merchant, "Fermé", closed_at=timezone.now()),
        on_hand=9,
    )

    with pytest.raises(stock.OutOfStock) as refusal:
        reserve((variant, 2))

    assert refusal.value.details["lines"][0]["available"] == 1


def test_release_and_dispatch_give_back_or_take_out():
    variant = make_offer(make_merchant(), stock=5)
    released, sent = reserve((variant, 2)), reserve((variant, 1))

    stock.release(takings=released, reference=None, at=timezone.now())
    stock.dispatch(takings=sent, reference=None, at=timezone.now())

    assert quantities(variant) == [(4, 0)]
    assert list(
        StockMovement.objects.order_by("pk").values_list("cause", "on_hand_change", "reserved_change")
    ) == [("reserve", 0, 2), ("reserve", 0, 1), ("release", 0, -2), ("dispatch", -1, -1)]


def test_releasing_what_was_not_reserved_is_refused_by_the_database():
    variant = make_offer(make_merchant(), stock=5)
    level = StockLevel.objects.get(variant=variant)

    with pytest.raises(IntegrityError), transaction.atomic():
        stock.release(takings=[Taken(variant.pk, level.pk, 1)], reference=None, at=timezone.now())

    assert quantities(variant) == [(5, 0)]


def test_set_levels_writes_the_difference_as_a_movement():
    merchant = make_merchant()
    variant, new = make_offer(merchant, stock=5), make_offer(merchant, stock=0)
    location = make_location(merchant)

    changed = stock.set_levels(
        merchant_id=merchant.pk,
        counts=[Count(variant.pk, location.pk, 3), Count(new.pk, location.pk, 7)],
        cause=StockCause.SET,
        at=timezone.now(),
    )

    assert changed == 2
    assert quantities(variant) == [(3, 0)]
    assert quantities(new) == [(7, 0)]
    assert sorted(StockMovement.objects.values_list("on_hand_change", flat=True)) == [-2, 7]


def test_set_levels_twice_changes_nothing_the_second_time():
    merchant = make_merchant()
    variant = make_offer(merchant, stock=5)
    counts = [Count(variant.pk, make_location(merchant).pk, 3)]
    for _ in range(2):
        changed = stock.set_levels(
            merchant_id=merchant.pk, counts=counts, cause=StockCause.SET, at=timezone.now()
        )

    assert changed == 0
    assert StockMovement.objects.count() == 1


@pytest.mark.parametrize(
    ("on_hand", "version", "refusal"), [(1, None, stock.BelowReserved), (9, 0, stock.StaleCount)]
)
def test_set_levels_refuses_what_orders_forbid_and_stale_writes(on_hand, version, refusal):
    merchant = make_merchant()
    variant = make_offer(merchant, stock=5)
    reserve((variant, 2))

    with pytest.raises(refusal):
        stock.set_levels(
            merchant_id=merchant.pk,
            counts=[Count(variant.pk, make_location(merchant).pk, on_hand, version)],
            cause=StockCause.SET,
            at=timezone.now(),
        )

    assert quantities(variant) == [(5, 2)]


def test_set_levels_refuses_the_goods_of_another_merchant():
    mine, theirs = make_merchant(), make_merchant()
    variant = make_offer(theirs, stock=5)

    with pytest.raises(stock.UnknownStock):
        stock.set_levels(
            merchant_id=mine.pk,
            counts=[Count(variant.pk, make_location(mine).pk, 0)],
            cause=StockCause.SET,
            at=timezone.now(),
        )

    assert quantities(variant) == [(5, 0)]


def test_reserve_takes_the_same_statements_for_one_variant_and_twenty():
    merchant = make_merchant()
    variants = [make_offer(merchant) for _ in range(20)]
    counts = []
    for wanted in (variants[:1], variants):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reserve(*[(variant, 1) for variant in wanted])
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert 'FOR UPDATE OF "catalog_stocklevel"' in queries[0]["sql"]
    assert 'ORDER BY "catalog_stocklevel"."id" ASC' in queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_reserve_refuses_when_eight_buyers_want_the_last():
    variant = make_offer(make_merchant(), stock=1)
    start = threading.Barrier(8)
    outcomes = []

    def buy():
        start.wait()
        try:
            reserve((variant, 1))
            outcomes.append("sold")
        except stock.OutOfStock:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=buy) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused"] * 7 + ["sold"]
    assert quantities(variant) == [(1, 1)]
