"""Every requirement, declared once: whom it concerns, what satisfies it, what waits for it.

The portal's task list, the reviewer's checklist and the API are three views of what these functions answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from merchants.enums import (
    AgreementKind,
    ApplicationStatus,
    BankAccountState,
    CompanySource,
    CompanyState,
    DocumentKind,
    DocumentState,
    RegistryOutcome,
    RequirementState,
)
from merchants.services.requirements.facts import File

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A Kbis has no validity in law; practice asks for less than three months.
REGISTRATION_MAX_DAYS: Final = 92


class Blocks(StrEnum):
    """What cannot happen while a requirement is open."""

    SUBMISSION = "submission"
    OPENING = "opening"
    PAYOUT = "payout"


class Actor(StrEnum):
    """Who must act next."""

    MERCHANT = "merchant"
    PLATFORM = "platform"
    THIRD_PARTY = "third_party"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the facts say of one requirement. ``reason`` is a code of ``reasons.py``, ``values`` its
    figures.
    """

    state: RequirementState
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor = Actor.MERCHANT
    due_at: datetime | None = None
    since: datetime | None = None


def done(since: datetime | None = None) -> Finding:
    return Finding(RequirementState.SATISFIED, actor=Actor.NOBODY, since=since)


def to_do(reason: str = "", **values: Any) -> Finding:
    return Finding(RequirementState.CURRENTLY_DUE, reason, values)


def with_us(since: datetime | None, reason: str = "", **values: Any) -> Finding:
    return Finding(RequirementState.PENDING_VERIFICATION, reason, values, Actor.PLATFORM, since=since)


def elsewhere(since: datetime | None, reason: str, **values: Any) -> Finding:
    return Finding(RequirementState.PENDING_VERIFICATION, reason, values, Actor.THIRD_PARTY, since=since)


Check = Callable[[File], Finding]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One requirement. ``section`` groups tasks; ``url_name`` is the page that answers it."""

    code: str
    section: str
    title: "_StrPromise"
    url_name: str
    check: Check
    applies: Callable[[File], bool] = lambda file: True
    blocks: frozenset[Blocks] = frozenset({Blocks.SUBMISSION, Blocks.OPENING})


def _identity(file: File) -> Finding:
    company, check = file.company, file.last_check
    if company is None:
        return to_do()
    if company.source == CompanySource.REGISTER:
        if not company.is_disclosed:
            return with_us(company.verified_at, "company_not_disclosed")
        return done(company.verified_at)
    if check is not None and check.outcome == RegistryOutcome.NOT_FOUND:
        return with_us(check.asked_at, "company_not_in_register")
    if check is not None and check.outcome == RegistryOutcome.FOUND:
        return with_us(check.asked_at, "company_differs")
    return elsewhere(check.asked_at if check else company.created_at, "register_unavailable")


def _active(file: File) -> Finding:
    company = file.company
    if company is None:
        return to_do("company_first")
    if company.state == CompanyState.CEASED:
        ceased = file.registered.ceased_on if file.registered else None
        return to_do("company_ceased", day=ceased)
    if company.state == CompanyState.OPEN:
        return done(company.verified_at)
    check = file.last_check
    if check is not None and check.outcome == RegistryOutcome.NOT_FOUND:
        return with_us(check.asked_at, "company_not_in_register")
    return elsewhere(check.asked_at if check else company.created_at, "register_unavailable")


def _representative(file: File) -> Finding:
    return done(file.representatives[-1].created_at) if file.representatives else to_do()


def _contact(file: File) -> Finding:
    merchant = file.merchant
    if merchant.support_email and merchant.support_phone:
        return done()
    return to_do("" if not merchant.support_email else "phone_missing")


def _store_name(file: File) -> Finding:
    return done() if file.merchant.store_name else to_do()


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
            return with_us(account.created_at, "bank_account_read", hint=account.iban_hint)


def _registration(file: File) -> Finding:
    document = file.document(DocumentKind.REGISTRATION)
    if document is None:
        return to_do()
    if document.state == DocumentState.REFUSED:
        return to_do("document_refused", text=document.refusal_text)
    # Its age counts until the store opens: it is computed again at each decision.
    if document.issued_on and file.application.status != ApplicationStatus.APPROVED:
        age = (file.today - document.issued_on).days
        if age > REGISTRATION_MAX_DAYS:
            return to_do(
                "document_too_old",
                issued=document.issued_on,
                age=age,
                limit=REGISTRATION_MAX_DAYS,
                oldest=file.today - timedelta(days=REGISTRATION_MAX_DAYS),
            )
    if document.state == DocumentState.ACCEPTED:
        return done(document.reviewed_at)
    return with_us(document.created_at, "document_read")


def _agreement(kind: AgreementKind) -> Check:
    def check(file: File) -> Finding:
        acceptance = file.accepted(kind)
        if acceptance is not None:
            return done(acceptance.accepted_at)
        older = any(a.text.kind == kind for a in file.acceptances)
        return to_do("new_version" if older else "", version=file.current_versions.get(kind, ""))

    return check


SECTIONS: Final[Mapping[str, "_StrPromise"]] = {
    "company": _("Your company"),
    "people": _("The people"),
    "money": _("Money"),
    "store": _("Your store"),
    "contract": _("Contract"),
}

DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        code="company_identity",
        section="company",
        title=_("Identity of the company"),
        url_name="merchants:company",
        check=_identity,
    ),
    Definition(
        code="company_active",
        section="company",
        title=_("Company in activity"),
        url_name="merchants:company",
        check=_active,
        applies=lambda file: file.company is not None,
    ),
    Definition(
        code="registration_document",
        section="company",
        title=_("Kbis or RNE certificate of less than 3 months"),
        url_name="merchants:registration",
        check=_registration,
    ),
    Definition(
        code="legal_representative",
        section="people",
        title=_("Legal representative"),
        url_name="merchants:representative",
        check=_representative,
    ),
    Definition(
        code="bank_account",
        section="money",
        title=_("Bank account for your payouts"),
        url_name="merchants:bank",
        check=_bank,
        blocks=frozenset({Blocks.SUBMISSION, Blocks.OPENING, Blocks.PAYOUT}),
    ),
    Definition(
        code="store_name",
        section="store",
        title=_("Name of the store"),
        url_name="merchants:store_name",
        check=_store_name,
    ),
    Definition(
        code="dsa_contact",
        section="store",
        title=_("Contact for buyers"),
        url_name="merchants:contact",
        check=_contact,
    ),
    Definition(
        code="self_certification",
        section="contract",
        title=_("Commitment to sell compliant products only"),
        url_name="merchants:self_certification",
        check=_agreement(AgreementKind.SELF_CERTIFICATION),
    ),
    Definition(
        code="agreement",
        section="contract",
        title=_("Seller agreement"),
        url_name="merchants:agreement",
        check=_agreement(AgreementKind.TERMS),
    ),
)

CODES: Final = frozenset(definition.code for definition in DEFINITIONS)
