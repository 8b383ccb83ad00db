"""What the merchant answered, in a few words a requirement: check answers, and the reviewer's summary."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django_countries import countries

from merchants.enums import AgreementKind, DocumentKind
from merchants.presentation import trade
from merchants.services import documents, numbers, people
from merchants.services.requirements import Answer, File


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: lines of text, and the page where it is given."""

    code: str
    title: Any
    lines: list[str]
    url: str


def of(answer: Answer) -> list[Row]:
    """Return the answers in the order of the task list."""
    shown = [item for item in answer.items if item.code in _LINES]
    return [
        Row(i.code, i.definition.title, _LINES[i.code](answer.file), reverse(i.definition.url_name))
        for i in shown
    ]


def _company(file: File) -> list[str]:
    company = file.company
    if company is None:
        return []
    place = f"{company.street}, {company.postcode} {company.city}".strip(", ")
    vat = _("VAT %(number)s") % {"number": company.vat_number}
    return [company.legal_name, f"SIRET {numbers.spaced(company.siret)}", place, vat]


def _registration(file: File) -> list[str]:
    document = file.document(DocumentKind.REGISTRATION)
    if document is None:
        return []
    day = formats.date_format(document.issued_on, "DATE_FORMAT") if document.issued_on else "–"
    return [*documents.names_of(documents.files_of(document)), _("dated %(day)s") % {"day": day}]


def _representative(file: File) -> list[str]:
    lines = []
    for person in file.representatives:
        data = people.read(person)
        born = formats.date_format(data.birth_date, "DATE_FORMAT")
        lines += [f"{data.first_names} {data.last_name}", _("born %(day)s") % {"day": born}]
        lines.append(str(countries.name(data.nationality)))
    return lines


def _bank(file: File) -> list[str]:
    account = file.account()
    return [account.iban_hint, account.bank_name] if account else []


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
    "registration_document": _registration,
    "legal_representative": _representative,
    "bank_account": _bank,
    "store_name": lambda file: [file.merchant.store_name] if file.merchant.store_name else [],
    "dsa_contact": lambda file: [t for t in (file.merchant.support_email, file.merchant.support_phone) if t],
    "self_certification": _accepted(AgreementKind.SELF_CERTIFICATION),
    "agreement": _accepted(AgreementKind.TERMS),
}
