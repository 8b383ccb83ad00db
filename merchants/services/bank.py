"""The bank account to which a merchant is paid. Stored sealed, shown masked."""

import re
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
from merchants.enums import BankAccountState
from merchants.models import BankAccount
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
    key = application.merchant.data_key_id
    account = BankAccount.objects.create(
        merchant_id=merchant_id,
        iban=sealed.seal(key, str(number)),
        iban_hint=f"{number[:4]} … {number[-4:]}",
        iban_fingerprint=sealed.fingerprint(str(number)),
        bic=str(number.bic or ""),
        bank_name=str(getattr(number.bank, "name", ""))[:100],
        holder=sealed.seal(key, holder.strip()),
        added_by=by,
        created_at=at,
    )
    files.answered(merchant_id=merchant_id, code=CODE, at=at)
    events.record("bank_account.added", account, merchant_id=merchant_id, by=by)
    requirements.refresh(merchant_id=merchant_id, at=at)
    return account


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
