"""What sole traders sold is counted by year of delivery; by it their tax data are asked for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.models import ExchangeRate
from merchants.enums import CompanySource
from merchants.models import Application, Company, Merchant
from merchants.services import requirements, tax_identity
from merchants.services.requirements import Item, facts
from orders.enums import OrderStatus
from orders.models import MerchantOrder
from orders.services import reportable
from tests.factories import make_merchant, make_offer, make_order, make_user

pytestmark = pytest.mark.django_db
IN_JUNE = datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.fixture
def trader() -> Merchant:
    merchant = make_merchant()
    Application.objects.create(merchant=merchant)
    Company.objects.create(
        merchant=merchant,
        siren="999980147",
        siret="99998014700014",
        legal_name="PERRIGNON",
        is_sole_trader=True,
        source=CompanySource.REGISTER,
        verified_at=IN_JUNE,
    )
    return merchant


def sold(merchant: Merchant, *, total: str, at: datetime = IN_JUNE, **fields: object) -> MerchantOrder:
    order = make_order((make_offer(merchant), 1), status=OrderStatus.CLOSED)
    amounts = {"total": total, "goods_total": total, "shipping_total": 0}
    fees = {"commission_total": "10.00", "commission_vat": "2.00"}
    MerchantOrder.objects.filter(pk=order.pk).update(delivered_at=at, **amounts, **fees, **fields)
    return order


def asked(merchant: Merchant, at: datetime) -> Item:
    item = requirements.compute(merchant_id=merchant.pk, at=at).item("dac7")
    assert item is not None
    return item


def test_what_was_delivered_counts_without_fees_in_euros(trader) -> None:
    june = {"currency": "PLN", "day": date(2026, 6, 3)}
    ExchangeRate.objects.update_or_create(**june, defaults={"rate": Decimal(4)})
    sold(trader, total="112.00")
    sold(trader, total="412.00", currency="PLN")
    sold(trader, total="512.00", at=IN_JUNE - timedelta(days=365))
    sold(trader, total="900.00", status=OrderStatus.LOST, end_reason="parcel_lost")

    found = reportable.sales_by_year([trader.pk])

    assert found == {trader.pk: {2026: (2, Decimal("200.00")), 2025: (1, Decimal("500.00"))}}


def test_a_casual_seller_is_not_asked_yet(trader) -> None:
    sold(trader, total="2012.00")

    item = asked(trader, IN_JUNE)

    assert (item.state, item.finding.reason, item.held_from) == ("eventually_due", "dac7_below", {})


def test_over_the_threshold_the_data_are_asked_with_sixty_days(trader) -> None:
    sold(trader, total="2012.01")

    for at in (IN_JUNE, datetime(2027, 1, 20, tzinfo=UTC)):
        item = asked(trader, at)
        assert item.finding.reason == "dac7_reached" and item.finding.due_at == at + timedelta(days=60)
    assert asked(trader, datetime(2028, 1, 20, tzinfo=UTC)).finding.reason == "dac7_below"

    user = make_user()
    data = tax_identity.TaxData("3023217600053", date(1984, 5, 12), "Gap")
    tax_identity.declare(merchant_id=trader.pk, data=data, by=user, at=IN_JUNE)
    assert asked(trader, IN_JUNE).state == "satisfied"


def test_thirty_sales_are_enough_whatever_they_brought(trader, monkeypatch) -> None:
    for sales, reason in ((29, "dac7_below"), (30, "dac7_reached")):
        found = {trader.pk: {2026: (sales, Decimal(5))}}
        monkeypatch.setitem(facts._providers, "sales", lambda pks, found=found: found)
        assert asked(trader, IN_JUNE).finding.reason == reason


def test_a_company_is_not_counted(trader) -> None:
    Company.objects.filter(merchant=trader).update(is_sole_trader=False)
    sold(trader, total="5000.00")

    assert reportable.sales_by_year([trader.pk]) == {}
    assert requirements.compute(merchant_id=trader.pk, at=IN_JUNE).item("dac7") is None
