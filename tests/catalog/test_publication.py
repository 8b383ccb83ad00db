"""Publication, readiness and moderation."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.enums import ListingStatus, ProductStatus
from catalog.models import Listing, Market, ModerationCase, Product
from catalog.services import offers, publication, readiness
from core.models import Event
from core.services import events, jobs
from merchants.enums import MerchantStatus
from merchants.models import Application, EprIdentifier, Requirement
from merchants.services import epr
from tests.catalog.conftest import AT
from tests.factories import make_category, make_market, make_merchant, make_offer, make_user
from tests.web.personas import give_second_factor

pytestmark = pytest.mark.django_db


def publish(merchant, *variants, countries=("FR",)):
    return publication.publish(
        merchant_id=merchant.pk,
        product_ids=[variant.product_id for variant in variants],
        countries=countries,
        by=None,
        at=AT,
    )


@pytest.fixture
def moderated(merchant):
    category = make_category()
    category.is_moderated = True
    category.save()
    return make_offer(merchant, published=False)


def test_what_is_ready_is_published_and_told_once(merchant):
    ready, blocked = make_offer(merchant, published=False), make_offer(merchant, price=None, published=False)

    outcome = publish(merchant, ready, blocked)

    assert (outcome.published, outcome.blockers) == (1, {"no_price": 1})
    assert Product.objects.get(pk=ready.product_id).status == ProductStatus.LIVE
    assert Product.objects.get(pk=blocked.product_id).status == ProductStatus.DRAFT
    assert Event.objects.get(type="product.published").data == {"markets": ["FR"]}


def hold(merchant, *markets):
    Requirement.objects.create(
        merchant=merchant,
        code="agreement",
        state="past_due",
        since=AT,
        markets=list(markets),
        publication_held_from=AT,
    )


def test_a_file_that_is_past_due_holds_publication(merchant):
    variant = make_offer(merchant, published=False)
    hold(merchant)

    with pytest.raises(publication.PublicationHeld) as refused:
        publish(merchant, variant)
    with pytest.raises(publication.PublicationHeld):
        publication.publish_later(merchant_id=merchant.pk, countries=["FR"], by=make_user())

    assert refused.value.details == {"codes": ["agreement"], "markets": ["FR"]}
    assert not Listing.objects.filter(status=ListingStatus.PUBLISHED).exists()


def test_a_market_that_is_held_alone_is_left_out(merchant):
    variant = make_offer(merchant, published=False)
    make_market("DE")
    hold(merchant, "DE")

    outcome = publish(merchant, variant, countries=("FR", "DE"))

    assert (outcome.published, outcome.blockers) == (1, {"merchant_file": 1})
    assert Listing.objects.get(status=ListingStatus.PUBLISHED).market.country == "FR"


def test_a_channel_sells_nothing_that_a_file_holds(merchant):
    variant = make_offer(merchant)
    market = Market.objects.get(country="FR")
    hold(merchant, "DE")
    assert list(offers.on_sale(market=market, at=AT)) == [variant]

    hold_all = Requirement.objects.get()
    hold_all.markets = []
    hold_all.save()

    assert list(offers.on_sale(market=market, at=AT)) == []
    assert list(offers.on_sale(market=market, at=AT - timedelta(days=1))) == [variant]


def test_nothing_ready_is_refused_with_reasons(merchant):
    variant = make_offer(merchant, price=None, published=False)

    with pytest.raises(publication.NotReady) as refused:
        publish(merchant, variant)

    assert refused.value.details == {"blockers": {"no_price": 1}}
    assert Listing.objects.get().status == ListingStatus.DRAFT


@pytest.mark.parametrize("status", [MerchantStatus.ONBOARDING, MerchantStatus.SUSPENDED])
def test_only_an_active_merchant_publishes(db, status):
    merchant = make_merchant(status=status)
    variant = make_offer(merchant, published=False)

    with pytest.raises(publication.MerchantNotActive):
        publish(merchant, variant)

    assert Listing.objects.get().status == ListingStatus.DRAFT


def test_products_of_another_merchant_are_left_alone(merchant):
    theirs = make_offer(make_merchant(), published=False)

    with pytest.raises(publication.NotReady):
        publish(merchant, theirs)

    assert Product.objects.get().status == ProductStatus.DRAFT


def test_a_market_needs_a_title_in_its_first_language(merchant):
    variant = make_offer(merchant, country="DE", published=False)

    with pytest.raises(publication.NotReady) as refused:
        publish(merchant, variant, countries=["DE"])

    assert refused.value.details["blockers"] == {"no_title": 1}


def test_a_category_closed_above_is_closed_below(merchant):
    parent = make_category().parent
    parent.closed_countries = ["FR"]
    parent.save()
    variant = make_offer(merchant, published=False)

    found = readiness.compute(product_ids=[variant.product_id], market_ids=[make_market("FR").pk])

    assert found[0].blockers == ["closed_country"]


@pytest.mark.parametrize(
    "change",
    [
        {"stream": "12"},
        {"state": "refused", "refusal_text": "Inconnu.", "checked_at": AT},
        {"valid_until": date(2026, 1, 1)},
    ],
)
def test_a_stream_without_identifier_blocks_the_country_and_no_other(merchant, change):
    if "checked_at" in change:
        change = {**change, "checked_by": make_user()}
    EprIdentifier.objects.filter(merchant=merchant, stream="12").delete()
    EprIdentifier.objects.filter(merchant=merchant, country="FR", stream="11").update(**change)
    variant = make_offer(merchant, published=False)
    make_offer(merchant, country="GB", published=False)

    markets = [make_market(country).pk for country in ("FR", "GB")]
    found = readiness.compute(product_ids=[variant.product_id], market_ids=markets)

    assert {answer.country: "no_epr" in answer.blockers for answer in found} == {"FR": True, "GB": False}


def test_an_identifier_that_comes_is_seen_by_the_listings(merchant):
    variant = make_offer(merchant, published=False)
    EprIdentifier.objects.filter(merchant=merchant, country="FR", stream="11").delete()
    readiness.refresh(product_ids=[variant.product_id], at=AT)
    listing = Listing.objects.get(product=variant.product_id)
    assert listing.blockers == ["no_epr"]

    Application.objects.create(merchant=merchant)
    entries = [epr.Entry("01", "FR194628_01ZVJG"), epr.Entry("11", "FR194628_11KWTB")]
    epr.declare(merchant_id=merchant.pk, country="FR", entries=entries, by=make_user(), at=AT)
    events.relay_all()
    jobs.run_pending()

    listing.refresh_from_db()
    assert listing.blockers == []


def test_the_weights_of_readiness_add_up_to_a_hundred():
    assert sum(rule.weight for rule in readiness.RULES) == 100


def test_publishing_three_takes_as_many_statements_as_one(merchant):
    variants = [make_offer(merchant, published=False) for _ in range(4)]

    def statements(some):
        with CaptureQueriesContext(connection) as captured:
            publish(merchant, *some)
        return len(captured)

    assert statements(variants[:1]) == statements(variants[1:])


def test_publishing_locks_the_products(merchant):
    variant = make_offer(merchant, published=False)

    with CaptureQueriesContext(connection) as captured:
        publish(merchant, variant)

    assert any("FOR NO KEY UPDATE" in q["sql"] and "catalog_product" in q["sql"] for q in captured)


def test_a_moderated_category_waits_for_a_person(merchant, moderated):
    outcome = publish(merchant, moderated)

    assert outcome.in_review == 1
    assert Product.objects.get().status == ProductStatus.IN_REVIEW
    case = ModerationCase.objects.get()
    publication.decide(case_id=case.pk, refuses=False, text="", by=make_user(), at=AT)
    assert Product.objects.get().status == ProductStatus.LIVE
    with pytest.raises(publication.AlreadyDecided):
        publication.decide(case_id=case.pk, refuses=True, text="Non", by=make_user(), at=AT)
    assert Product.objects.get().status == ProductStatus.LIVE


def test_a_refusal_has_a_reason(merchant, moderated):
    publish(merchant, moderated)
    case = ModerationCase.objects.get()

    with pytest.raises(publication.ReasonMissing):
        publication.decide(case_id=case.pk, refuses=True, text=" ", by=make_user(), at=AT)

    assert Product.objects.get().status == ProductStatus.IN_REVIEW
    publication.decide(case_id=case.pk, refuses=True, text="Photo floue", by=make_user(), at=AT)
    assert Product.objects.get().status == ProductStatus.REFUSED


@pytest.fixture
def desk(client, db):
    moderator = make_user(is_staff=True, is_superuser=True)
    give_second_factor(moderator)
    client.force_login(moderator)
    return client


def test_a_moderator_decides_in_the_admin(desk, merchant, moderated):
    publish(merchant, moderated)
    case = ModerationCase.objects.get()
    address = reverse("admin:catalog_moderationcase_decide", args=[case.pk])
    assert desk.get(address).status_code == 200

    refused = desk.post(address, {"text": "", "refuse": ""})
    assert refused.status_code == 200
    assert Product.objects.get().status == ProductStatus.IN_REVIEW
    desk.post(address, {"text": "", "approve": ""})

    assert Product.objects.get().status == ProductStatus.LIVE


@pytest.mark.parametrize(
    "name", ["category", "market", "exchangerate", "product", "import", "moderationcase"]
)
def test_admin_lists_show(desk, merchant, moderated, name):
    publish(merchant, moderated)

    assert desk.get(reverse(f"admin:catalog_{name}_changelist")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_members_publishing_at_once_make_one_moderation_case(merchant, moderated):
    def attempt(_number):
        try:
            return publish(merchant, moderated).in_review
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [0, 1]

    assert ModerationCase.objects.count() == 1
