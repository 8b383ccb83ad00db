"""What two writers of the catalogue do to each other: nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from catalog.enums import PriceSource, StockCause
from catalog.models import Price, StockLevel, StockMovement
from catalog.services import price_rules, prices, products, stock
from merchants.models import Merchant
from tests.factories import make_location, make_market, make_member, make_merchant, make_offer

pytestmark = pytest.mark.django_db
AT = datetime(2030, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def test_a_variant_is_edited_with_its_product_locked_first_as_imports_do(merchant: Merchant) -> None:
    variant = make_offer(merchant)

    with CaptureQueriesContext(connection) as queries:
        products.edit_variant(
            merchant_id=merchant.pk,
            variant_id=variant.pk,
            gtin="",
            gtin_reason="",
            weight_g=300,
            is_active=True,
            at=AT,
        )

    locks = [q["sql"] for q in queries if "FOR NO KEY UPDATE" in q["sql"] or "FOR UPDATE" in q["sql"]]
    assert ['FROM "catalog_product"' in sql for sql in locks] == [True, False]
    assert 'FROM "catalog_variant"' in locks[1]


def test_a_price_typed_while_a_rule_is_applied_is_kept(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant, manager = make_offer(merchant, price="12.00"), make_member(merchant)
    make_market("DE")
    terms = {"merchant_id": merchant.pk, "country": "DE", "by": manager, "at": AT}
    price_rules.write(margin_percent=Decimal(0), ending=None, **terms)
    computed = price_rules._batches

    def typed_meanwhile(*args: Any) -> Iterator[Any]:
        for batch in computed(*args):
            prices.set_price(
                merchant_id=merchant.pk,
                variant_id=variant.pk,
                country="DE",
                amount=Decimal("19.90"),
                currency="EUR",
                at=AT,
            )
            yield batch

    monkeypatch.setattr(price_rules, "_batches", typed_meanwhile)
    count = price_rules.apply_now(merchant_id=merchant.pk, country="DE", at=AT)

    price = Price.objects.get(variant=variant, market__country="DE", ends_at=None)
    assert (count, price.amount, price.source) == (0, Decimal("19.90"), PriceSource.MANUAL)


def test_two_counts_of_one_level_leave_movements_that_explain_it(merchant: Merchant) -> None:
    variant, place = make_offer(merchant, stock=0), make_location(merchant)
    counts = [stock.Count(variant.pk, place.pk, number) for number in (5, 7)]

    changed = stock.set_levels(merchant_id=merchant.pk, counts=counts, cause=StockCause.SET, at=AT)

    level = StockLevel.objects.get()
    moved = StockMovement.objects.aggregate(total=Sum("on_hand_change"))["total"]
    assert (changed, level.on_hand, moved) == (1, 7, 7)


def test_new_levels_are_made_in_one_order_whatever_the_order_of_the_counts(merchant: Merchant) -> None:
    place = make_location(merchant)
    variants = [make_offer(merchant, stock=0) for _ in range(3)]
    counts = [stock.Count(variant.pk, place.pk, 1) for variant in reversed(variants)]

    stock.set_levels(merchant_id=merchant.pk, counts=counts, cause=StockCause.SET, at=AT)

    made = StockLevel.objects.order_by("pk").values_list("variant_id", flat=True)
    assert list(made) == [variant.pk for variant in variants]
