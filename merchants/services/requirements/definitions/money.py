"""Where the merchant is paid."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.enums import BankAccountState
from merchants.services.requirements.definitions.base import (
    TO_OPEN,
    Blocks,
    Definition,
    Finding,
    Verified,
    done,
    to_do,
    with_us,
)
from merchants.services.requirements.facts import File


def _bank(file: File) -> Finding:
    account = file.account()
    if account is None:
        return to_do()
    match account.state:
        case BankAccountState.CONFIRMED:
            return done(account.created_at)
        case BankAccountState.REFUSED:
            return to_do("bank_account_refused", hint=account.iban_hint)
        case _:
            return with_us(
                account.created_at,
                "bank_account_read",
                holds=frozenset({Blocks.PAYOUT}),
                hint=account.iban_hint,
            )


MONEY: Final = (
    Definition(
        code="bank_account",
        section="money",
        title=_("Bank account for your payouts"),
        url_name="merchants:bank",
        check=_bank,
        satisfied_by="an account that two people of ours have confirmed",
        verified=Verified.PERSON,
        source="DSA, art. 30(1)(c)",
        notice=None,
        blocks=TO_OPEN | {Blocks.PAYOUT},
    ),
)
