"""The company itself: who it is, whether it trades, its certificate."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.enums import (
    ApplicationStatus,
    CompanySource,
    CompanyState,
    DocumentKind,
    DocumentState,
    RegistryOutcome,
)
from merchants.services.requirements.definitions.base import (
    TO_OPEN,
    Blocks,
    Definition,
    Finding,
    Verified,
    done,
    elsewhere,
    to_do,
    with_us,
)
from merchants.services.requirements.facts import File

# A Kbis has no validity in law; practice asks for less than three months.
REGISTRATION_MAX_DAYS: Final = 92


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


COMPANY: Final = (
    Definition(
        code="company_identity",
        section="company",
        title=_("Identity of the company"),
        url_name="merchants:company",
        check=_identity,
        satisfied_by="a company and an establishment found in the register, or what was typed, compared "
        "by two people with the certificate",
        verified=Verified.REGISTER,
        source="DSA, art. 30(1)(a) and (d)",
    ),
    Definition(
        code="company_active",
        section="company",
        title=_("Company in activity"),
        url_name="merchants:company",
        check=_active,
        concerns="who has named a company",
        applies=lambda file: file.company is not None,
        satisfied_by="the register says that the company trades",
        verified=Verified.REGISTER,
        source="DSA, art. 30(2)",
        validity="until the register says that the company has ceased",
        blocks=TO_OPEN | {Blocks.PUBLICATION, Blocks.PAYOUT},
    ),
    Definition(
        code="registration_document",
        section="company",
        title=_("Kbis or RNE certificate of less than 3 months"),
        url_name="merchants:registration",
        check=_registration,
        satisfied_by="a certificate accepted by a reviewer",
        verified=Verified.PERSON,
        source="DSA, art. 30(1)(d); practice of three months",
        validity=f"{REGISTRATION_MAX_DAYS} days from its date, until the store opens",
    ),
)
