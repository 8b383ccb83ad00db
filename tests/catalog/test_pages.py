"""The catalogue's pages in the portal: what they show, to whom, and what they do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.enums import ImportStatus, ListingStatus, ProductStatus
from catalog.models import Import, Listing, Price, PriceRule, Product, ProductText, StockLevel
from core.services import jobs
from merchants.enums import MerchantStatus, Role
from tests.factories import make_market, make_member, make_merchant, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def variant(merchant):
    return make_offer(merchant, "TR-1", published=False)


def page(browser, name, *args, **query):
    return browser.get(reverse(f"catalog:{name}", args=args), query)


TABS = ["product", "variants", "media", "languages", "prices", "stock", "conformity", "history", "archive"]


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_tab_of_a_product_shows(browser, variant, tab, language):
    browser.cookies["django_language"] = language

    response = page(browser, tab, variant.product.public_id)

    assert response.status_code == 200
    assert "Torchon rayé" in response.content.decode()


@pytest.mark.parametrize("tab", TABS)
def test_a_product_of_another_merchant_is_not_found(client, variant, tab):
    stranger = make_member(make_merchant(), Role.OWNER)
    client.force_login(stranger)

    assert page(client, tab, variant.product.public_id).status_code == 404


@pytest.mark.parametrize("name", ["products", "new", "imports", "import_new", "markets"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_without_anything_yet_show(browser, name, language):
    browser.cookies["django_language"] = language

    assert page(browser, name).status_code == 200


@pytest.mark.parametrize("name", ["products", "imports", "markets"])
def test_visitors_are_asked_to_sign_in(client, name, db):
    assert page(client, name).status_code == 302


def test_a_list_takes_as_many_statements_for_one_product_as_for_three(browser, merchant):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert page(browser, "products").status_code == 200
        return len(captured)

    make_offer(merchant)
    statements()  # the session's own first statements
    one = statements()
    make_offer(merchant, country="DE")
    make_offer(merchant, published=False)

    assert statements() == one <= 12


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "nappe"}, {"A2"}),
        ({"q": "TORCHON RAYE"}, {"A1"}),
        ({"q": "a1"}, {"A1"}),
        ({"q": "tor"}, {"A1"}),
        ({"q": "%'\\ <"}, set()),
        ({"market": "FR", "readiness": "ready"}, {"A1", "A2"}),
        ({"market": "FR", "readiness": "blocked"}, set()),
        ({"stock": "out"}, {"A1", "A2"}),
        ({"state": "live"}, set()),
    ],
)
def test_filters(browser, importer, query, found):
    importer.run("sku;title;price\nA1;Torchon rayé;12\nA2;Nappe ocre;13\n")

    response = page(browser, "products", **query)

    assert {line.product.reference for line in response.context["lines"]} == found


def test_titles_are_escaped(browser, merchant):
    make_offer(merchant, title="<script>alert(1)</script>")

    content = page(browser, "products").content.decode()

    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content


def test_a_new_product_is_a_draft(browser, merchant):
    response = browser.post(reverse("catalog:new"), {"title": "Nappe", "sku": "N-1"})

    product = Product.objects.for_merchant(merchant).get()
    assert response.url == reverse("catalog:product", args=[product.public_id])
    assert (product.status, product.texts.get().title) == (ProductStatus.DRAFT, "Nappe")
    again = browser.post(reverse("catalog:new"), {"title": "Autre", "sku": "N-1"})
    assert again.status_code == 422
    assert Product.objects.count() == 1


def test_the_sheet_is_saved(browser, variant):
    url = reverse("catalog:product", args=[variant.product.public_id])

    browser.post(url, {"brand": "Tresquel", "manufacturer": "Tissages SA", "origin_country": "FR"})

    product = Product.objects.get()
    assert (product.brand, product.origin_country) == ("Tresquel", "FR")
    assert product.safety == {"manufacturer": "Tissages SA"}


def test_a_translation_is_written_then_reviewed(browser, variant, manager):
    make_market("DE")
    address = reverse("catalog:languages", args=[variant.product.public_id]) + "?language=de"

    browser.post(address, {"title": "Geschirrtuch", "bullets": "Leinen\n\nRot", "description": ""})

    text = ProductText.objects.get(language="de")
    assert (text.title, text.bullets, text.status) == ("Geschirrtuch", ["Leinen", "Rot"], "human")
    browser.post(reverse("catalog:accept", args=[variant.product.public_id, "de"]))
    text.refresh_from_db()
    assert (text.status, text.accepted_by) == ("reviewed", manager)


def test_prices_are_typed_in_each_market(browser, variant):
    market = make_market("PL")
    name = f"price_{variant.pk}_{market.pk}"
    address = reverse("catalog:prices", args=[variant.product.public_id])

    refused = browser.post(address, {name: "12,90 €"})
    assert refused.status_code == 422
    assert not variant.prices.filter(market=market).exists()

    browser.post(address, {name: "1 059,90"})
    assert str(variant.prices.get(market=market).amount) == "1059.90"


def test_a_stale_stock_is_told_and_not_overwritten(browser, variant):
    level = StockLevel.objects.get()
    address = reverse("catalog:stock", args=[variant.product.public_id])
    name = f"stock_{variant.pk}_{level.location_id}"
    StockLevel.objects.update(on_hand=7, version=5)

    response = browser.post(address, {name: "99", f"version_{name}": "0"})

    assert response.status_code == 422
    level.refresh_from_db()
    assert level.on_hand == 7
    browser.post(address, {name: "99", f"version_{name}": "5"})
    level.refresh_from_db()
    assert level.on_hand == 99


def test_publish_and_withdraw(browser, variant):
    browser.post(reverse("catalog:publish", args=[variant.product.public_id]), {"country": "FR"})
    listing = Listing.objects.get()
    assert (listing.status, listing.product.status) == (ListingStatus.PUBLISHED, ProductStatus.LIVE)

    browser.post(reverse("catalog:withdraw", args=[variant.product.public_id]), {"country": "FR"})
    listing.refresh_from_db()
    assert listing.status == ListingStatus.WITHDRAWN


def test_a_merchant_who_is_not_approved_does_not_publish(client, db):
    merchant = make_merchant(status=MerchantStatus.ONBOARDING)
    client.force_login(make_member(merchant, Role.OWNER))
    variant = make_offer(merchant, published=False)

    client.post(reverse("catalog:publish", args=[variant.product.public_id]), {"country": "FR"})

    assert Listing.objects.get().status == ListingStatus.DRAFT


def test_archiving_asks_first(browser, variant):
    address = reverse("catalog:archive", args=[variant.product.public_id])
    assert page(browser, "archive", variant.product.public_id).status_code == 200
    assert Product.objects.get().status == ProductStatus.DRAFT

    browser.post(address)

    assert Product.objects.get().status == ProductStatus.ARCHIVED


def test_an_archived_product_comes_back_as_a_draft(browser, merchant, variant):
    product = variant.product
    browser.post(reverse("catalog:archive", args=[product.public_id]))
    address = reverse("catalog:restore", args=[product.public_id])
    assert address in page(browser, "product", product.public_id).content.decode()

    browser.post(address)

    product.refresh_from_db()
    assert (product.status, product.archived_at) == (ProductStatus.DRAFT, None)
    assert set(product.listings.values_list("status", flat=True)) <= {"draft", "withdrawn"}
    assert address not in page(browser, "product", product.public_id).content.decode()


def test_the_history_says_in_words_what_happened(browser, variant):
    said = page(browser, "history", variant.product.public_id).content.decode()
    browser.post(reverse("catalog:archive", args=[variant.product.public_id]))
    changed = page(browser, "history", variant.product.public_id).content.decode()

    assert (
        "Produit créé" in said
        and "Texte ajouté\u00a0: Français" in said
        and "Marché préparé\u00a0: France" in said
    )
    assert "Archivé" in changed and "archived" not in changed


def test_roles_without_the_catalogue_change_nothing(client, merchant, variant):
    client.force_login(make_member(merchant, Role.READ_ONLY))

    response = client.post(reverse("catalog:publish", args=[variant.product.public_id]), {"country": "FR"})

    assert response.status_code == 403
    assert Listing.objects.get().status == ListingStatus.DRAFT


# Imports


def upload(browser, content=b"sku;title;price\nA1;Torchon;12,90\nA2;Nappe;1,5O\n", name="catalogue.csv"):
    return browser.post(reverse("catalog:import_new"), {"file": SimpleUploadedFile(name, content)})


def test_the_wizard_from_file_to_result(browser, merchant):
    assert upload(browser).status_code == 302
    imported = Import.objects.get()
    columns = reverse("catalog:import_columns", args=[imported.public_id])
    detail = reverse("catalog:import", args=[imported.public_id])
    shown = browser.get(columns)
    assert shown.status_code == 200
    chosen = {row["field"].code: row["column"] for row in shown.context["rows"] if row["column"]}
    assert chosen == {"sku": "sku", "title": "title", "price": "price"}

    browser.post(
        columns,
        {f"column_{code}": name for code, name in chosen.items()}
        | {
            "constant_category": "Linge de maison",
            "constant_quantity": "25",
            "market": "FR",
            "language": "fr",
        },
    )
    assert browser.get(detail)["Refresh"] == "3"
    assert "Refresh" not in browser.get(detail, headers={"HX-Request": "true"})
    jobs.run_pending(reraise=True)
    assert browser.get(detail + "?watch=1", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    dry = browser.get(detail)
    assert dry.context["to_write"] == 1
    assert "1,5O" in dry.content.decode()

    browser.post(reverse("catalog:import_confirm", args=[imported.public_id]))
    jobs.run_pending(reraise=True)

    imported.refresh_from_db()
    assert imported.status == ImportStatus.PARTIAL
    assert browser.get(detail).status_code == 200
    assert StockLevel.objects.get().on_hand == 25
    report = browser.get(reverse("catalog:import_errors", args=[imported.public_id]))
    assert report["Content-Type"].startswith("text/csv")
    assert b"A2;Nappe" in report.getvalue()
    assert page(browser, "imports").context["rows"][0][0] == imported


def test_an_unreadable_file_is_told_at_the_field(browser):
    response = upload(browser, b"%PDF-1.4 nothing", "a.csv")

    assert response.status_code == 422
    assert not Import.objects.exists()


def test_a_mapping_without_sku_is_told(browser):
    upload(browser)
    imported = Import.objects.get()

    response = browser.post(
        reverse("catalog:import_columns", args=[imported.public_id]), {"column_title": "title"}
    )

    assert response.status_code == 422
    imported.refresh_from_db()
    assert imported.status == ImportStatus.UPLOADED


def test_an_import_can_be_cancelled(browser):
    upload(browser)
    imported = Import.objects.get()

    browser.post(reverse("catalog:import_cancel", args=[imported.public_id]))

    imported.refresh_from_db()
    assert imported.status == ImportStatus.CANCELLED


@pytest.mark.parametrize("name", ["import", "import_columns", "import_errors"])
def test_an_import_of_another_merchant_is_not_found(client, importer, name):
    imported = importer.try_out("sku;title;price\nA1;Torchon;12\n")
    client.force_login(make_member(make_merchant(), Role.OWNER))

    assert page(client, name, imported.public_id).status_code == 404


# Markets


def test_a_rule_is_written_previewed_and_applied(browser, variant):
    make_market("DE")
    address = reverse("catalog:rule", args=["DE"])
    assert browser.get(address).status_code == 200

    browser.post(address, {"margin_percent": "10", "ending": "0.99"})

    assert PriceRule.objects.get().margin_percent == 10
    shown = browser.get(address)
    assert shown.context["preview"].new == 1
    assert not Price.objects.filter(market__country="DE").exists()
    browser.post(reverse("catalog:apply_rule", args=["DE"]))
    assert str(Price.objects.get(market__country="DE").amount) == "14.99"
    assert page(browser, "markets").status_code == 200


def test_a_rule_without_rate_says_so(browser, variant):
    make_market("PL")
    browser.post(reverse("catalog:rule", args=["PL"]), {"margin_percent": "0", "ending": ""})

    assert page(browser, "rule", "PL").context["refused"]


def test_a_market_publishes_all_that_is_ready(browser, variant, merchant):
    make_offer(merchant, published=False)
    make_offer(merchant, price=None, published=False)

    browser.post(reverse("catalog:publish_market", args=["FR"]))
    jobs.run_pending(reraise=True)

    assert Listing.objects.filter(status=ListingStatus.PUBLISHED).count() == 2
    assert Product.objects.filter(status=ProductStatus.LIVE).count() == 2
