"""A merchant with a catalogue manager, and files that become imports."""

import io
from datetime import UTC, datetime

import pytest

from catalog.models import Import
from catalog.services.imports import deciding, mapping, receiving
from core.services import jobs
from merchants.enums import Role
from tests.factories import make_category, make_location, make_market, make_member, make_merchant

AT = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def merchant(db):
    make_market("FR")
    make_category()
    return make_merchant("Maison Tresquel")


@pytest.fixture
def manager(merchant):
    return make_member(merchant, Role.CATALOGUE)


@pytest.fixture
def warehouse(merchant):
    return make_location(merchant)


FIELDS = {
    "sku": {"column": "sku"},
    "title": {"column": "title"},
    "category": {"constant": "Linge de maison"},
    "price": {"column": "price"},
    "market": {"constant": "FR"},
    "language": {"constant": "fr"},
}


class Importer:
    """Drives imports as the portal does."""

    def __init__(self, merchant, by):
        self.merchant, self.by = merchant, by

    def receive(self, content, name="catalogue.csv") -> Import:
        data = content.encode() if isinstance(content, str) else content
        return receiving.receive(
            merchant_id=self.merchant.pk, file=io.BytesIO(data), name=name, by=self.by, at=AT
        )

    def try_out(self, content, fields=FIELDS) -> Import:
        received = self.receive(content)
        mapping.map_columns(
            merchant_id=self.merchant.pk, import_id=received.pk, fields=fields, by=self.by, at=AT
        )
        jobs.run_pending(reraise=True)
        received.refresh_from_db()
        return received

    def confirm(self, imported, **kwargs) -> Import:
        deciding.confirm(merchant_id=self.merchant.pk, import_id=imported.pk, by=self.by, at=AT, **kwargs)
        jobs.run_pending(reraise=True)
        imported.refresh_from_db()
        return imported

    def run(self, content, fields=FIELDS, **kwargs) -> Import:
        return self.confirm(self.try_out(content, fields), **kwargs)


@pytest.fixture
def importer(merchant, manager):
    return Importer(merchant, manager)


def counts(imported):
    return (
        imported.rows_created,
        imported.rows_updated,
        imported.rows_unchanged,
        imported.rows_in_error,
    )
