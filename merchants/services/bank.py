"""The bank account to which a merchant is paid. Stored sealed, shown masked.

While the store is not open the account is part of the file, and is confirmed with it. Later it changes by
``bank_changes`` only.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from schwifty.registry import get_iban_spec

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import BankAccountState, DocumentKind, DocumentState
from merchants.models import Application, BankAccount, Document, Merchant
from merchants.services import files, requirements
from merchants.services.company import folded

CODE = "bank_account"
_FORMS = frozenset(
    [
        "SAS",
        "SASU",
        "SARL",
        "EURL",
        "SA",
        "SNC",
        "SCI",
        "SCA",
        "SCS",
        "SCOP",
        "EI",
        "EIRL",
        "EARL",
        "SELARL",
        "SE",
        "ASSOCIATION",
        "ASSO",
        "SOCIETE",
        "STE",
        "ETS",
        "MONSIEUR",
        "MADAME",
        "M",
        "MME",
        "MR",
        "OU",
        "ET",
    ]
)


class WrongIban(Refusal):
    code = "wrong_iban"
    status = 422


class OutsideSepa(WrongIban):
    code = "iban_outside_sepa"


@transaction.atomic
def add(*, merchant_id: int, iban: str, holder: str, by: User, at: datetime) -> BankAccount:
    """Write the account to be confirmed by the reviewers; one that waited before is replaced.

    Raises ``WrongIban`` saying which rule the number breaks, ``OutsideSepa`` where no SEPA transfer goes.
    """
    application = files.lock_for_change(merchant_id=merchant_id, code=CODE)
    number = parse(iban)
    BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.PENDING).update(
        state=BankAccountState.REPLACED
    )
    account = write(application.merchant, number, holder, by, at)
    files.answered(merchant_id=merchant_id, code=CODE, at=at)
    events.record("bank_account.added", account, merchant_id=merchant_id, by=by)
    requirements.refresh(merchant_id=merchant_id, at=at)
    return account


def write(merchant: Merchant, number: IBAN, holder: str, by: User, at: datetime) -> BankAccount:
    """Write an account to be confirmed, sealed under the merchant's key."""
    key = merchant.data_key_id
    account: BankAccount = BankAccount.objects.create(
        merchant=merchant,
        iban=sealed.seal(key, str(number)),
        iban_hint=f"{number[:4]} … {number[-4:]}",
        iban_fingerprint=sealed.fingerprint(str(number)),
        bic=str(number.bic or ""),
        bank_name=str(getattr(number.bank, "name", ""))[:100],
        holder=sealed.seal(key, holder.strip()),
        added_by=by,
        created_at=at,
    )
    return account


def accept_with_file(*, application: Application, by: User, at: datetime) -> None:
    """Confirm the account of a file that two people approve, with the proof they accepted; the caller holds
    the file's lock.
    """
    mine = BankAccount.objects.for_merchant(application.merchant_id)
    if not mine.filter(state=BankAccountState.PENDING).exists():
        return
    mine.filter(state=BankAccountState.CONFIRMED).update(state=BankAccountState.REPLACED)
    proofs = Document.objects.for_merchant(application.merchant_id).filter(kind=DocumentKind.BANK_PROOF)
    mine.filter(state=BankAccountState.PENDING).update(
        state=BankAccountState.CONFIRMED,
        proof=proofs.filter(state=DocumentState.ACCEPTED).order_by("-pk").first(),
        proposed_by=application.proposed_by_id,
        proposed_at=application.proposed_at,
        decided_by=by,
        decided_at=at,
    )


@dataclass(frozen=True, slots=True)
class PayoutHold:
    """Why a merchant is not paid for the moment: ``no_account`` or ``account_changes``."""

    reason: str
    since: datetime | None = None


def payouts_held(merchant_id: int) -> PayoutHold | None:
    """Return why nothing may be paid to the merchant as far as its account goes, or None.

    Nothing is paid while a new account waits to be confirmed: whoever changed it may be somebody else.
    """
    rows = BankAccount.objects.for_merchant(merchant_id)
    live = dict(
        rows.filter(state__in=[BankAccountState.PENDING, BankAccountState.CONFIRMED]).values_list(
            "state", "created_at"
        )
    )
    if BankAccountState.PENDING in live:
        return PayoutHold("account_changes", live[BankAccountState.PENDING])
    return None if BankAccountState.CONFIRMED in live else PayoutHold("no_account")


def payable_account(merchant_id: int) -> BankAccount | None:
    """Return the account to pay to; None while payouts are held."""
    if payouts_held(merchant_id) is not None:
        return None
    return BankAccount.objects.for_merchant(merchant_id).filter(state=BankAccountState.CONFIRMED).first()


def same_elsewhere(account: BankAccount) -> list[Merchant]:
    """Return the other merchants who gave the same IBAN, in whatever state."""
    twins = BankAccount.objects.filter(iban_fingerprint=account.iban_fingerprint)
    others = Merchant.objects.filter(bank_accounts__in=twins).exclude(pk=account.merchant_id)
    return list(others.select_related("company").distinct().order_by("pk")[:20])


def parse(typed: str) -> IBAN:
    """Read an IBAN with any spaces (ISO 13616). ``WrongIban`` says the fact, the rule and the remedy."""
    compact = re.sub(r"[\s.\-\u00a0\u202f]", "", typed).upper()
    country = compact[:2]
    spec = _spec(country)
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]*", compact) or spec is None:
        raise WrongIban(
            _(
                "An IBAN begins with two letters of a country and two digits, such as FR76. Copy it whole "
                "from "
                "your RIB."
            ),
            found="start",
        )
    name = countries.name(country) or country
    if len(compact) != spec.iban_length:
        raise WrongIban(
            _(
                "You typed %(count)d characters. An IBAN of this country (%(country)s) has %(length)d: "
                "copy it "
                "whole from your RIB."
            )
            % {"count": len(compact), "country": name, "length": spec.iban_length},
            found="length",
        )
    try:
        number = IBAN(compact, validate_bban=True)
    except SchwiftyException as error:
        raise WrongIban(
            _(
                "The check digits of this IBAN do not fit: one character is wrong or two are swapped. "
                "Compare it "
                "with your RIB, four characters at a time."
            ),
            found="check_digits",
        ) from error
    if not number.in_sepa_zone:
        raise OutsideSepa(
            _(
                "We pay by SEPA transfer, which does not reach %(country)s. Give an account within the "
                "SEPA zone."
            )
            % {"country": name},
            found="country",
        )
    return number


def _spec(country: str) -> Any:
    try:
        return get_iban_spec(country)
    except SchwiftyException:
        return None


def holder_differs(holder: str, *names: str) -> bool:
    """Tell whether the holder is none of these names, legal forms and order of words left aside."""
    words = _words(holder)
    return not any(
        words and (words <= _words(name) or _words(name) <= words) for name in names if _words(name)
    )


def _words(name: str) -> frozenset[str]:
    return frozenset(folded(name).split()) - _FORMS
