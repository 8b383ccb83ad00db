"""The pages that ask about trade, as a member answers them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from merchants.models import EprIdentifier, Holiday, Merchant, ReturnsAddress, StorePage, StoreText, TradePlan
from merchants.services import requirements
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.merchants.trade.test_storefront import picture

pytestmark = pytest.mark.django_db
PLACE = {
    "name": "Perdrelle",
    "street": "3 rue des Lavandes",
    "postcode": "04300",
    "city": "Gap",
    "country": "FR",
}
PLAN = {"families": ["toys"], "markets": ["FR", "DE", "GB"], "turnover": "medium", "ships_from_outside": "on"}
ANSWERS = {
    "vat": {"scheme": "domestic"},
    "vat_abroad": {"way": "oss", "country": "FR"},
    "vat_import": {"ioss_number": ""},
    "eori": {},
    "epr_fr": {"identifier_01": "FR194628_01ZVJG", "identifier_12": "FR194628_12ZVJG"},
    "epr_de": {"identifier_01": "DE1234567890123"},
    "gpsr": {"role": "manufacturer"},
    "support": {"opens": "09:00", "closes": "12:00", "opens_again": "14:00", "closes_again": "18:00"},
    "returns": {},
}


def url(name: str) -> str:
    return reverse(f"merchants:{name}")


@pytest.fixture
def client(owner, merchant, sign_in):
    steps.give_company(merchant, owner, AT)
    return sign_in(owner)


def filled(page, **answers) -> dict[str, object]:
    """Return what the page's form sends when only these answers are typed over what it proposes."""
    form = page.context["form"]
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in {**shown, **answers}.items() if value not in (None, False)}


def test_every_question_is_answered_with_what_its_page_proposes(client, merchant) -> None:
    assert client.post(url("trade_plan"), PLAN)["Location"] == url("file")

    for name, answers in ANSWERS.items():
        page = client.get(url(name))
        assert page.status_code == 200, name
        sent = client.post(url(name), filled(page, **answers))
        assert sent.status_code == 302, (name, sent.context and sent.context["form"].errors)

    answer = requirements.compute(merchant_id=merchant.pk, at=timezone.now())
    wanted = {d.code for d in requirements.DEFINITIONS if d.section in {"tax", "products"}}
    left = {item.code for item in answer.items if item.code in wanted and item.is_open}
    assert left == {"insurance"}
    assert StorePage.objects.get().support_hours == "Mo,Tu,We,Th,Fr 09:00-12:00,14:00-18:00; PH off"


def test_answers_stand_in_the_form_again(client) -> None:
    client.post(url("trade_plan"), PLAN)
    client.post(
        url("epr_fr"), {"identifier_01": "FR194628_01ZVJG", "held_by_01": "supplier", "held_by_12": "own"}
    )

    page = client.get(url("epr_fr"))

    assert page.context["form"].initial["held_by_01"] == "supplier"
    assert client.get(url("trade_plan")).context["form"].initial["markets"] == ["FR", "DE", "GB"]


def test_a_refusal_stands_at_its_field_and_keeps_the_input(client) -> None:
    client.post(url("trade_plan"), PLAN)
    data = {"identifier_01": "FR194628_03ZVJG", "held_by_01": "own", "held_by_12": "own"}

    page = client.post(url("epr_fr"), data)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["identifier_01"]
    assert "FR194628_03ZVJG" in page.content.decode()
    assert not EprIdentifier.objects.exists()


def test_what_does_not_concern_the_merchant_leads_back(client) -> None:
    for name in ("vat", "eori", "epr_es", "insurance", "dac7"):
        assert client.get(url(name))["Location"] == url("file"), name
    assert client.post(url("trade_plan"), {"families": ["x"]}).status_code == 422
    assert not TradePlan.objects.exists()


def test_the_store_is_settled_page_by_page(client, merchant, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.post(url("store_name"), {"store_name": "Perdrelle"})
    logo = picture()
    logo.name = "logo.png"

    assert client.get(url("store_logo_image")).status_code == 404
    assert client.post(url("store_page"), {"language": "fr", "description": "Savons."}).status_code == 302
    assert client.post(url("store_logo"), {"file": logo}).status_code == 302
    assert client.post(url("store_address"), {"slug": "Perdrelle Provence"}).status_code == 302
    assert client.get(url("store_logo_image"))["Content-Type"] == "image/webp"
    shown = client.get(url("store")).content.decode()
    assert "perdrelle-provence" in shown and "99 998 004 8" not in shown
    assert StoreText.objects.get().description == "Savons."
    assert Merchant.objects.get().slug == "perdrelle-provence"
    assert ReturnsAddress.objects.count() == 0


def test_the_store_closes_and_opens_again(client) -> None:
    today = timezone.localdate()
    wrong = client.post(url("holidays"), {"since": today.isoformat(), "until": "2020-01-01"})
    assert wrong.status_code == 422 and "until" in wrong.context["form"].errors

    client.post(url("holidays"), {"since": today.isoformat(), "until": today.isoformat()})
    holiday = Holiday.objects.get()
    assert client.get(url("holidays")).status_code == 200
    ended = client.post(reverse("merchants:holiday_end", args=[holiday.public_id]))
    assert ended["Location"] == url("holidays")
    holiday.refresh_from_db()
    assert holiday.ends_at <= timezone.now()
