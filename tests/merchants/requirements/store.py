"""What buyers see of the store."""

from merchants.services import stores
from tests.merchants.requirements.cases import CASES, Cases, Sheet


def name(sheet: Sheet) -> None:
    stores.name_store(merchant_id=sheet.merchant.pk, name="Perdrelle", by=sheet.owner, at=sheet.at)


def contact(sheet: Sheet) -> None:
    stores.set_contact(
        merchant_id=sheet.merchant.pk,
        email="bonjour@perdrelle.example",
        phone="04 92 75 00 00",
        by=sheet.owner,
        at=sheet.at,
    )


CASES["store_name"] = Cases(satisfied=name)
CASES["dsa_contact"] = Cases(satisfied=contact)
