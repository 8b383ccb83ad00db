"""What the merchant answered, in a few words a requirement: check answers, and the reviewer's summary."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django_countries import countries

from core import sealed
from merchants.enums import AgreementKind, DocumentKind
from merchants.presentation import trade
from merchants.services import bank, documents, numbers, people
from merchants.services.requirements import Answer, File


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: lines of text, and the page where it is given."""

    code: str
    title: Any
    lines: list[str]
    url: str


#: What tells of people: for owners and administrators among the merchant's members.
PERSONAL: Final = frozenset(
    {"legal_representative", "power_of_attorney", "beneficial_owners", "identity_documents"}
)


def of(answer: Answer, *, without: Collection[str] = ()) -> list[Row]:
    """Return the answers in the order of the task list, but for the codes ``without``."""
    shown = [item for item in answer.items if item.code in _LINES and item.code not in without]
    return [
        Row(i.code, i.definition.title, _LINES[i.code](answer.file), reverse(i.definition.url_name))
        for i in shown
    ]


def _company(file: File) -> list[str]:
    company = file.company
    if company is None:
        return []
    place = f"{company.street}, {company.postcode} {company.city}".strip(", ")
    siret = f"SIRET {numbers.spaced(company.siret)}" if company.siret else ""
    vat = _("VAT %(number)s") % {"number": company.vat_number} if company.vat_number else ""
    return [line for line in (company.legal_name, siret, place, vat) if line]


def _document(kind: DocumentKind) -> Callable[[File], list[str]]:
    def lines(file: File) -> list[str]:
        document = file.document(kind)
        if document is None:
            return []
        said = [_("dated %(day)s") % {"day": _day(document.issued_on)}] if document.issued_on else []
        return [*documents.names_of(documents.files_of(document)), *said]

    return lines


def _representatives(file: File) -> list[str]:
    lines = []
    for data in people.read_many(file.representatives):
        lines += [f"{data.first_names} {data.last_name}", _("born %(day)s") % {"day": _day(data.birth_date)}]
        lines.append(str(countries.name(data.nationality)))
    return lines


def _attorneys(file: File) -> list[str]:
    return [f"{data.first_names} {data.last_name}" for data in people.read_many(file.attorneys)]


def _owners(file: File) -> list[str]:
    lines = []
    for person, data in zip(file.owners, people.read_many(file.owners), strict=True):
        percent = f", {floatformat(person.share_percent, -2)} %" if person.share_percent else ""
        lines.append(f"{data.first_names} {data.last_name}{percent} ({person.get_control_display()})")
        lines += [people.holdings_of(person)] if person.holdings is not None else []
    if not lines and file.company is not None and file.company.ownership:
        lines.append(file.company.get_ownership_display())
    return lines


def _identities(file: File) -> list[str]:
    lines = []
    for person, data in zip(file.people, people.read_many(file.people), strict=True):
        document = file.document(DocumentKind.IDENTITY, person)
        if document is not None:
            until = _("until %(day)s") % {"day": _day(document.expires_on)} if document.expires_on else ""
            lines.append(f"{data.first_names} {data.last_name} {until}".strip())
    return lines


def _day(day: date) -> str:
    return str(formats.date_format(day, "DATE_FORMAT"))


def _bank(file: File) -> list[str]:
    account = file.account()
    if account is None:
        return []
    holder = sealed.unseal(account.holder)
    lines = [account.iban_hint, account.bank_name, _("in the name of %(holder)s") % {"holder": holder}]
    if file.company is not None and bank.holder_differs(holder, file.company.legal_name):
        lines.append(_("the company’s name is %(name)s") % {"name": file.company.legal_name})
    return lines


def _bank_proof(file: File) -> list[str]:
    """The proof beside the account that it must name."""
    return [*_bank(file), *_document(DocumentKind.BANK_PROOF)(file)]


def _accepted(kind: AgreementKind) -> Callable[[File], list[str]]:
    def lines(file: File) -> list[str]:
        acceptance = file.accepted(kind)
        if acceptance is None:
            return []
        day = formats.date_format(acceptance.accepted_at, "DATE_FORMAT")
        text = _("version %(version)s, accepted %(day)s") % {"version": acceptance.text.version, "day": day}
        return [text]

    return lines


_LINES: dict[str, Callable[[File], list[str]]] = {
    **trade.LINES,
    "company_identity": _company,
    "registration_document": _document(DocumentKind.REGISTRATION),
    "statutes": _document(DocumentKind.STATUTES),
    "address_proof": _document(DocumentKind.ADDRESS_PROOF),
    "legal_representative": _representatives,
    "power_of_attorney": _attorneys,
    "beneficial_owners": _owners,
    "identity_documents": _identities,
    "bank_account": _bank,
    "bank_proof": _bank_proof,
    "store_name": lambda file: [file.merchant.store_name] if file.merchant.store_name else [],
    "dsa_contact": lambda file: [t for t in (file.merchant.support_email, file.merchant.support_phone) if t],
    "self_certification": _accepted(AgreementKind.SELF_CERTIFICATION),
    "agreement": _accepted(AgreementKind.TERMS),
}
