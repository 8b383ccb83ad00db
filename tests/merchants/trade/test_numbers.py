"""What a merchant sells, and under which numbers."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core import sealed
from merchants.enums import EprState, VatCheck, VatScheme
from merchants.models import EprIdentifier, TaxIdentity, TradePlan, VatRegistration
from merchants.services import epr, people, tax_identity, trade, vat
from merchants.services.epr_registers import demanded, looks_right, normalized
from merchants.services.families import FAMILIES, streams_of
from tests.merchants import steps
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(merchant, owner):
    return {"merchant_id": merchant.pk, "by": owner, "at": AT}


@pytest.fixture
def company(merchant, owner):
    steps.give_company(merchant, owner, AT)
    merchant.refresh_from_db()
    return merchant.company


def plan(who, **fields):
    given = {"families": ["linen", "food"], "markets": ["DE", "FR"], "turnover": "small", **fields}
    return trade.declare_plan(**given, **who)


def test_a_plan_keeps_the_order_of_the_lists_and_can_change(who) -> None:
    plan(who, families=["food", "linen"])
    again = plan(who, markets=["GB", "FR"], ships_from_outside=True)

    assert TradePlan.objects.get() == again
    assert (again.families, again.markets) == (["linen", "food"], ["FR", "GB"])
    assert again.ships_from_outside


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"families": []}, "families"),
        ({"markets": []}, "markets"),
        ({"families": ["weapons"]}, "families"),
        ({"markets": ["US"]}, "markets"),
        ({"turnover": "huge"}, "turnover"),
    ],
    ids=["no family", "no market", "family", "market", "turnover"],
)
def test_a_plan_that_says_nothing_is_refused(who, fields, field) -> None:
    with pytest.raises(trade.WrongPlan) as refused:
        plan(who, **fields)

    assert refused.value.details["field"] == field
    assert not TradePlan.objects.exists()


def test_an_eori_number_is_that_of_the_company(who, company) -> None:
    with pytest.raises(trade.PlanFirst):
        trade.set_eori(number=f"FR{company.siren}", **who)
    plan(who)

    assert trade.set_eori(number=f"fr {company.siren}", **who).eori == f"FR{company.siren}"
    assert trade.set_eori(number="DE 1234567", **who).eori == "DE1234567"
    for wrong in (f"FR{company.siret}", "FR123456789", "XX1", "GB123456789000", "", "DE" + "1" * 16):
        with pytest.raises(trade.WrongEori):
            trade.set_eori(number=wrong, **who)
    assert TradePlan.objects.get().eori == "DE1234567"


def test_a_former_eori_number_is_told_its_new_form(who, company) -> None:
    plan(who)

    with pytest.raises(trade.WrongEori, match=f"FR{company.siren}"):
        trade.set_eori(number=f"FR{company.siret}", **who)


def test_one_scheme_at_home(who, company) -> None:
    vat.set_scheme(scheme="exempt", **who)
    vat.set_scheme(scheme="domestic", number=f"{company.vat_number[:4]} {company.siren}", **who)

    registration = VatRegistration.objects.get()
    assert (registration.scheme, registration.number) == (VatScheme.DOMESTIC, company.vat_number)
    with pytest.raises(vat.WrongScheme):
        vat.set_scheme(scheme="oss", **who)


@pytest.mark.parametrize("number", ["", "FR", "FR44732829320", "FR00000000000", "DE136695976"])
def test_a_vat_number_of_somebody_else_is_refused(who, company, number) -> None:
    with pytest.raises(vat.WrongVatNumber) as refused:
        vat.set_scheme(scheme="domestic", number=number, **who)

    assert refused.value.details["field"] == "number"
    assert not VatRegistration.objects.exists()


def test_the_same_number_again_keeps_what_vies_said(who, company) -> None:
    row = vat.set_scheme(scheme="domestic", number=company.vat_number, **who)
    VatRegistration.objects.filter(pk=row.pk).update(vat_check=VatCheck.VALID, vat_checked_at=AT)

    assert vat.set_scheme(scheme="domestic", number=company.vat_number, **who).vat_check == VatCheck.VALID


def test_vat_abroad_is_declared_in_one_way(who, company) -> None:
    vat.set_scheme(scheme="domestic", number=company.vat_number, **who)
    vat.set_abroad(way="threshold", **who)
    vat.set_abroad(way="oss", country="FR", number=company.vat_number, **who)
    kept = vat.set_abroad(way="local", local={"DE": "DE 136 695 976", "IT": " "}, **who)

    assert [(row.country, row.number) for row in kept] == [("DE", "DE136695976")]
    schemes = set(VatRegistration.objects.values_list("scheme", flat=True))
    assert schemes == {"domestic", "local"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"way": "oss", "country": "US", "number": "1"}, "country"),
        ({"way": "oss", "country": "FR", "number": "FR1"}, "number"),
        ({"way": "local", "local": {}}, "way"),
        ({"way": "local", "local": {"DE": "DE1"}}, "local_DE"),
    ],
    ids=["country", "number", "none", "one"],
)
def test_vat_abroad_is_refused_at_its_field(who, given, field) -> None:
    with pytest.raises(vat.WrongVatNumber) as refused:
        vat.set_abroad(**given, **who)

    assert refused.value.details["field"] == field
    assert not VatRegistration.objects.exists()


def test_vat_at_import_by_number_or_at_the_border(who) -> None:
    assert vat.set_import(ioss_number="im 250 0000019", **who).number == "IM2500000019"
    for wrong in ("IM25", "EU372022452", "IM9990000019"):
        with pytest.raises(vat.WrongVatNumber):
            vat.set_import(ioss_number=wrong, **who)
    vat.set_import(**who)

    assert list(VatRegistration.objects.values_list("scheme", "number")) == [("import", "")]


def test_identifiers_are_read_whatever_their_dress() -> None:
    assert normalized(" fr194628_01zvjg ") == "FR194628_01ZVJG"
    assert normalized("WEEE-Reg.-Nr. DE 12345678") == "DE12345678"
    assert normalized("ＦＲ１９４６２８＿０１ＺＶＪＧ") == "FR194628_01ZVJG"
    assert looks_right("FR", "01", "FR194628_01ZVJG") and not looks_right("FR", "01", "FR-194-1")
    assert looks_right("DE", "01", "DE1234567890123") and not looks_right("PL", "01", "1")


def test_what_a_country_demands_follows_from_the_families() -> None:
    assert demanded(["toys", "food"], "FR") == ["01", "12"]
    assert demanded(["toys", "electronics"], "DE") == ["01", "05", "06"]
    assert demanded(FAMILIES, "CN") == []
    assert streams_of(["a family that was dropped"]) == []


def test_identifiers_are_written_all_or_none(who) -> None:
    entries = [epr.Entry("01", "FR194628_01ZVJG"), epr.Entry("11", "FR194628_01ZVJG")]

    with pytest.raises(epr.WrongIdentifier) as refused:
        epr.declare(country="FR", entries=entries, **who)

    assert refused.value.details["field"] == "identifier_11"
    assert not EprIdentifier.objects.exists()


@pytest.mark.parametrize(
    "entry",
    [
        epr.Entry("99", "FR194628_01ZVJG"),
        epr.Entry("01", "X" * 41),
        epr.Entry("01", "FR194628_01ZVJG", valid_until=date(2020, 1, 1)),
        epr.Entry("01", "FR194628_01ZVJG", held_by="nobody"),
    ],
    ids=["stream", "long", "ended", "holder"],
)
def test_what_cannot_be_an_identifier_is_refused(who, entry) -> None:
    with pytest.raises(epr.WrongIdentifier):
        epr.declare(country="FR", entries=[entry], **who)


def test_an_identifier_is_read_by_a_person_and_again_once_it_changed(who, maker) -> None:
    [row] = epr.declare(country="FR", entries=[epr.Entry("01", "FR-ABC-1")], **who)
    with pytest.raises(epr.ReasonNeeded):
        epr.refuse(identifier_id=row.pk, identifier="FR-ABC-1", text=" ", by=maker, at=AT)
    with pytest.raises(epr.Changed):
        epr.verify(identifier_id=row.pk, identifier="FR-ABC-2", by=maker, at=AT)
    epr.refuse(identifier_id=row.pk, identifier="FR-ABC-1", text="Inconnu de SYDEREP.", by=maker, at=AT)
    epr.declare(country="FR", entries=[epr.Entry("01", "fr-abc-1")], **who)
    assert EprIdentifier.objects.get().state == EprState.REFUSED

    epr.declare(country="FR", entries=[epr.Entry("01", "FR194628_01ZVJG")], **who)
    row.refresh_from_db()
    assert (row.state, row.checked_by, row.refusal_text) == (EprState.DECLARED, None, "")

    epr.verify(identifier_id=row.pk, identifier="FR194628_01ZVJG", by=maker, at=AT)
    row.refresh_from_db()
    assert (row.state, row.checked_by) == (EprState.VERIFIED, maker)

    epr.declare(country="FR", entries=[epr.Entry("01", "")], **who)
    assert not EprIdentifier.objects.exists()


def test_tax_data_are_sealed_and_read_again(who, merchant) -> None:
    data = tax_identity.TaxData("30 23 217 600 053", date(1984, 5, 12), "Forcalquier")

    row = tax_identity.declare(data=data, **who)

    assert tax_identity.read(row).tin == "3023217600053"
    assert b"3023217600053" not in bytes(row.tin)
    sealed.destroy(merchant.data_key, at=timezone.now())
    assert tax_identity.read(TaxIdentity.objects.get()).birth_place is sealed.ERASED


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"tin": "123"}, tax_identity.WrongTin),
        ({"tin": "1", "tin_country": "BE"}, tax_identity.WrongTin),
        ({"birth_place": " "}, tax_identity.WrongBirthPlace),
        ({"birth_country": "ZZ"}, tax_identity.WrongBirthPlace),
        ({"birth_date": AT.date() - timedelta(days=900)}, people.WrongBirthDate),
    ],
    ids=["tin", "foreign tin", "place", "country", "child"],
)
def test_wrong_tax_data_are_refused(who, fields, refusal) -> None:
    given = {"tin": "3023217600053", "birth_date": date(1984, 5, 12), "birth_place": "Gap", **fields}

    with pytest.raises(refusal):
        tax_identity.declare(data=tax_identity.TaxData(**given), **who)

    assert not TaxIdentity.objects.exists()
