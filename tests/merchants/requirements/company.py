"""The company itself."""

from merchants.enums import CompanyState, DocumentState
from merchants.models import Company, Document
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet

CEASED = "99998019600011"


def give_company(sheet: Sheet) -> None:
    steps.give_company(sheet.merchant, sheet.owner, sheet.at)


def cease(sheet: Sheet) -> None:
    Company.objects.for_merchant(sheet.merchant).update(state=CompanyState.CEASED)


def read_registration(sheet: Sheet) -> None:
    steps.give_registration(sheet.merchant, sheet.owner, sheet.at)
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
