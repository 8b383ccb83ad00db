"""What buyers see of the store."""

from merchants.services import addresses, stores, support
from tests.merchants.requirements.cases import CASES, Cases, Sheet
from tests.merchants.requirements.tax import plans


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


def answers_buyers(sheet: Sheet) -> None:
    support.set_support(
        merchant_id=sheet.merchant.pk,
        languages=["fr"],
        hours="Mo-Fr 09:00-17:00",
        by=sheet.owner,
        at=sheet.at,
    )


def takes_returns(sheet: Sheet) -> None:
    addresses.set_returns(
        merchant_id=sheet.merchant.pk,
        zone="default",
        address=addresses.PostalAddress("Perdrelle", "3 rue des Lavandes", "04300", "Forcalquier"),
        by=sheet.owner,
        at=sheet.at,
    )


CASES["support_hours"] = Cases(applies=plans(), does_not=lambda sheet: None, satisfied=answers_buyers)
CASES["returns_address"] = Cases(applies=plans(), does_not=lambda sheet: None, satisfied=takes_returns)
