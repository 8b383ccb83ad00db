"""Numbers for sales to other member states are asked of VIES; its silence is never a no."""

import pytest

from core.enums import JobState
from core.models import Job
from core.services import jobs
from merchants.enums import RequirementState, VatCheck
from merchants.models import RegistryCheck, VatRegistration
from merchants.services import vat, vat_numbers
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.merchants.requirements.cases import Sheet
from tests.merchants.requirements.tax import plans

pytestmark = pytest.mark.django_db
VALID, UNKNOWN, SILENT = "DE136695976", "DE999980103", "DE999980111"


@pytest.fixture
def sheet(merchant, owner, maker, checker) -> Sheet:
    sheet = Sheet(merchant, owner, maker, checker, AT)
    plans(markets=["FR", "DE", "IT"])(sheet)
    return sheet


def declare(sheet: Sheet, number: str, **others: str) -> None:
    local = {"DE": number, **others}
    vat.set_abroad(merchant_id=sheet.merchant.pk, way="local", local=local, by=sheet.owner, at=AT)


def check_of(sheet: Sheet) -> VatRegistration:
    return VatRegistration.objects.for_merchant(sheet.merchant).get(country="DE")


def test_a_number_that_vies_knows_is_kept_with_the_evidence(sheet) -> None:
    declare(sheet, VALID, IT="IT00743110157")
    jobs.run_pending()

    row = check_of(sheet)
    assert (row.vat_check, row.vat_checked_at is not None) == (VatCheck.VALID, True)
    assert RegistryCheck.objects.for_merchant(sheet.merchant).get(query=VALID).outcome == "found"
    assert sheet.item("vat_cross_border").state == RequirementState.SATISFIED


def test_a_number_that_vies_does_not_know_holds_its_country_alone(sheet) -> None:
    declare(sheet, UNKNOWN, IT="IT00743110157")
    jobs.run_pending()

    finding = sheet.item("vat_cross_border").finding
    assert (finding.reason, finding.markets) == ("vat_abroad_unknown", frozenset({"DE"}))
    assert UNKNOWN in sheet.item("vat_cross_border").reason_text

    declare(sheet, VALID, IT="IT00743110157")
    assert check_of(sheet).vat_check == VatCheck.UNCHECKED
    jobs.run_pending()
    assert sheet.item("vat_cross_border").state == RequirementState.SATISFIED


def test_silence_is_no_verdict_holds_nothing_and_is_asked_again(sheet) -> None:
    declare(sheet, SILENT, IT="IT00743110157")
    with pytest.raises(vat_numbers.ViesSilent):
        vat_numbers.check_abroad(merchant_id=sheet.merchant.pk, at=AT)

    item = sheet.item("vat_cross_border")
    assert check_of(sheet).vat_check == VatCheck.UNVERIFIABLE
    assert (item.state, item.finding.reason) == (RequirementState.PENDING_VERIFICATION, "vies_unavailable")
    assert item.held_from == {}

    jobs.run_pending()
    job = Job.objects.get(name=vat_numbers.ABROAD_JOB)
    assert (job.state, job.attempts) == (JobState.WAITING, 1)


def test_what_was_valid_is_not_doubted_while_vies_is_silent(sheet) -> None:
    declare(sheet, SILENT, IT="IT00743110157")
    VatRegistration.objects.for_merchant(sheet.merchant).update(vat_check=VatCheck.VALID, vat_checked_at=AT)

    with pytest.raises(vat_numbers.ViesSilent):
        vat_numbers.check_abroad(merchant_id=sheet.merchant.pk, at=AT)

    assert check_of(sheet).vat_check == VatCheck.VALID


def test_who_is_exempt_has_no_number_to_show(sheet) -> None:
    steps.give_company(sheet.merchant, sheet.owner, AT)
    assert sheet.item("vat_number") is not None

    vat.set_scheme(merchant_id=sheet.merchant.pk, scheme="exempt", by=sheet.owner, at=AT)

    assert sheet.item("vat_number") is None
