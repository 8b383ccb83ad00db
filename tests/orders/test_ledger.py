"""The ledger balances at all times, and every balance is right to the cent."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import round_amount
from orders.enums import AccountKind, Movement, OrderStatus
from orders.models import Account, Entry, EntryLine, MerchantOrder
from orders.services import intake, ledger, lifecycle, pricing
from tests.factories import make_channel, make_merchant, make_offer, make_order, make_point, new_order
from tests.orders.test_api_orders import together

pytestmark = pytest.mark.django_db


def balance(merchant, currency="EUR"):
    return next((row for row in ledger.balances(merchant) if row.currency == currency), None)


def sums():
    return dict(
        EntryLine.objects.values_list("entry__currency").annotate(Sum("amount")).order_by("entry__currency")
    )


def test_a_placed_order_is_owed_but_pending():
    order = make_order()

    own = balance(order.merchant)

    assert own.pending == order.total - order.commission_total - order.commission_vat
    assert (own.available, own.held, own.paid) == (0, 0, 0)
    by_kind = dict(EntryLine.objects.values_list("account__kind").annotate(Sum("amount")))
    assert by_kind == {
        AccountKind.CHANNEL_RECEIVABLE: order.total,
        AccountKind.MERCHANT_PENDING: -own.pending,
        AccountKind.COMMISSION_INCOME: -order.commission_total,
        AccountKind.VAT_DUE: -order.commission_vat,
    }


def test_a_delivered_order_is_available():
    order = make_order(status=OrderStatus.CLOSED)

    own = balance(order.merchant)

    assert own.pending == 0
    assert own.available == order.total - order.commission_total - order.commission_vat


@pytest.mark.parametrize("status", [OrderStatus.REFUSED, OrderStatus.CANCELLED])
def test_a_refused_or_cancelled_order_leaves_nothing_owed(status):
    order = make_order(status=status)

    assert balance(order.merchant)[1:] == (0, 0, 0, 0)
    assert all(
        total == 0 for _kind, total in EntryLine.objects.values_list("account__kind").annotate(Sum("amount"))
    )


def test_every_movement_has_a_reversal_that_is_no_movement_of_its_own():
    reversals = [rule.reversal for rule in ledger.RULES.values()]

    assert sorted([*ledger.RULES, *reversals]) == sorted(Movement)


def test_an_account_is_made_once():
    merchant = make_merchant()
    for _ in range(2):
        make_order((make_offer(merchant), 1))

    assert Account.objects.filter(merchant=merchant, kind=AccountKind.MERCHANT_PENDING).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_orders_at_once_make_each_account_once():
    merchant, channel, point = make_merchant(), make_channel(), make_point()
    variants = [make_offer(merchant) for _ in range(4)]

    def place(index):
        new = new_order((variants[index], 1), point=point)
        return intake.place(channel=channel, new=new, at=timezone.now())

    assert len(together(4, place)) == 4
    assert Account.objects.count() == 4
    assert sums() == {"EUR": 0}


def insert(order, *amounts, currency="EUR"):
    """Write an entry behind the service's back."""
    entry = Entry.objects.create(movement="release", currency=currency, posted_at=timezone.now())
    accounts = list(Account.objects.filter(currency="EUR").order_by("pk"))
    EntryLine.objects.bulk_create(
        [
            EntryLine(entry=entry, account=account, amount=Decimal(amount))
            for account, amount in zip(accounts, amounts, strict=False)
        ]
    )


@pytest.mark.parametrize(
    ("amounts", "currency"), [(("1.00",), "EUR"), (("1.00", "-0.99"), "EUR"), (("1.00", "-1.00"), "PLN")]
)
def test_the_database_refuses_what_does_not_balance_or_mixes_currencies(amounts, currency):
    order = make_order()

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(order, *amounts, currency=currency)

    assert Entry.objects.count() == 2


def test_the_database_refuses_the_same_movement_twice():
    order = make_order(status=OrderStatus.CLOSED)
    order = MerchantOrder.objects.select_related("order").get(pk=order.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.release([order], at=timezone.now())


def test_entries_are_never_changed():
    make_order()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        connection.cursor().execute("UPDATE orders_entryline SET amount = amount * 2")


money = st.decimals(min_value="0.01", max_value="9999.99", places=2)
rates = st.sampled_from([Decimal("20.00"), Decimal("5.50"), Decimal("0.00"), Decimal("23.00")])
sold = st.lists(
    st.builds(pricing.Sold, total=money, vat_rate=rates, commission_rate=rates), min_size=1, max_size=8
)


@given(lines=sold, shipping=money, currency=st.sampled_from(["EUR", "PLN", "CNY", "GBP"]))
def test_what_is_split_over_lines_sums_up_to_what_was_computed(lines, shipping, currency):
    priced = pricing.price(lines, shipping=shipping, currency=currency, merchant_country="FR")

    assert sum(priced.line_commission) == priced.commission_total
    assert sum(share.base for share in priced.vat) == priced.total
    assert sum(priced.line_vat) <= priced.vat_total
    for share in priced.vat:
        assert share.amount == round_amount(share.base * share.rate / (100 + share.rate), currency)
    assert all(0 <= vat <= line.total for vat, line in zip(priced.line_vat, lines, strict=True))


STEPS = {
    "accept": ("accepted", ""),
    "refuse": ("refused", "out_of_stock"),
    "cancel": ("cancelled", "other"),
    "ship": ("shipped", ""),
    "deliver": ("delivered", ""),
    "lose": ("lost", "parcel_lost"),
}
MARKETS = {"FR": "EUR", "PL": "PLN", "CN": "CNY", "GB": "GBP"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    country=st.sampled_from(list(MARKETS)),
    price=st.decimals(min_value="0.05", max_value="500", places=2),
    shipping=st.decimals(min_value=0, max_value=20, places=2),
    quantity=st.integers(1, 3),
    path=st.lists(st.sampled_from(list(STEPS)), max_size=6),
)
def test_no_sequence_unbalances_the_ledger(db, country, price, shipping, quantity, path):
    with transaction.atomic():
        merchant = make_merchant()
        variant = make_offer(merchant, price=str(price), country=country)
        new = new_order(
            (variant, quantity, str(price)),
            shipping={merchant: shipping},
            point=make_point(country=country),
            country=country,
            currency=MARKETS[country],
        )
        placed = intake.place(channel=make_channel(countries=(country,)), new=new, at=timezone.now())
        order = placed.parts[0].order
        for name in path:
            to, reason = STEPS[name]
            try:
                lifecycle.move(merchant_order_id=order.pk, to=to, reason=reason, at=timezone.now())
            except lifecycle.StepNotAllowed:
                continue
        order.refresh_from_db()

        net = order.total - order.commission_total - order.commission_vat
        owed = {"closed": (0, net), "refused": (0, 0), "cancelled": (0, 0), "lost": (0, 0)}
        pending, available = owed.get(order.status, (net, 0))
        assert balance(merchant, MARKETS[country])[1:3] == (pending, available)
        assert set(sums().values()) == {0}
        transaction.set_rollback(True)
