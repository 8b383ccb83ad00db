"""Amounts: rounding, splitting, writing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MixedCurrencies, Money, allocate, format_money, minor_units, round_amount

CURRENCIES = st.sampled_from(["EUR", "PLN", "GBP", "CNY", "JPY", "TND"])


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("1.004999", "EUR", "1.00"),
        ("-1.005", "EUR", "-1.01"),
        ("2.5", "JPY", "3"),
        ("1.0005", "TND", "1.001"),
    ],
)
def test_rounds_the_half_away_from_zero_by_currency(amount, currency, rounded):
    assert str(round_amount(Decimal(amount), currency)) == rounded


@pytest.mark.parametrize("currency", ["EURO", "", "eur", "ZZZ"])
def test_refuses_an_unknown_currency(currency):
    with pytest.raises(ValueError, match="unknown currency"):
        round_amount(Decimal(1), currency)


def test_refuses_more_decimals_than_the_currency_has():
    with pytest.raises(ValueError, match="more decimals"):
        Money(Decimal("1.001"), "EUR")
    with pytest.raises(ValueError, match="more decimals"):
        Money(Decimal("1.5"), "JPY")


def test_does_not_add_two_currencies():
    with pytest.raises(MixedCurrencies):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "PLN")
    with pytest.raises(MixedCurrencies):
        _ = Money(Decimal(1), "EUR") < Money(Decimal(1), "PLN")


def test_calculates_and_rounds_products():
    price = Money(Decimal("9.99"), "EUR")

    assert price * 3 - price == Money(Decimal("19.98"), "EUR")
    assert price * Decimal("0.15") == Money(Decimal("1.50"), "EUR")
    assert sum([price, price], Money.zero("EUR")) == Money.from_minor(1998, "EUR")
    assert -price + price == Money.zero("EUR")
    assert not Money.zero("EUR")


def test_gives_what_is_left_over_to_the_largest_remainders():
    parts = allocate(Decimal("10.00"), "EUR", [1, 1, 1])
    assert parts == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert allocate(Decimal("-0.05"), "EUR", [3, 7]) == [Decimal("-0.02"), Decimal("-0.03")]
    assert allocate(Decimal("5"), "JPY", [Decimal("0.5"), 0, Decimal("0.5")]) == [3, 0, 2]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 5]])
def test_refuses_to_split_by_nothing(weights):
    with pytest.raises(ValueError, match="weights"):
        allocate(Decimal("1.00"), "EUR", weights)


@given(
    units=st.integers(-(10**12), 10**12),
    currency=CURRENCIES,
    weights=st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=30).filter(any),
)
def test_a_split_loses_nothing_and_strays_less_than_one_unit(units, currency, weights):
    whole = Money.from_minor(units, currency)

    parts = whole.allocate(weights)

    assert sum(parts, Money.zero(currency)) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Decimal(units) * weight / sum(weights)) < Decimal("1.0001")


@given(units=st.integers(-(10**12), 10**12), currency=CURRENCIES)
def test_minor_units_come_back(units, currency):
    assert Money.from_minor(units, currency).minor == units
    assert -Money.from_minor(units, currency).amount.as_tuple().exponent == minor_units(currency)


@pytest.mark.parametrize(
    ("currency", "locale", "text"),
    [
        ("EUR", "fr", "1\u202f234,50\xa0€"),
        ("EUR", "en", "€1,234.50"),
        ("JPY", "en", "¥1,234"),
        ("GBP", "en-gb", "£1,234.50"),
        ("EUR", None, "1\u202f234,50\xa0€"),
    ],
)
def test_writes_amounts_as_the_locale_does(currency, locale, text):
    assert (
        format_money(
            round_amount(Decimal("1234.4999999"), currency) if currency == "JPY" else Decimal("1234.50"),
            currency,
            locale,
        )
        == text
    )
