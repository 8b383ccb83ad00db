"""What a channel reads of the offers it may sell."""

import pytest

from catalog.models import ProductText, Variant
from merchants.enums import MerchantStatus
from partners.models import Channel
from tests.api import ApiClient, ask_token, issue, make_application
from tests.factories import make_market, make_merchant, make_offer

pytestmark = pytest.mark.django_db


def client_with(*scopes, countries=("FR", "DE")):
    application = make_application()
    Channel.objects.create(application=application, code="nord", name="Canal Nord", countries=list(countries))
    issued = issue(application, scopes or ("offers:read",))
    return ApiClient(ask_token(issued.client_id, issued.secret).json()["access_token"])


@pytest.fixture
def api(db):
    return client_with()


def skus(response):
    return [offer["sku"] for offer in response.json()["results"]]


def test_an_offer_on_sale_is_told_whole(api, merchant):
    variant = make_offer(merchant, "A1", price="12.90", stock=7)

    response = api.get("/api/v1/offers/?market=FR")

    assert response.status_code == 200
    assert response.json()["results"] == [
        {
            "id": str(variant.public_id),
            "merchant": str(merchant.public_id),
            "merchant_name": "Maison Tresquel",
            "product": str(variant.product.public_id),
            "sku": "A1",
            "gtin": "",
            "market": "FR",
            "language": "fr",
            "title": "Torchon rayé",
            "description": "",
            "is_machine_made": False,
            "price": "12.90",
            "currency": "EUR",
            "strike_price": None,
            "lowest_30_days": None,
            "available": 7,
        }
    ]


def test_what_is_not_on_sale_is_not_told(api, merchant):
    make_offer(merchant, "draft", published=False)
    make_offer(merchant, "no-price", price=None)
    make_offer(merchant, "elsewhere", country="DE")
    make_offer(make_merchant(status=MerchantStatus.SUSPENDED), "suspended")
    make_offer(merchant, "inactive")
    Variant.objects.filter(sku="inactive").update(is_active=False)
    make_offer(merchant, "on-sale")

    assert skus(api.get("/api/v1/offers/?market=FR")) == ["on-sale"]


def test_a_machine_text_that_nobody_accepted_is_not_told(api, merchant):
    variant = make_offer(merchant, country="DE")
    ProductText.objects.create(
        product=variant.product, language="de", title="Geschirrtuch", status="machine", is_machine_made=True
    )

    offer = api.get("/api/v1/offers/?market=DE&language=de").json()["results"][0]

    assert (offer["language"], offer["title"]) == ("fr", "Torchon rayé")


def test_pages_follow_the_cursor(api, merchant):
    for number in range(3):
        make_offer(merchant, f"A{number}")

    first = api.get("/api/v1/offers/?market=FR&limit=2")
    second = api.get(first.json()["next"])

    assert sorted(skus(first) + skus(second)) == ["A0", "A1", "A2"]
    assert second.json()["next"] is None


def test_one_offer_is_read_by_its_identifier(api, merchant):
    variant = make_offer(merchant, "A1")

    assert api.get(f"/api/v1/offers/{variant.public_id}/?market=FR").json()["sku"] == "A1"
    refused = api.get(f"/api/v1/offers/{variant.public_id}/?market=DE", headers={"accept-language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (404, "offer_not_found")
    assert refused.json()["detail"] == (
        "This offer is not on sale in the market DE now: stop showing it there."
    )


def test_a_market_of_another_channel_is_not_found(api, merchant):
    make_market("PL")
    variant = make_offer(merchant)

    for path in ("", f"{variant.public_id}/"):
        refused = api.get(f"/api/v1/offers/{path}?market=PL", headers={"accept-language": "en"})
        assert (refused.status_code, refused.json()["code"]) == (404, "market_not_served")
        assert refused.json()["detail"].startswith("This channel does not sell in the market PL")
        assert refused.json()["details"] == {"markets": ["DE", "FR"]}


def test_an_application_that_is_no_channel_reads_no_offers(merchant):
    issued = issue(make_application(), ["offers:read"])
    token = ask_token(issued.client_id, issued.secret).json()["access_token"]

    refused = ApiClient(token).get("/api/v1/offers/?market=FR")

    assert (refused.status_code, refused.json()["code"]) == (403, "not_a_channel")


def test_the_market_must_be_told(api, merchant):
    assert api.get("/api/v1/offers/").status_code in {400, 422}


def test_a_token_without_the_scope_is_refused(merchant):
    assert client_with("orders:read").get("/api/v1/offers/?market=FR").status_code == 403


def test_without_a_token_nothing_is_told(merchant):
    assert ApiClient().get("/api/v1/offers/?market=FR").status_code == 401


def test_statements_do_not_grow_with_offers(api, merchant):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert api.get("/api/v1/offers/?market=FR").status_code == 200
        return len(captured)

    make_offer(merchant)
    statements()
    one = statements()
    make_offer(merchant)
    make_offer(merchant)

    assert statements() == one
