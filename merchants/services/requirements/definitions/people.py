"""The natural persons behind the company: who represents, signs and owns it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.enums import DocumentKind, Ownership, RequirementState
from merchants.models import Person
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


def _representative(file: File) -> Finding:
    return done(file.representatives[-1].created_at) if file.representatives else to_do()


def _needs_attorney(file: File) -> bool:
    return bool(file.representatives) and not any(person.signs for person in file.representatives)


def _attorney(file: File) -> Finding:
    if not file.attorneys:
        return to_do("attorney_missing")
    attorney = file.attorneys[-1]
    return of_document(file, file.document(DocumentKind.POWER_OF_ATTORNEY, attorney))


def _has_owners(file: File) -> bool:
    return file.company is not None and not file.company.is_sole_trader


def _owners(file: File) -> Finding:
    company = file.company
    if company is None:
        return to_do("company_first")
    if company.ownership == Ownership.NOBODY and not file.representatives:
        return to_do("representative_first")
    if company.ownership == Ownership.UNSAID:
        return to_do("owners_unsaid" if file.owners else "")
    if company.ownership == Ownership.LISTED and not file.owners:
        return to_do()
    declared = company.ownership_declared_at
    # What was declared before the store opened was read with the file.
    read = company.ownership_read_at or file.merchant.opened_at
    if declared is not None and read is not None and read < declared:
        return with_us(declared, "owners_read")
    return done(declared)


def _identity_documents(file: File) -> Finding:
    """Of several people, what is missing comes first, then what was not read yet."""
    found = [of_identity(file, person) for person in file.people]
    missing = [f for f in found if f.state == RequirementState.CURRENTLY_DUE and not f.reason]
    if missing:
        if len(missing) == len(found):
            return to_do()
        return to_do("identity_missing", missing=len(missing), total=len(found))
    order = (RequirementState.CURRENTLY_DUE, RequirementState.PENDING_VERIFICATION)
    for state in order:
        if (first := next((f for f in found if f.state == state), None)) is not None:
            return first
    ends = [f.valid_until for f in found if f.valid_until is not None]
    return done(max(f.since for f in found if f.since), valid_until=min(ends, default=None))


def of_identity(file: File, person: Person) -> Finding:
    """Say what the identity document of one person proves."""
    return of_document(file, file.document(DocumentKind.IDENTITY, person))


#: Nobody is paid whose people are not known (CMF, L561-8).
KNOWN: Final = TO_OPEN | {Blocks.PAYOUT}

PEOPLE: Final = (
    Definition(
        code="legal_representative",
        section="people",
        title=_("Legal representative"),
        url_name="merchants:representative",
        check=_representative,
        satisfied_by="a person of age whose mandate has not ended",
        verified=Verified.COMPUTED,
        source="DSA, art. 30(1)(a); CMF, L561-5",
        validity="until the end of the mandate is declared",
        blocks=KNOWN,
    ),
    Definition(
        code="power_of_attorney",
        section="people",
        title=_("Power of attorney"),
        url_name="merchants:attorney",
        check=_attorney,
        concerns="who signs without being a legal representative",
        applies=_needs_attorney,
        satisfied_by="a power signed by a legal representative, accepted by a reviewer",
        verified=Verified.PERSON,
        source="Code civil, art. 1984; CMF, R561-5-1",
        validity="until its own date, where it has one",
        blocks=KNOWN,
    ),
    Definition(
        code="beneficial_owners",
        section="people",
        title=_("Beneficial owners"),
        url_name="merchants:owners",
        check=_owners,
        concerns="companies and associations whose identity is known",
        applies=_has_owners,
        satisfied_by="a list declared complete of who holds over 25% or controls otherwise, or the "
        "declaration that nobody does: then the legal representative; a later list is read by a reviewer",
        verified=Verified.PERSON,
        source="CMF, L561-2-2 and R561-1",
        validity="until somebody on the list changes, or the company",
        blocks=KNOWN,
    ),
    Definition(
        code="identity_documents",
        section="people",
        title=_("Identity documents"),
        url_name="merchants:identity",
        check=_identity_documents,
        concerns="who has named somebody",
        applies=lambda file: bool(file.people),
        satisfied_by="for each person named, a document in force, both sides of a card, read by a reviewer",
        verified=Verified.PERSON,
        source="DSA, art. 30(1)(b); CMF, R561-5-2",
        validity="until the date on the first document to end",
        blocks=KNOWN,
    ),
)
