"""The natural persons behind the company."""

from merchants.models import Person
from merchants.services import people
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet


def add_claire(sheet: Sheet) -> None:
    people.add_representative(merchant_id=sheet.merchant.pk, data=steps.CLAIRE, by=sheet.owner, at=sheet.at)


def claire_leaves(sheet: Sheet) -> None:
    claire = Person.objects.for_merchant(sheet.merchant).get()
    people.end(merchant_id=sheet.merchant.pk, person_id=claire.pk, by=sheet.owner, at=sheet.at)


CASES["legal_representative"] = Cases(satisfied=add_claire, expired=claire_leaves)
