"""Queries compiled once answer what their querysets do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import StockLevel
from core.models import User
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
