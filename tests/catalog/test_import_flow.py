"""A file from its arrival to the catalogue."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.enums import ImportStatus
from catalog.models import (
    ImportIssue,
    ImportMapping,
    ImportRow,
    Listing,
    Price,
    Product,
    ProductText,
    StockLevel,
    StockMovement,
    Variant,
)
from catalog.services import stock
from catalog.services.imports import deciding, mapping, report, running
from core.models import Event, Job
from core.services import jobs
from tests.catalog.conftest import AT, FIELDS, counts

pytestmark = pytest.mark.django_db

FILE = "sku;title;price\nA1;Torchon rayé;12,90\nA2;Nappe ocre;1 234,50 €\nA3;Sans prix;\n"


def test_dry_run_writes_nothing_and_counts(importer):
    imported = importer.try_out(FILE)

    assert imported.status == ImportStatus.READY
    assert counts(imported) == (3, 0, 0, 0)
    assert imported.rows_total == 3
    assert (Product.objects.count(), Variant.objects.count(), Price.objects.count()) == (0, 0, 0)


def test_confirmed_import_writes_products_texts_prices_and_listings(importer, merchant):
    imported = importer.run(FILE)

    assert imported.status == ImportStatus.COMPLETE
    assert counts(imported) == (3, 0, 0, 0)
    assert list(
        Variant.objects.for_merchant(merchant).order_by("sku").values_list("sku", "product__texts__title")
    ) == [("A1", "Torchon rayé"), ("A2", "Nappe ocre"), ("A3", "Sans prix")]
    assert list(Price.objects.order_by("variant__sku").values_list("amount", "currency", "source")) == [
        (Decimal("12.90"), "EUR", "import"),
        (Decimal("1234.50"), "EUR", "import"),
    ]
    assert list(Listing.objects.values_list("market__country", "blockers").distinct()) == [("FR", [])]
    assert set(Product.objects.values_list("category__code", flat=True)) == {"linge-de-maison"}
    assert Event.objects.filter(type="import.finished", subject_id=imported.public_id).count() == 1


def test_the_same_file_again_changes_nothing(importer):
    importer.run(FILE)
    history = ProductText.trail.rel.related_model.objects.count()

    again = importer.try_out(FILE)

    assert counts(again) == (0, 0, 3, 0)
    with pytest.raises(deciding.NothingToWrite):
        importer.confirm(again)
    assert Price.objects.count() == 2
    assert ProductText.trail.rel.related_model.objects.count() == history


def test_a_changed_row_shows_its_differences_and_leaves_what_has_no_column(importer):
    importer.run(
        "sku;title;price;description\nA1;Torchon;12,90;En lin\n",
        FIELDS | {"description": {"column": "description"}},
    )

    imported = importer.try_out("sku;title;price\nA1;Torchon rayé;12,90\n")

    row = ImportRow.objects.get(imported=imported)
    assert row.outcome == "update"
    assert row.values["changes"] == {"title": ["Torchon", "Torchon rayé"]}
    importer.confirm(imported)
    assert ProductText.objects.values_list("title", "description").get() == ("Torchon rayé", "En lin")
    assert Price.objects.count() == 1


def test_an_empty_cell_leaves_the_price(importer):
    importer.run(FILE)

    imported = importer.try_out("sku;title;price\nA1;Torchon rayé;\n")

    assert counts(imported) == (0, 0, 1, 0)


def test_a_new_price_ends_the_old_one(importer):
    importer.run(FILE)

    importer.run("sku;price\nA1;14,90\n", {k: v for k, v in FIELDS.items() if k != "title"})

    rows = Price.objects.filter(variant__sku="A1").order_by("pk")
    assert [(price.amount, price.ends_at is None) for price in rows] == [
        (Decimal("12.90"), False),
        (Decimal("14.90"), True),
    ]


def test_stock_is_set_at_the_location_and_leaves_a_movement(importer, warehouse, manager):
    fields = FIELDS | {"quantity": {"column": "stock"}, "location": {"constant": str(warehouse.public_id)}}

    importer.run("sku;title;price;stock\nA1;Torchon;12,90;40\n", fields)
    imported = importer.run("sku;title;price;stock\nA1;Torchon;12,90;64\n", fields)

    assert counts(imported) == (0, 1, 0, 0)
    assert StockLevel.objects.values_list("on_hand", "location__name").get() == (64, "Entrepôt")
    assert list(StockMovement.objects.order_by("pk").values_list("on_hand_change", "cause", "moved_by")) == [
        (40, "import", manager.pk),
        (24, "import", manager.pk),
    ]


def test_rows_of_one_reference_are_variants_of_one_product(importer):
    fields = FIELDS | {"reference": {"column": "ref"}}

    importer.run("sku;title;price;ref\nT-S;Torchon;10;T\nT-L;Torchon;12;T\n", fields)
    importer.run("sku;title;price;ref\nT-XL;Torchon;14;T\n", fields)

    product = Product.objects.get()
    assert product.reference == "T"
    assert list(product.variants.order_by("sku").values_list("sku", flat=True)) == ["T-L", "T-S", "T-XL"]


def test_rows_in_error_are_left_aside_and_told(importer):
    imported = importer.run(
        "sku;title;price\nA1;Torchon;12,90\nA1;Double;13\n;Sans code;1\nA4;Lettre;129,9O\n"
    )

    assert imported.status == ImportStatus.PARTIAL
    assert counts(imported) == (1, 0, 0, 3)
    assert list(ImportIssue.objects.order_by("line").values_list("line", "field", "code", "params")) == [
        (3, "sku", "duplicate_sku", {"first": "2"}),
        (4, "sku", "missing", {}),
        (5, "price", "not_a_number", {"character": "O"}),
    ]


def test_the_error_report_can_be_mended_and_sent_again(importer):
    imported = importer.run("sku;title;price\nA1;Torchon;12,90\nA4;Lettre;129,9O\nA5;=1+1;12,5O\n")

    text = "".join(report.error_rows(imported))

    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["passerelle:line", "passerelle:reason", "sku", "title", "price"]
    assert rows[1][0] == "3"
    assert rows[1][2:] == ["A4", "Lettre", "129,9O"]
    assert rows[2][3] == "'=1+1"
    mended = importer.receive(text.replace("O", "0"))
    remembered = mapping.proposal(received=mended)
    assert remembered["price"] == {"column": "price"}
    importer.run(text.replace("9O", "90").replace("5O", "50"), remembered)
    assert ProductText.objects.get(product__variants__sku="A5").title == "=1+1"


def test_the_mapping_is_remembered_for_the_same_header_in_any_order(importer, merchant):
    importer.try_out(FILE)

    other = importer.receive("price;sku;title\n1;X;Y\n")

    assert mapping.proposal(received=other) == FIELDS
    assert ImportMapping.objects.for_merchant(merchant).count() == 1


def test_another_mapping_starts_the_dry_run_again(importer, merchant, manager):
    imported = importer.try_out(FILE)

    mapping.map_columns(
        merchant_id=merchant.pk, import_id=imported.pk, fields=FIELDS | {"price": {}}, by=manager, at=AT
    )

    imported.refresh_from_db()
    assert imported.status == ImportStatus.ANALYSING
    assert not ImportRow.objects.filter(imported=imported).exists()


def test_large_price_drops_must_be_accepted(importer):
    importer.run("sku;title;price\nA1;Torchon;24,90\n")
    imported = importer.try_out("sku;title;price\nA1;Torchon;2,49\n")
    assert ImportIssue.objects.values_list("code", "params").get() == ("price_drop", {"percent": "90"})

    with pytest.raises(deciding.GuardsNotAccepted):
        importer.confirm(imported)
    imported.refresh_from_db()
    assert imported.status == ImportStatus.READY

    importer.confirm(imported, accepts_guards=True)
    assert Price.objects.get(ends_at=None).amount == Decimal("2.49")


def test_a_confirmed_import_is_not_confirmed_twice(importer):
    imported = importer.try_out(FILE)
    importer.confirm(imported)

    with pytest.raises(deciding.NotReady):
        importer.confirm(imported)


def test_nothing_of_a_cancelled_import_is_written(importer, merchant, manager):
    imported = importer.try_out(FILE)

    deciding.cancel(merchant_id=merchant.pk, import_id=imported.pk, by=manager, at=AT)

    with pytest.raises(deciding.NotReady):
        importer.confirm(imported)
    assert not Product.objects.exists()


def test_a_source_text_that_changes_makes_its_translations_outdated(importer, merchant):
    from catalog.services import texts

    importer.run(FILE)
    product = Product.objects.get(reference="A1")
    texts.write_many(merchant_id=merchant.pk, texts=[texts.NewText(product.pk, "de", "Geschirrtuch")], at=AT)

    imported = importer.try_out("sku;title;price\nA1;Torchon à rayures;12,90\n")

    assert ImportIssue.objects.filter(imported=imported, severity="info").get().params == {"count": "1"}
    importer.confirm(imported)
    assert product.texts.get(language="de").status == "outdated"


def test_rows_whose_stock_orders_have_reserved_since_become_errors(importer, warehouse):
    fields = FIELDS | {"quantity": {"column": "stock"}, "location": {"constant": str(warehouse.public_id)}}
    importer.run("sku;title;price;stock\nA1;Torchon;12,90;40\nA2;Nappe;20;5\n", fields)
    imported = importer.try_out("sku;title;price;stock\nA1;Torchon;12,90;3\nA2;Nappe;20;6\n", fields)
    variant = Variant.objects.get(sku="A1")
    stock.reserve(wants=[stock.Want(variant.pk, 10)], reference=None, at=AT)

    importer.confirm(imported)

    assert counts(imported) == (0, 1, 0, 1)
    assert imported.status == ImportStatus.PARTIAL
    assert list(StockLevel.objects.order_by("variant__sku").values_list("on_hand", "reserved")) == [
        (40, 10),
        (6, 0),
    ]


def test_an_interrupted_run_goes_on_without_doubling(importer, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    imported = importer.try_out("sku;title;price\n" + "".join(f"A{i};Titre {i};1{i}\n" for i in range(5)))
    deciding.confirm(merchant_id=imported.merchant_id, import_id=imported.pk, by=importer.by, at=AT)

    first = running.write_chunk(import_id=imported.pk, by=None, at=timezone.now())
    assert first == (2, 5)
    running.run(import_id=imported.pk, beat=lambda done, total: None)

    imported.refresh_from_db()
    assert imported.status == ImportStatus.COMPLETE
    assert counts(imported) == (5, 0, 0, 0)
    assert (Product.objects.count(), Price.objects.count(), ProductText.objects.count()) == (5, 5, 5)


@pytest.mark.parametrize("step", ["analyse", "run"])
def test_an_import_whose_worker_died_for_the_last_time_is_told_as_failed(importer, merchant, step):
    imported = importer.receive(FILE) if step == "analyse" else importer.try_out(FILE)
    if step == "analyse":
        mapping.map_columns(
            merchant_id=merchant.pk, import_id=imported.pk, fields=FIELDS, by=importer.by, at=AT
        )
    else:
        deciding.confirm(merchant_id=merchant.pk, import_id=imported.pk, by=importer.by, at=AT)
    Job.objects.filter(state="waiting").update(max_attempts=1)
    job = Job.objects.get(state="waiting")
    jobs.claim(job_id=job.pk, lease=timedelta(minutes=5), at=timezone.now())

    jobs.sweep(at=timezone.now() + timedelta(minutes=6))

    job.refresh_from_db()
    imported.refresh_from_db()
    assert job.state == "failed"
    assert (imported.status, imported.failure) == (ImportStatus.FAILED, "interrupted")
    assert Event.objects.filter(type="import.failed", subject_id=imported.public_id).count() == 1


def test_an_interrupted_dry_run_goes_on_and_still_knows_the_first_lines(importer, monkeypatch, merchant):
    from catalog.services.imports import analysing

    monkeypatch.setattr(analysing, "CHUNK", 2)
    imported = importer.receive("sku;title;price\nA;x;1\nB;x;1\nC;x;1\nA;x;1\n")
    mapping.map_columns(merchant_id=merchant.pk, import_id=imported.pk, fields=FIELDS, by=importer.by, at=AT)
    imported.refresh_from_db()

    class Killed(BaseException):
        pass

    def die(done, total):
        raise Killed

    with pytest.raises(Killed):
        running.analyse(import_id=imported.pk, mapping=mapping.mapping_hash(imported.fields), beat=die)
    running.analyse(
        import_id=imported.pk, mapping=mapping.mapping_hash(imported.fields), beat=lambda done, total: None
    )

    imported.refresh_from_db()
    assert counts(imported) == (3, 0, 0, 1)
    assert ImportRow.objects.filter(imported=imported).count() == 4


def test_statements_do_not_grow_with_rows(importer, merchant, manager, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(prefix, rows):
        content = "sku;title;price\n" + "".join(f"{prefix}{i};T;1{i}\n" for i in range(rows))
        imported = importer.try_out(content)
        deciding.confirm(merchant_id=merchant.pk, import_id=imported.pk, by=manager, at=AT)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            running.write_chunk(import_id=imported.pk, by=manager, at=timezone.now())
        return len(captured)

    assert statements("A", 1) == statements("B", 3)
