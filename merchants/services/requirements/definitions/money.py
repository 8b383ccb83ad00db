"""Where the merchant is paid."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.enums import BankAccountState, DocumentKind
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
from merchants.services.requirements.definitions.proofs import of_document
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


def _bank_proof(file: File) -> Finding:
    """The proof of the account that counts: what came with a change that was refused or withdrawn says
    nothing of the account before, which two people confirmed with a proof of its own.
    """
    account = file.account()
    if account is None or account.state != BankAccountState.CONFIRMED or account.proof_id is None:
        return of_document(file, file.document(DocumentKind.BANK_PROOF))
    left = {
        each.proof_id
        for each in file.accounts
        if each.state in {BankAccountState.REFUSED, BankAccountState.CANCELLED}
    }
    newest = next((d for d in file.documents if d.kind == DocumentKind.BANK_PROOF and d.pk not in left), None)
    if newest is None or newest.pk <= account.proof_id:
        return done(account.decided_at)
    return of_document(file, newest)


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
    Definition(
        code="bank_proof",
        section="money",
        title=_("Bank account proof (RIB)"),
        url_name="merchants:bank_proof",
        check=_bank_proof,
        satisfied_by="the bank's own paper with the IBAN and the company's name, accepted by a reviewer",
        verified=Verified.PERSON,
        source="DSA, art. 30(1)(c) and (2)",
        blocks=TO_OPEN | {Blocks.PAYOUT},
    ),
)
