"""What a requirement of trade says, beyond whether it is met."""

import pytest

from merchants.enums import EprState, RequirementState
from merchants.models import EprIdentifier
from merchants.services import epr, vat
from tests.merchants.conftest import AT
from tests.merchants.requirements.cases import Sheet
from tests.merchants.requirements.tax import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(merchant, owner, maker, checker) -> Sheet:
    return Sheet(merchant, owner, maker, checker, AT)


def declare(sheet: Sheet, **identifiers: str) -> None:
    entries = [epr.Entry(stream.strip("_"), text) for stream, text in identifiers.items()]
    epr.declare(merchant_id=sheet.merchant.pk, country="FR", entries=entries, by=sheet.owner, at=AT)


def test_a_missing_identifier_holds_its_country_and_no_other(sheet) -> None:
    plans(families=["toys"], markets=["FR", "DE"])(sheet)
    declare(sheet, _01="FR194628_01ZVJG")

    finding = sheet.item("epr_fr").finding

    assert (finding.reason, finding.markets) == ("epr_missing", frozenset({"FR"}))
    assert finding.values == {"streams": "12"}
    assert sheet.item("epr_de").finding.markets == frozenset({"DE"})


def test_an_unusual_identifier_waits_for_a_person_and_holds_nothing(sheet, maker) -> None:
    plans(families=["food"])(sheet)
    declare(sheet, _01="FR-ABC-1")
    assert sheet.item("epr_fr").state == RequirementState.PENDING_VERIFICATION

    row = EprIdentifier.objects.get()
    epr.verify(identifier_id=row.pk, identifier="FR-ABC-1", by=maker, at=AT)
    assert sheet.item("epr_fr").state == RequirementState.SATISFIED

    epr.refuse(identifier_id=row.pk, identifier="FR-ABC-1", text="Inconnu.", by=maker, at=AT)
    assert EprIdentifier.objects.get().state == EprState.REFUSED
    assert "Inconnu." in sheet.item("epr_fr").reason_text


def test_local_numbers_hold_the_countries_that_lack_one(sheet) -> None:
    plans(markets=["FR", "DE", "IT"])(sheet)
    vat.set_abroad(
        merchant_id=sheet.merchant.pk, way="local", local={"DE": "DE136695976"}, by=sheet.owner, at=AT
    )

    assert sheet.item("vat_cross_border").finding.markets == frozenset({"IT"})
