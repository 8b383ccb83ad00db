"""The company itself."""

from datetime import date

from merchants.enums import CompanyState, DocumentKind, DocumentState
from merchants.models import Company, Document
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet

CEASED = "99998019600011"
SOLE_TRADER = "99998014700014"


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


CASES["company_identity"] = Cases(satisfied=give_company)
CASES["company_active"] = Cases(
    applies=lambda sheet: steps.give_company(sheet.merchant, sheet.owner, sheet.at, CEASED),
    does_not=lambda sheet: None,
    satisfied=give_company,
    expired=cease,
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
