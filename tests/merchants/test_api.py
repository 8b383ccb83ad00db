import pytest
from django.utils import timezone

from merchants.models import MerchantApplication
from partners.enums import ApplicationKind
from tests.api import ApiClient, api_client, make_application
from tests.merchants import steps

REQUIREMENTS = "/api/v1/merchants/me/requirements/"


@pytest.fixture
def shop_system(merchant):
    application = make_application(kind=ApplicationKind.SHOP_SYSTEM)
    MerchantApplication.objects.create(merchant=merchant, application=application)
    return api_client(application)


@pytest.fixture
def channel(db):
    return api_client(make_application())


def trader(merchant):
    return f"/api/v1/merchants/{merchant.public_id}/trader-information/"


def test_requirements_say_what_the_task_list_says(shop_system, merchant, owner):
    steps.give_company(merchant, owner, timezone.now(), "99998019600011")

    answer = shop_system.get(REQUIREMENTS).json()

    due = [one["code"] for one in answer["currently_due"]]
    assert due[:2] == ["company_active", "registration_document"]
    assert answer["currently_due"][0]["actor"] == "merchant"
    assert [one["requirement"] for one in answer["errors"]] == ["company_active", "dsa_contact"]
    assert (answer["disabled_reason"], answer["past_due"]) == ("requirements_due", [])
    assert {one["code"]: one["status"] for one in answer["capabilities"]} == {
        "sell": "inactive",
        "be_paid": "inactive",
    }


def test_an_open_store_may_sell_and_be_paid(shop_system, merchant, owner, maker, checker):
    steps.submit(merchant, owner, timezone.now())
    steps.approve(merchant, maker, checker, timezone.now())

    answer = shop_system.get(REQUIREMENTS).json()

    assert answer["currently_due"] == [] and answer["disabled_reason"] == ""
    assert {one["status"] for one in answer["capabilities"]} == {"active"}


def test_an_application_of_no_merchant_has_no_requirements(db):
    application = make_application(kind=ApplicationKind.SHOP_SYSTEM)

    refused = api_client(application).get(REQUIREMENTS)

    assert (refused.status_code, refused.json()["code"]) == (403, "not_a_shop_system")


def test_a_token_without_the_scope_is_refused(channel, shop_system, merchant):
    assert channel.get(REQUIREMENTS).status_code == 403
    assert shop_system.get(trader(merchant)).json()["code"] == "insufficient_scope"
    assert ApiClient().get(REQUIREMENTS).status_code == 401


def test_trader_information_is_what_the_law_wants_shown(channel, merchant, owner, maker, checker):
    steps.submit(merchant, owner, timezone.now())
    steps.approve(merchant, maker, checker, timezone.now())

    answer = channel.get(trader(merchant)).json()

    assert answer.pop("self_certified_at") is not None
    assert answer == {
        "id": str(merchant.public_id),
        "store_name": f"Perdrelle {merchant.pk}",
        "legal_name": "SAVONNERIE PERDRELLE",
        "address": {
            "street": "12 RUE DES TANNEURS",
            "street2": "",
            "postcode": "04300",
            "city": "FORCALQUIER",
            "country": "FR",
        },
        "email": "bonjour@perdrelle.example",
        "telephone": "+33492750000",
        "registration_number": "999980048",
        "establishment_number": "99998004800014",
        "vat_number": "FR10999980048",
    }


def test_a_store_that_never_opened_is_not_found(channel, merchant, owner):
    steps.complete(merchant, owner, timezone.now())

    assert channel.get(trader(merchant)).status_code == 404
