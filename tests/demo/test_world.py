"""The demonstration world: what is in it, and when it is refused."""

import io
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from stdnum import ean

from catalog.models import (
    ExchangeRate,
    Listing,
    Market,
    Media,
    ModerationCase,
    Price,
    Product,
    ProductText,
    StockLevel,
    Variant,
)
from core.models import Event, User
from core.services import events, jobs
from demo import people
from demo.world import assortment, loading, words
from demo.world.size import Size
from merchants.enums import ApplicationStatus
from merchants.models import Application as File
from merchants.models import Membership, Merchant, Requirement
from orders.models import (
    Carrier,
    EntryLine,
    MerchantOrder,
    OrderLine,
    Parcel,
    PickupNetwork,
    PickupPoint,
    TrackingEvent,
    Transition,
)
from partners.models import Application, Channel, Credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def load(**options) -> str:
    out = io.StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_the_small_world_twice_is_the_small_world():
    counts = []
    for _ in range(2):
        load(size="small")
        counts.append(
            {
                model.__name__: model.objects.count()
                for model in (User, Application, Credential, Channel, Market, ExchangeRate, PickupNetwork)
            }
        )

    assert counts[0] == counts[1]
    assert counts[0]["User"] == len(people.STAFF)
    assert sorted(Channel.objects.get().countries) == ["BE", "CN", "DE", "ES", "FR", "GB", "IT", "PL"]
    assert set(Market.objects.values_list("currency", flat=True)) - {"EUR"} == set(
        ExchangeRate.objects.values_list("currency", flat=True)
    )
    assert Carrier.objects.get(code="trajeo").application.name == people.partner_sign_in("Trajéo").name


def test_production_is_refused(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="never loaded in production"):
        load(size="small")

    assert not User.objects.exists()


def test_an_unknown_size_in_the_environment_is_a_sentence(monkeypatch):
    monkeypatch.setenv("DEMO_SIZE", "huge")

    with pytest.raises(CommandError, match="DEMO_SIZE is full or small, not 'huge'"):
        load()


def test_a_world_of_eight_merchants_has_a_file_in_every_state():
    out = load(size="full", merchants=8, products=0, orders=0, points=0)

    assert "merchants" in out
    states = set(File.objects.values_list("status", flat=True))
    assert states == set(ApplicationStatus)
    assert set(Merchant.objects.values_list("status", flat=True)) == {"active", "onboarding"}
    done = ["satisfied", "pending_verification"]
    late = Requirement.objects.filter(merchant__status="active").exclude(state__in=done)
    assert not late.exists()
    told = Event.objects.filter(type="merchant.approved").earliest("pk").occurred_at
    assert timezone.now() - told > timedelta(days=90)


def test_what_is_old_news_is_not_mailed(mailoutbox):
    load(size="full", merchants=2, products=0, orders=0, points=0)

    events.relay_all()
    jobs.run_pending()

    assert mailoutbox == []


def test_a_second_world_is_refused_and_changes_nothing():
    options = {"size": "full", "merchants": 1, "products": 0, "orders": 0, "points": 0}
    load(**options)
    before = Event.objects.count()

    with pytest.raises(CommandError, match="into an empty database only"):
        load(**options)

    assert Event.objects.count() == before


def test_a_real_register_is_not_asked_for_invented_companies(settings):
    settings.REGISTERS = replace(settings.REGISTERS, url="https://register.example")

    with pytest.raises(CommandError, match="Unset REGISTRY_URL"):
        load(size="full")

    assert not User.objects.exists()


def test_sign_ins_name_the_owners_and_the_state_of_their_files():
    load(size="full", merchants=3, products=0, orders=0, points=0)
    out = io.StringIO()

    call_command("demo_sign_ins", stdout=out)

    assert "claire.montbrun@perdrelle.example" in out.getvalue()
    assert "paul.vuillemenot@horizon-horloger.example" in out.getvalue()
    owner = authenticate(email="claire.montbrun@perdrelle.example", password=people.PASSWORD)
    assert owner.memberships.get().role == "owner"
    roles = Membership.objects.filter(merchant__store_name="Savonnerie Perdrelle").values_list(
        "role", flat=True
    )
    assert sorted(roles) == ["catalogue", "finance", "orders", "owner", "read_only"]


def test_every_word_is_written_in_every_language():
    for kind in words.kinds():
        assert all(kind.names[language].strip() for language in words.ALL), kind
        assert kind.trade in words.stories()
        assert kind.words in words.qualities()
    for row in [row for table in words.qualities().values() for row in table]:
        assert all(row[language].strip(" ,:") for language in words.ALL), row
    for row in [*words.stories().values(), *words.points().values()]:
        assert all(row[language] for language in words.LANGUAGES), row


def test_an_assortment_is_the_same_each_time_and_its_numbers_check():
    plans = assortment.plan(trade="soap", merchant_number=1, count=130)

    assert plans == assortment.plan(trade="soap", merchant_number=1, count=130)
    assert plans[:20] == assortment.plan(trade="soap", merchant_number=1, count=20)
    variants = [variant for plan in plans for variant in plan.variants]
    assert len({variant.sku for variant in variants}) == len(variants)
    gtins = [variant.gtin for variant in variants if variant.gtin]
    assert all(ean.is_valid(gtin) and gtin.startswith("952") and len(gtin) == 13 for gtin in gtins)
    assert len(set(gtins)) == len(gtins)
    assert {plan.title("fr") for plan in plans if not plan.series} >= {"Savon de Marseille à la lavande"}


def test_catalogues_are_on_sale_in_their_markets_with_something_left_to_do():
    load(size="full", merchants=11, products=150, orders=0, points=0)

    on_sale = Listing.objects.filter(status="published", product__status="live")
    assert set(on_sale.values_list("market__country", flat=True)) == set(
        Market.objects.values_list("country", flat=True)
    )
    assert Product.objects.count() == 150
    assert 25 <= Media.objects.count() <= 30
    assert set(ProductText.objects.values_list("language", flat=True)) == set(words.ALL)
    assert ProductText.objects.filter(status="outdated").exists()
    blockers = {code for listing in Listing.objects.all() for code in listing.blockers}
    assert {"no_title", "no_category"} <= blockers
    assert set(ModerationCase.objects.values_list("is_refused", flat=True)) >= {None, False}
    assert not StockLevel.objects.filter(on_hand__lt=0).exists()
    assert not Price.objects.exclude(currency=F("market__currency")).exists()
    assert not on_sale.filter(
        product__merchant__store_name="Rhumerie de la Ravine bleue", market__country="CN"
    ).exists()


def figures() -> dict[str, object]:
    """What two loads must have in common; numbers come from sequences, which no rollback sets back."""
    orders = MerchantOrder.objects.all()
    return {
        "stores": list(Merchant.objects.order_by("pk").values_list("store_name", flat=True)),
        "skus": list(Variant.objects.order_by("merchant_id", "sku").values_list("sku", "gtin")),
        "sold": list(
            OrderLine.objects.order_by("merchant_order__order__reference", "sku").values_list(
                "sku", "quantity", "title", "commission_rate"
            )
        ),
        "totals": list(
            orders.values_list("currency").annotate(n=Count("pk"), sum=Sum("total")).order_by("currency")
        ),
        "points": list(PickupPoint.objects.order_by("code").values_list("code", "name")),
    }


TINY = {"size": "full", "merchants": 10, "products": 120, "orders": 250, "points": 400, "days": 30}


def test_ninety_days_of_orders_end_in_every_state_and_the_books_balance():
    load(**TINY)

    statuses = dict(MerchantOrder.objects.values_list("status").annotate(n=Count("pk")))
    assert set(statuses) >= {"pending_payment", "waiting_acceptance", "closed", "refused", "cancelled"}
    assert set(statuses) & {"shipped", "at_pickup_point", "accepted", "preparing"}
    assert statuses["closed"] > sum(statuses.values()) / 2
    unbalanced = EntryLine.objects.values("entry__currency").annotate(s=Sum("amount")).exclude(s=0)
    assert not unbalanced.exists()
    assert not StockLevel.objects.filter(Q(on_hand__lt=0) | Q(reserved__gt=F("on_hand"))).exists()
    assert not Parcel.objects.filter(status="at_pickup_point", pickup_until=None).exists()
    now = timezone.now()
    assert not MerchantOrder.objects.filter(placed_at__gt=now).exists()
    assert not Transition.objects.filter(happened_at__gt=now).exists()
    assert not TrackingEvent.objects.filter(happened_at__gt=now).exists()
    waiting = MerchantOrder.objects.filter(status="waiting_acceptance")
    assert waiting.filter(accept_until__gt=now).exists()


def test_two_loads_give_the_same_names_and_figures():
    at = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    found = []
    for _ in range(2):
        with suppress(_Undo), transaction.atomic():
            loading.load(
                Size(merchants=9, products=60, orders=40, points=150, days=10), at=at, report=print_nothing
            )
            found.append(figures())
            raise _Undo

    assert found[0]["sold"]
    assert found[0] == found[1]


class _Undo(Exception):
    pass


def print_nothing(name: str, seconds: float) -> None:
    pass
