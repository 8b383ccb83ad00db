"""VAT, customs and tax reporting."""

from collections.abc import Callable
from datetime import date, timedelta

from merchants.models import Company
from merchants.services import tax_identity, trade, vat
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet


def plans(**fields: object) -> Callable[[Sheet], None]:
    """Return a step that says what is sold, in France unless told."""

    def step(sheet: Sheet) -> None:
        given = {"families": ["food"], "markets": ["FR"], "turnover": "tiny", **fields}
        trade.declare_plan(merchant_id=sheet.merchant.pk, by=sheet.owner, at=sheet.at, **given)

    return step


def is_exempt(sheet: Sheet) -> None:
    vat.set_scheme(merchant_id=sheet.merchant.pk, scheme="exempt", by=sheet.owner, at=sheet.at)


def has_oss(sheet: Sheet) -> None:
    vat.set_abroad(
        merchant_id=sheet.merchant.pk,
        way="oss",
        country="FR",
        number="FR44732829320",
        valid_until=sheet.at.date() + timedelta(days=30),
        by=sheet.owner,
        at=sheet.at,
    )


def has_tax_number(sheet: Sheet) -> None:
    data = tax_identity.TaxData("3023217600053", date(1984, 5, 12), "Gap")
    tax_identity.declare(merchant_id=sheet.merchant.pk, data=data, by=sheet.owner, at=sheet.at)


def is_sole_trader(sheet: Sheet) -> None:
    steps.give_company(sheet.merchant, sheet.owner, sheet.at)
    Company.objects.for_merchant(sheet.merchant).update(is_sole_trader=True)


CASES["vat_scheme"] = Cases(
    applies=plans(), does_not=lambda sheet: None, satisfied=is_exempt, expired=plans(turnover="medium")
)
CASES["vat_cross_border"] = Cases(
    applies=plans(markets=["FR", "DE"]),
    does_not=plans(markets=["FR", "GB"]),
    satisfied=has_oss,
    expired=lambda sheet: sheet.wait(days=31),
)
CASES["vat_import"] = Cases(
    applies=plans(ships_from_outside=True),
    does_not=plans(),
    satisfied=lambda sheet: vat.set_import(merchant_id=sheet.merchant.pk, by=sheet.owner, at=sheet.at),
)
CASES["eori"] = Cases(
    applies=plans(markets=["FR", "GB"]),
    does_not=plans(markets=["FR", "DE"]),
    satisfied=lambda sheet: trade.set_eori(
        merchant_id=sheet.merchant.pk, number="DE1234567", by=sheet.owner, at=sheet.at
    ),
)
CASES["dac7"] = Cases(
    applies=is_sole_trader,
    does_not=lambda sheet: steps.give_company(sheet.merchant, sheet.owner, sheet.at),
    satisfied=has_tax_number,
)
