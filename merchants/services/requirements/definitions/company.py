"""The company itself: who it is, whether it trades, its certificate."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum.eu.vat import MEMBER_STATES

from merchants.enums import (
    CompanySource,
    CompanyState,
    DocumentKind,
    RegisterChangeKind,
    RegistryOutcome,
    VatCheck,
    VatScheme,
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
from merchants.services.requirements.definitions.proofs import MAX_DAYS, proof
from merchants.services.requirements.facts import File

REGISTRATION_MAX_DAYS: Final = MAX_DAYS


def _identity(file: File) -> Finding:
    company, check = file.company, file.last_check
    if company is None:
        return to_do()
    changes = [c for c in file.register_changes if c.kind != RegisterChangeKind.CEASED]
    if changes:
        what = ", ".join(c.get_kind_display() for c in changes)
        return to_do("register_changed", due_at=min(c.due_at for c in changes), what=what)
    if company.source == CompanySource.DECLARED and file.was_opened:
        # Two people compared it with the certificate.
        return done(company.verified_at)
    if not company.siren:
        return with_us(company.created_at, "company_of_monaco")
    if company.source == CompanySource.REGISTER:
        if not company.is_disclosed:
            return with_us(company.verified_at, "company_not_disclosed")
        return done(company.verified_at)
    if check is not None and check.outcome == RegistryOutcome.NOT_FOUND:
        return with_us(check.asked_at, "company_not_in_register")
    if check is not None and check.outcome == RegistryOutcome.FOUND:
        return with_us(check.asked_at, "company_differs")
    return elsewhere(check.asked_at if check else company.created_at, "register_unavailable")


def _has_vat(file: File) -> bool:
    """Whoever is exempt has no number to show: the one that follows from their SIREN is not in VIES."""
    is_exempt = any(row.scheme == VatScheme.EXEMPT for row in file.vat)
    return file.company is not None and bool(file.company.vat_number) and not is_exempt


def _vat_number(file: File) -> Finding:
    company = file.company
    if company is None:
        return to_do("company_first")
    match company.vat_check:
        case VatCheck.VALID:
            return done(company.vat_checked_at)
        case VatCheck.INVALID:
            return to_do("vat_unknown_to_vies", markets=CROSS_BORDER, number=company.vat_number)
        case _:
            since = next((c.asked_at for c in file.checks if c.query == company.vat_number), None)
            return elsewhere(since or company.created_at, "vies_unavailable", number=company.vat_number)


def _active(file: File) -> Finding:
    company = file.company
    if company is None:
        return to_do("company_first")
    if company.state == CompanyState.CEASED:
        ceased = file.registered.ceased_on if file.registered else None
        due = next((c.due_at for c in file.register_changes if c.kind == RegisterChangeKind.CEASED), None)
        return to_do("company_ceased", due_at=due, day=ceased)
    if company.state == CompanyState.OPEN:
        return done(company.verified_at)
    if not company.siren:
        return done(company.verified_at) if file.was_opened else _identity(file)
    check = file.last_check
    if check is not None and check.outcome == RegistryOutcome.NOT_FOUND:
        return with_us(check.asked_at, "company_not_in_register")
    return elsewhere(check.asked_at if check else company.created_at, "register_unavailable")


def _has_statutes(file: File) -> bool:
    """Companies, groupings and associations have articles; sole traders (1) and public bodies (4, 7) do not.

    The first digit of INSEE's legal form says so; a form nobody knows is taken for a company.
    """
    company = file.company
    if company is None or company.is_sole_trader:
        return False
    return company.legal_form_code[:1] not in {"1", "4", "7"}


def _needs_address_proof(file: File) -> bool:
    """The register proves the address of whom it discloses. It says nothing of others, nor of those it does
    not know, and a sole trader's is often their home.
    """
    company, check = file.company, file.last_check
    if company is None:
        return False
    is_unknown = check is not None and check.outcome == RegistryOutcome.NOT_FOUND
    return company.is_sole_trader or not company.is_disclosed or is_unknown


#: The Union's other countries (ISO 3166-1): without a number in VIES nothing is sold into them.
CROSS_BORDER: Final = frozenset(code.upper() for code in MEMBER_STATES) - {"FR", "XI"}

#: Asked again of an open store, a proof that does not come holds payouts (DSA, art. 30(3); CMF, L561-8).
PROVEN: Final = TO_OPEN | {Blocks.PAYOUT}

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
        source="DSA, art. 30(1)(a) and (d); 30(3)",
        validity="until the register says otherwise",
        blocks=TO_OPEN | {Blocks.PUBLICATION, Blocks.PAYOUT},
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
        code="vat_number",
        section="company",
        title=_("VAT number"),
        url_name="merchants:vat_number",
        check=_vat_number,
        concerns="who has a French VAT number and is not exempt (CGI, art. 293 B)",
        applies=_has_vat,
        satisfied_by="VIES knows the number; its silence is not a no",
        verified=Verified.REGISTER,
        source="CGI, art. 286 ter; (EU) 904/2010, art. 31",
        validity="until VIES no longer knows it",
        blocks=frozenset({Blocks.PUBLICATION}),
    ),
    Definition(
        code="registration_document",
        section="company",
        title=_("Kbis or RNE certificate of less than 3 months"),
        url_name="merchants:registration",
        check=proof(DocumentKind.REGISTRATION, max_days=REGISTRATION_MAX_DAYS),
        satisfied_by="a certificate accepted by a reviewer",
        verified=Verified.PERSON,
        source="DSA, art. 30(1)(d); practice of three months",
        validity=f"{REGISTRATION_MAX_DAYS} days from its date, until the store opens",
        blocks=PROVEN,
    ),
    Definition(
        code="statutes",
        section="company",
        title=_("Articles of association"),
        url_name="merchants:statutes",
        check=proof(DocumentKind.STATUTES),
        concerns="companies, groupings and associations",
        applies=_has_statutes,
        satisfied_by="the articles in force, accepted by a reviewer",
        verified=Verified.PERSON,
        source="CMF, L561-5 and R561-5-1",
        blocks=PROVEN,
    ),
    Definition(
        code="address_proof",
        section="company",
        title=_("Proof of address"),
        url_name="merchants:address_proof",
        check=proof(DocumentKind.ADDRESS_PROOF, max_days=MAX_DAYS),
        concerns="sole traders, and companies that the register does not know or disclose",
        applies=_needs_address_proof,
        satisfied_by="a bill, a lease or a tax notice with the address, accepted by a reviewer",
        verified=Verified.PERSON,
        source="DSA, art. 30(1)(a) and (2)",
        validity=f"{MAX_DAYS} days from its date, until the store opens",
        blocks=PROVEN,
    ),
)
