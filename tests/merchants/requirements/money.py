"""Where the merchant is paid."""

from merchants.enums import BankAccountState, DocumentKind
from merchants.models import BankAccount
from merchants.services import bank
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet
from tests.merchants.requirements.company import read


def confirmed_account(sheet: Sheet) -> None:
    bank.add(merchant_id=sheet.merchant.pk, iban=steps.IBAN, holder="Perdrelle", by=sheet.owner, at=sheet.at)
    BankAccount.objects.for_merchant(sheet.merchant).update(
        state=BankAccountState.CONFIRMED,
        proposed_by=sheet.maker,
        proposed_at=sheet.at,
        decided_by=sheet.checker,
        decided_at=sheet.at,
    )


CASES["bank_account"] = Cases(satisfied=confirmed_account)
CASES["bank_proof"] = Cases(satisfied=lambda sheet: read(sheet, DocumentKind.BANK_PROOF))
