"""Prices in force, their rules, and the 30-day lowest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.enums import PriceSource
from catalog.models import Listing, Price
from catalog.services import price_rules, prices, reference
from tests.catalog.conftest import AT
from tests.factories import make_market, make_merchant, make_offer

pytestmark = pytest.mark.django_db


def set_price(variant, amount, *, at=AT, country="FR", currency="EUR", **kwargs):
    return prices.set_price(
        merchant_id=variant.merchant_id,
        variant_id=variant.pk,
        country=country,
        amount=Decimal(amount),
        currency=currency,
        at=at,
        **kwargs,
    )


def test_a_new_price_ends_the_one_in_force(merchant):
    variant = make_offer(merchant, price=None)
    set_price(variant, "12.90")

    assert set_price(variant, "14.90", at=AT + timedelta(days=1))
    assert not set_price(variant, "14.90", at=AT + timedelta(days=2))

    assert list(variant.prices.order_by("pk").values_list("amount", "starts_at", "ends_at")) == [
        (Decimal("12.90"), AT, AT + timedelta(days=1)),
        (Decimal("14.90"), AT + timedelta(days=1), None),
    ]


def test_a_price_in_the_wrong_currency_is_refused(merchant):
    variant = make_offer(merchant, price=None)
    make_market("PL")

    with pytest.raises(prices.WrongCurrency):
        set_price(variant, "12.90", country="PL", currency="EUR")

    assert not variant.prices.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "12.905", "NaN", "99999999999"])
def test_an_impossible_amount_is_refused(merchant, amount):
    variant = make_offer(merchant, price=None)

    with pytest.raises(prices.BadAmount):
        set_price(variant, amount)

    assert not variant.prices.exists()


def test_a_strike_through_price_is_above_the_price(merchant):
    variant = make_offer(merchant, price=None)

    with pytest.raises(prices.BadAmount):
        set_price(variant, "12.90", strike_amount=Decimal("12.90"))


def test_prices_of_another_merchant_are_unknown(merchant):
    theirs = make_offer(make_merchant(), price=None)

    with pytest.raises(prices.UnknownVariant):
        prices.set_price(
            merchant_id=merchant.pk,
            variant_id=theirs.pk,
            country="FR",
            amount=Decimal("1"),
            currency="EUR",
            at=AT,
        )


def test_many_prices_take_as_many_statements_as_one(merchant, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    variants = [make_offer(merchant, price="10") for _ in range(4)]
    market = make_market("FR")

    def statements(some):
        new = [prices.NewPrice(v.pk, market.pk, Decimal("11") + v.pk) for v in some]
        with CaptureQueriesContext(connection) as captured:
            prices.set_many(merchant_id=merchant.pk, prices=new, source=PriceSource.API, at=AT)
        return len(captured)

    assert statements(variants[:1]) == statements(variants[1:])


def test_a_price_makes_a_listing_ready(merchant):
    variant = make_offer(merchant, price=None, published=False)

    set_price(variant, "12.90")

    assert Listing.objects.get(product=variant.product).blockers == []


def test_the_lowest_price_is_that_of_the_30_days_before_the_present_one_began(merchant):
    variant = make_offer(merchant, price=None)
    for days, amount in [(-60, "5"), (-40, "20"), (-20, "18"), (-10, "25"), (0, "15")]:
        set_price(variant, amount, at=AT + timedelta(days=days))

    found = prices.lowest_of_30_days(variant_ids=[variant.pk], market_id=make_market("FR").pk)

    assert found == {variant.pk: Decimal("18.00")}


def test_without_an_earlier_price_there_is_no_lowest(merchant):
    variant = make_offer(merchant, price=None)
    set_price(variant, "15")

    assert prices.lowest_of_30_days(variant_ids=[variant.pk], market_id=make_market("FR").pk) == {}


# Rules


def rule(merchant, country, margin="0", ending=None, manager=None):
    return price_rules.write(
        merchant_id=merchant.pk,
        country=country,
        margin_percent=Decimal(margin),
        ending=Decimal(ending) if ending else None,
        by=manager,
        at=AT,
    )


def test_a_rule_retaxes_converts_and_rounds_up_to_the_ending(merchant, manager):
    variant = make_offer(merchant, price="12.00")
    make_market("PL")
    reference.write_rates(day=date(2026, 11, 10), rates={"PLN": Decimal("4.30")})
    rule(merchant, "PL", margin="10", ending="0.99", manager=manager)

    preview = price_rules.preview(merchant_id=merchant.pk, country="PL", at=AT)
    assert (preview.new, preview.changed, preview.unchanged) == (1, 0, 0)
    # 12.00 / 1.20 = 10.00 net; x 4.30 = 43.00; + 10 % = 47.30; + 23 % = 58.179; up to ,99
    assert preview.shown[0].after == Decimal("58.99")
    assert not Price.objects.filter(market__country="PL").exists()

    assert price_rules.apply(merchant_id=merchant.pk, country="PL", by=manager, at=AT) == 1
    price = variant.prices.get(market__country="PL")
    assert (price.amount, price.currency, price.source) == (Decimal("58.99"), "PLN", "rule")
    assert price_rules.apply(merchant_id=merchant.pk, country="PL", by=manager, at=AT) == 0


def test_a_rule_keeps_prices_that_were_typed(merchant, manager):
    variant = make_offer(merchant, price="12.00")
    make_market("DE")
    set_price(variant, "99", country="DE")
    rule(merchant, "DE")

    preview = price_rules.preview(merchant_id=merchant.pk, country="DE", at=AT)

    assert (preview.kept, preview.new, preview.changed) == (1, 0, 0)
    price_rules.apply(merchant_id=merchant.pk, country="DE", by=manager, at=AT)
    assert variant.prices.get(market__country="DE").amount == Decimal("99")


def test_a_rule_without_exchange_rate_is_refused(merchant):
    make_offer(merchant, price="12.00")
    make_market("GB")
    rule(merchant, "GB")

    with pytest.raises(price_rules.NoExchangeRate):
        price_rules.preview(merchant_id=merchant.pk, country="GB", at=AT)


def test_france_has_no_rule(merchant):
    with pytest.raises(price_rules.NoRule):
        rule(merchant, "FR")


@given(
    amount=st.decimals(min_value="0.001", max_value="100000", places=4),
    ending=st.sampled_from([None, Decimal("0"), Decimal("0.90"), Decimal("0.99")]),
)
def test_rounding_goes_up_by_less_than_one_and_ends_as_asked(amount, ending):
    ended = price_rules.end_in(amount, ending, "EUR")

    assert ended > 0
    if ending is None:
        assert abs(ended - amount) <= Decimal("0.01")
    else:
        assert ended % 1 == ending
        assert -Decimal("0.005") <= ended - amount <= 1
