"""The sample catalogue of the project."""

from pathlib import Path

import pytest

import catalog
from catalog.enums import ImportStatus
from catalog.models import ImportIssue
from catalog.services.imports import mapping
from tests.catalog.conftest import counts

SAMPLE = Path(catalog.__file__).parent / "demo" / "catalogue.csv"


@pytest.mark.django_db
def test_the_sample_is_mapped_by_its_header_and_has_four_known_errors(importer, warehouse):
    data = SAMPLE.read_bytes()
    received = importer.receive(data)
    fields = mapping.proposal(received=received)
    assert {code: source.get("column") for code, source in fields.items() if "column" in source} == {
        "sku": "Code article",
        "gtin": "EAN",
        "title": "Désignation",
        "description": "Descriptif",
        "category": "Catégorie",
        "price": "Prix TTC",
        "quantity": "Stock",
        "weight_g": "Poids (g)",
    }

    imported = importer.run(data, fields | {"location": {"constant": str(warehouse.public_id)}})

    assert imported.status == ImportStatus.PARTIAL
    assert counts(imported) == (196, 0, 0, 4)
    assert list(
        ImportIssue.objects.filter(severity="error").order_by("line").values_list("field", "code")
    ) == [
        ("price", "not_a_number"),
        ("gtin", "gtin_check_digit"),
        ("category", "unknown_category"),
        ("sku", "duplicate_sku"),
    ]
