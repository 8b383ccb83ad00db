"""The company itself."""

from datetime import date

from merchants.enums import CompanyState, DocumentKind, DocumentState, VatCheck
from merchants.models import Company, Document, RegisterChange, RegistryCheck
from merchants.services import vat_numbers
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet

CEASED = "99998019600011"
SOLE_TRADER = "99998014700014"
UNKNOWN_TO_VIES, MAYOTTE = "99998040200013", "99998036000013"


def give_company(sheet: Sheet) -> None:
    steps.give_company(sheet.merchant, sheet.owner, sheet.at)


def cease(sheet: Sheet) -> None:
    Company.objects.for_merchant(sheet.merchant).update(state=CompanyState.CEASED)


def read(sheet: Sheet, kind: DocumentKind, **dates: date) -> None:
    steps.give(sheet.merchant, kind, sheet.owner, sheet.at, **dates)
    accept_documents(sheet)


def read_registration(sheet: Sheet) -> None:
    steps.give_registration(sheet.merchant, sheet.owner, sheet.at)
    accept_documents(sheet)


def accept_documents(sheet: Sheet) -> None:
    Document.objects.for_merchant(sheet.merchant).update(
        state=DocumentState.ACCEPTED, reviewed_by=sheet.checker, reviewed_at=sheet.at
    )


def ask_vies(sheet: Sheet) -> None:
    vat_numbers.check(merchant_id=sheet.merchant.pk, at=sheet.at)


def correct_the_number(sheet: Sheet) -> None:
    """A number that VIES does not know is replaced by the company's, which it does."""
    give_company(sheet)
    ask_vies(sheet)


def vies_forgets(sheet: Sheet) -> None:
    Company.objects.for_merchant(sheet.merchant).update(vat_check=VatCheck.INVALID)


def unknown_to_vies(sheet: Sheet) -> None:
    steps.give_company(sheet.merchant, sheet.owner, sheet.at, UNKNOWN_TO_VIES)
    ask_vies(sheet)


def change_in_the_register(sheet: Sheet) -> None:
    check = RegistryCheck.objects.for_merchant(sheet.merchant).first()
    RegisterChange.objects.create(
        merchant=sheet.merchant, kind="name", check_seen=check, found_at=sheet.at, due_at=sheet.at
    )


CASES["company_identity"] = Cases(satisfied=give_company, expired=change_in_the_register)
CASES["company_active"] = Cases(
    applies=lambda sheet: steps.give_company(sheet.merchant, sheet.owner, sheet.at, CEASED),
    does_not=lambda sheet: None,
    satisfied=give_company,
    expired=cease,
)
CASES["vat_number"] = Cases(
    applies=unknown_to_vies,
    does_not=lambda sheet: steps.give_company(sheet.merchant, sheet.owner, sheet.at, MAYOTTE),
    satisfied=correct_the_number,
    expired=vies_forgets,
)
CASES["registration_document"] = Cases(satisfied=read_registration, expired=lambda sheet: sheet.wait(days=93))
CASES["statutes"] = Cases(
    applies=give_company,
    does_not=lambda sheet: steps.give_company(sheet.merchant, sheet.owner, sheet.at, SOLE_TRADER),
    satisfied=lambda sheet: read(sheet, DocumentKind.STATUTES),
)
CASES["address_proof"] = Cases(
    applies=lambda sheet: steps.give_company(sheet.merchant, sheet.owner, sheet.at, SOLE_TRADER),
    does_not=give_company,
    satisfied=lambda sheet: read(sheet, DocumentKind.ADDRESS_PROOF, issued_on=sheet.at.date()),
    expired=lambda sheet: sheet.wait(days=93),
)
