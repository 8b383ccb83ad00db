"""The natural persons behind the company."""

from datetime import timedelta

from merchants.enums import DocumentKind
from merchants.models import Person
from merchants.services import people
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet
from tests.merchants.requirements.company import SOLE_TRADER, accept_documents, give_company


def add_claire(sheet: Sheet, *, signs: bool = True) -> Person:
    return people.add_representative(
        merchant_id=sheet.merchant.pk, data=steps.CLAIRE, by=sheet.owner, at=sheet.at, signs=signs
    )


def claire_leaves(sheet: Sheet) -> None:
    claire = Person.objects.for_merchant(sheet.merchant).get()
    people.end(merchant_id=sheet.merchant.pk, person_id=claire.pk, by=sheet.owner, at=sheet.at)


def give_power(sheet: Sheet) -> None:
    attorney = people.add_attorney(
        merchant_id=sheet.merchant.pk, data=steps.CLAIRE, by=sheet.owner, at=sheet.at
    )
    until = sheet.at.date() + timedelta(days=30)
    steps.give(
        sheet.merchant, DocumentKind.POWER_OF_ATTORNEY, sheet.owner, sheet.at, attorney, expires_on=until
    )
    accept_documents(sheet)


def give_owners(sheet: Sheet) -> None:
    steps.give_people(sheet.merchant, sheet.owner, sheet.at)


def sole_trader(sheet: Sheet) -> None:
    steps.give_company(sheet.merchant, sheet.owner, sheet.at, SOLE_TRADER)


def an_owner_leaves(sheet: Sheet) -> None:
    people.set_share(
        merchant_id=sheet.merchant.pk,
        person_id=Person.objects.for_merchant(sheet.merchant).get().pk,
        share=None,
        by=sheet.owner,
        at=sheet.at,
    )


def give_identity(sheet: Sheet) -> None:
    claire = Person.objects.for_merchant(sheet.merchant).get()
    until = sheet.at.date() + timedelta(days=60)
    steps.give(sheet.merchant, DocumentKind.IDENTITY, sheet.owner, sheet.at, claire, expires_on=until)
    accept_documents(sheet)


CASES["legal_representative"] = Cases(satisfied=add_claire, expired=claire_leaves)
CASES["power_of_attorney"] = Cases(
    applies=lambda sheet: add_claire(sheet, signs=False),
    does_not=add_claire,
    satisfied=give_power,
    expired=lambda sheet: sheet.wait(days=31),
)
CASES["beneficial_owners"] = Cases(
    applies=give_company, does_not=sole_trader, satisfied=give_owners, expired=an_owner_leaves
)
CASES["identity_documents"] = Cases(
    applies=add_claire,
    does_not=lambda sheet: None,
    satisfied=give_identity,
    expired=lambda sheet: sheet.wait(days=61),
)
