"""What every installation starts from."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Category, ExchangeRate, Market, VatRate
from catalog.services import reference

pytestmark = pytest.mark.django_db


def test_load_twice_leaves_what_staff_changed():
    reference.load()
    Category.objects.filter(code="meubles").update(commission_rate=Decimal("7.50"))
    before = (Market.objects.count(), VatRate.objects.count(), Category.objects.count())

    reference.load()

    assert (Market.objects.count(), VatRate.objects.count(), Category.objects.count()) == before
    assert Category.objects.get(code="meubles").commission_rate == Decimal("7.50")


def test_every_path_leads_from_the_root_and_every_name_is_told_in_five_languages():
    reference.load()

    for category in Category.objects.select_related("parent"):
        above = category.parent.path if category.parent else ""
        assert category.path == f"{above}{category.code}/"
        assert set(category.names) >= {"fr", "en", "de", "es", "it"}


def test_write_rates_replaces_the_rate_of_the_day():
    day = date(2026, 11, 2)
    reference.write_rates(day=day, rates={"PLN": Decimal("4.20"), "GBP": Decimal("0.87")})

    reference.write_rates(day=day, rates={"PLN": Decimal("4.25")})

    assert dict(ExchangeRate.objects.values_list("currency", "rate")) == {
        "PLN": Decimal("4.25"),
        "GBP": Decimal("0.87"),
    }
