"""A store on holiday sells nothing, and no deadline of its orders runs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import Market, Variant
from catalog.services import offers as on_offer
from merchants.models import Application, Merchant
from merchants.services import holidays
from orders.models import MerchantOrder
from orders.services import acceptance, checks, deadlines
from tests.factories import make_member, make_merchant, make_offer, make_order

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def close(merchant: Merchant, start: datetime, end: datetime) -> None:
    by = merchant.memberships.get().user
    holidays.plan(merchant_id=merchant.pk, starts_at=start, ends_at=end, by=by, at=start)


@pytest.fixture
def merchant() -> Merchant:
    made = make_merchant()
    Application.objects.create(merchant=made)
    make_member(made)
    return made


def sold(at: datetime) -> "QuerySet[Variant]":
    return on_offer.on_sale(market=Market.objects.get(country="FR"), at=at)


def test_its_offers_are_not_on_sale_while_it_lasts(merchant) -> None:
    variant, other = make_offer(merchant), make_offer(make_merchant())
    close(merchant, MONDAY + DAY, MONDAY + 3 * DAY)

    assert set(sold(MONDAY)) == {variant, other}
    assert set(sold(MONDAY + 2 * DAY)) == {other}
    assert set(sold(MONDAY + 3 * DAY)) == {variant, other}


def test_no_deadline_runs_in_it() -> None:
    closed = (MONDAY + timedelta(hours=10), MONDAY + 3 * DAY)

    assert deadlines.accept_until(MONDAY, "FR") == MONDAY + DAY
    assert deadlines.accept_until(MONDAY, "FR", closed) == MONDAY + 3 * DAY + timedelta(hours=14)
    assert deadlines.accept_until(MONDAY + 4 * DAY, "FR", closed) == deadlines.accept_until(
        MONDAY + 4 * DAY, "FR"
    )
    plain = deadlines.promised_on(MONDAY, origin="FR", destination="FR", carrier_days=2)
    later = deadlines.promised_on(MONDAY, origin="FR", destination="FR", carrier_days=2, closed=closed)
    assert plain and later and later > plain


def test_a_channel_is_told_that_nothing_of_it_is_on_sale(merchant) -> None:
    variant, now = make_offer(merchant, stock=3), timezone.now()
    close(merchant, now - DAY, now + DAY)

    with pytest.raises(checks.NotOnSale):
        make_order((variant, 1))

    assert not MerchantOrder.objects.exists()
    assert variant.stock_levels.get().reserved == 0


def test_what_was_sold_before_is_not_due_in_it(merchant) -> None:
    now = timezone.now()
    variant, other = make_offer(merchant, stock=3), make_offer(make_merchant(), stock=3)
    close(merchant, now + timedelta(minutes=5), now + 30 * DAY)

    order, plain = make_order((variant, 1)), make_order((other, 1))

    assert order.accept_until > now + 30 * DAY > plain.accept_until
    accepted = acceptance.accept(merchant_order_id=order.pk, by=merchant.memberships.get().user, at=now)
    assert accepted.ship_until > now + 30 * DAY
