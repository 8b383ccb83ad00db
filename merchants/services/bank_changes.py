"""A store that is open changes its bank account: two people of ours confirm, and until then nothing is paid.

The old account stays the merchant's until the second confirmation. Who may ask, and that they gave a second
factor moments ago, is the door's matter.
"""

from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import BankAccountState, DocumentKind, DocumentState, MerchantStatus
from merchants.models import BankAccount, Document, Merchant
from merchants.services import bank, documents, files, requirements

OPENED = (MerchantStatus.ACTIVE, MerchantStatus.RESTRICTED, MerchantStatus.SUSPENDED)


class StoreNotOpen(Refusal):
    code = "store_not_open"
    default_message = _("Your store is not open: the account is part of your file.")


class ChangeUnderWay(Refusal):
    code = "bank_change_under_way"
    default_message = _("A change of account is being checked. Cancel it before you ask for another.")


class SameAccount(Refusal):
    code = "same_bank_account"
    status = 422
    default_message = _("This is the account to which you are paid already.")


class NothingToDecide(Refusal):
    code = "bank_change_decided"
    default_message = _("This change is no longer waiting: look at it again.")


class SamePerson(Refusal):
    code = "checker_is_maker"
    default_message = _("You gave the first confirmation: a second person must give the other.")


class ReasonNeeded(Refusal):
    code = "text_needed"
    status = 422
    default_message = _("Write what the merchant will read: the fact, the rule and the remedy.")


@transaction.atomic
def ask(
    *,
    merchant_id: int,
    iban: str,
    holder: str,
    proof: IO[bytes],
    proof_name: str,
    by: User,
    at: datetime,
) -> BankAccount:
    """Ask to be paid to another account, with the bank's proof; payouts are held from now on.

    Raises ``bank.WrongIban``, ``SameAccount``, ``ChangeUnderWay``, ``StoreNotOpen`` and what
    ``documents.receive`` refuses. Every owner is told by mail.
    """
    files.lock(merchant_id=merchant_id)
    merchant = Merchant.objects.get(pk=merchant_id)
    if merchant.status not in OPENED:
        raise StoreNotOpen(status=merchant.status)
    number = bank.parse(iban)
    mine = BankAccount.objects.for_merchant(merchant_id)
    if mine.filter(state=BankAccountState.PENDING).exists():
        raise ChangeUnderWay
    account = bank.write(merchant, number, holder, by, at)
    if mine.filter(state=BankAccountState.CONFIRMED, iban_fingerprint=account.iban_fingerprint).exists():
        raise SameAccount
    document = documents.receive(
        merchant_id=merchant_id,
        kind=DocumentKind.BANK_PROOF,
        file=proof,
        name=proof_name,
        by=by,
        at=at,
    )
    account.proof = document
    account.save(update_fields=["proof"])
    _told("bank_account.change_asked", account, by, at)
    return account


@transaction.atomic
def cancel(*, merchant_id: int, by: User, at: datetime) -> BankAccount:
    """Withdraw a change that waits: the account before stays, payouts go on. ``NothingToDecide`` without."""
    files.lock(merchant_id=merchant_id)
    account = waiting(merchant_id=merchant_id)
    if account is None:
        raise NothingToDecide
    account.state, account.decided_by, account.decided_at = BankAccountState.CANCELLED, by, at
    account.save(update_fields=["state", "decided_by", "decided_at"])
    # Nobody has to read what is withdrawn.
    Document.objects.for_merchant(merchant_id).filter(pk=account.proof_id).update(
        state=DocumentState.REPLACED
    )
    _told("bank_account.change_cancelled", account, by, at)
    return account


@transaction.atomic
def confirm(*, account_id: int, by: User, at: datetime) -> BankAccount:
    """Confirm a change: the first call proposes, the second, by another person, puts it in force.

    Raises ``NothingToDecide`` for one that no longer waits, ``SamePerson`` when the first comes back.
    """
    account = _lock(account_id)
    if account.proposed_by_id is None:
        account.proposed_by, account.proposed_at = by, at
        account.save(update_fields=["proposed_by", "proposed_at"])
        events.record("bank_account.proposed", account, merchant_id=account.merchant_id, by=by)
        return account
    if account.proposed_by_id == by.pk:
        raise SamePerson
    before = BankAccount.objects.for_merchant(account.merchant_id).filter(state=BankAccountState.CONFIRMED)
    before.update(state=BankAccountState.REPLACED)
    account.state, account.decided_by, account.decided_at = BankAccountState.CONFIRMED, by, at
    account.save(update_fields=["state", "decided_by", "decided_at"])
    _read_proof(account, DocumentState.ACCEPTED, by, at)
    _told("bank_account.change_confirmed", account, by, at)
    return account


@transaction.atomic
def refuse(*, account_id: int, text: str, by: User, at: datetime) -> BankAccount:
    """Refuse a change; the merchant reads ``text`` word for word, and is paid to the account before."""
    account = _lock(account_id)
    if not text.strip():
        raise ReasonNeeded
    account.state, account.refusal_text = BankAccountState.REFUSED, text.strip()
    account.decided_by, account.decided_at = by, at
    account.save(update_fields=["state", "refusal_text", "decided_by", "decided_at"])
    _read_proof(account, DocumentState.REFUSED, by, at)
    _told("bank_account.change_refused", account, by, at)
    return account


def waiting(*, merchant_id: int) -> BankAccount | None:
    """Return the change that waits, of a store that is open."""
    rows = BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.PENDING)
    return rows.filter(merchant__status__in=OPENED).first()


def _lock(account_id: int) -> BankAccount:
    """Lock the file, then the account, and check that it is a change that waits."""
    merchant_id = BankAccount.objects.values_list("merchant_id", flat=True).get(pk=account_id)
    files.lock(merchant_id=merchant_id)
    account: BankAccount = (
        BankAccount.objects.select_for_update(of=["self"]).select_related("merchant").get(pk=account_id)
    )
    if account.state != BankAccountState.PENDING or account.merchant.status not in OPENED:
        raise NothingToDecide(state=account.state)
    return account


def _read_proof(account: BankAccount, state: DocumentState, by: User, at: datetime) -> None:
    Document.objects.for_merchant(account.merchant_id).filter(pk=account.proof_id).update(
        state=state, reviewed_by=by, reviewed_at=at, refusal_text=account.refusal_text
    )


def _told(event: str, account: BankAccount, by: User, at: datetime) -> None:
    data = {"account": str(account.public_id), "hint": account.iban_hint}
    events.record(event, account, merchant_id=account.merchant_id, by=by, data=data)
    requirements.refresh(merchant_id=account.merchant_id, at=at)
