"""Queries compiled once answer what their querysets do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import StockLevel
from core.models import User
from core.services import reading
from core.services.reading import Given, Prepared, one_of
from tests.factories import make_merchant, make_offer

pytestmark = pytest.mark.django_db


def test_models_come_with_the_related_ones_that_were_asked_for(django_assert_num_queries):
    variant = make_offer(make_merchant(), "PREPARED-1", stock=4)
    make_offer(make_merchant(), "PREPARED-2", stock=9)
    levels = Prepared(
        lambda: StockLevel.objects.filter(variant=Given("variant")).select_related("location", "variant")
    )

    with django_assert_num_queries(1):
        (level,) = levels(variant=variant.pk)
        assert level.variant == variant
        assert level.variant.created_at == variant.created_at
        assert level.location.merchant_id == variant.merchant_id
        assert level.on_hand == 4
    level.refresh_from_db()


def test_it_answers_anew_for_each_value_and_nothing_for_none():
    first, second = make_merchant(), make_merchant()
    one, other = make_offer(first, "PREPARED-1"), make_offer(second, "PREPARED-2")
    skus = Prepared(
        lambda: type(one).objects.filter(one_of("pk", "keys")).order_by("sku").values_list("sku", "merchant")
    )

    assert skus(keys=[one.pk]) == [("PREPARED-1", first.pk)]
    assert skus(keys=[other.pk, one.pk]) == [("PREPARED-1", first.pk), ("PREPARED-2", second.pk)]
    assert skus(keys=[]) == []


def test_fixed_values_and_given_ones_stand_each_in_its_place():
    now = timezone.now()
    old = User.objects.create(email="old@example.org", is_staff=True)
    User.objects.create(email="new@example.org", is_staff=True)
    User.objects.create(email="other@example.org")
    User.objects.exclude(email="new@example.org").update(joined_at=now - timedelta(days=9))
    staff = Prepared(lambda: User.objects.filter(is_staff=True, joined_at__lt=Given("before")))

    assert staff(before=now - timedelta(days=1)) == [old]


def test_a_value_that_is_missing_is_an_error():
    by_email = Prepared(lambda: User.objects.filter(email=Given("email")))
    with pytest.raises(KeyError):
        by_email()


def test_several_querysets_are_read_in_one_round_trip(django_assert_num_queries):
    merchant = make_merchant()
    variants = [make_offer(merchant, f"FETCH-{n}", stock=n) for n in (1, 2)]
    levels = StockLevel.objects.select_related("location", "variant").order_by("pk")
    skus = type(variants[0]).objects.order_by("sku").values_list("sku", "merchant")
    nobody = User.objects.filter(email__contains="%; --")
    nothing = User.objects.none()

    with django_assert_num_queries(1):
        reading.fetch(levels, nobody, nothing, skus)

        assert [(level.variant, level.location.merchant_id) for level in levels] == [
            (variant, merchant.pk) for variant in variants
        ]
        assert [level.variant.created_at for level in levels] == [v.created_at for v in variants]
        assert (list(nobody), list(nothing)) == ([], [])
        assert list(skus) == [("FETCH-1", merchant.pk), ("FETCH-2", merchant.pk)]


def test_what_is_fetched_still_prefetches_when_it_is_used(django_assert_num_queries):
    merchant = make_merchant()
    variants = [make_offer(merchant, f"FETCH-{n}", stock=n) for n in (1, 2)]
    found = type(variants[0]).objects.prefetch_related("stock_levels").order_by("sku")
    reading.fetch(found)

    with django_assert_num_queries(1):
        assert [[level.on_hand for level in one.stock_levels.all()] for one in found] == [[1], [2]]


def test_querysets_are_counted_in_one_statement_up_to_a_limit(django_assert_num_queries):
    for n in range(3):
        User.objects.create(email=f"counted{n}@example.org")
    everybody = User.objects.filter(email__startswith="counted").order_by("email")

    with django_assert_num_queries(1):
        assert reading.count([everybody, User.objects.none(), everybody], most=2) == [2, 0, 2]
    with django_assert_num_queries(0):
        assert reading.count([User.objects.none()], most=2) == [0]
