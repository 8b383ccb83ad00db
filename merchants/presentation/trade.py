"""What the merchant answered about trade, in a few words a requirement."""

from collections.abc import Callable, Mapping

from django.utils import formats
from django.utils.translation import gettext as _
from django_countries import countries

from core.web.components.names import language_name
from merchants.enums import DocumentKind, VatScheme
from merchants.models import VatRegistration
from merchants.models.trade import VAT_AT_HOME, VAT_AT_IMPORT, VAT_IN_UNION
from merchants.presentation import hours
from merchants.services import documents, vat
from merchants.services.epr_registers import REGISTERS, code_of
from merchants.services.families import FAMILIES, STREAMS
from merchants.services.requirements import File

Lines = Callable[[File], list[str]]


def _plan(file: File) -> list[str]:
    plan = file.plan
    if plan is None:
        return []
    lines = [
        ", ".join(str(FAMILIES[code].label) for code in plan.families if code in FAMILIES),
        ", ".join(str(countries.name(code)) for code in plan.markets),
        plan.get_turnover_display(),
    ]
    return [*lines, _("Some goods leave from outside the Union")] if plan.ships_from_outside else lines


def _vat(schemes: tuple[VatScheme, ...]) -> Lines:
    def lines(file: File) -> list[str]:
        return [_registration(row) for row in file.vat if row.scheme in schemes]

    return lines


def _registration(row: VatRegistration) -> str:
    if row.scheme == VatScheme.EXEMPT:
        return vat.EXEMPT_MENTION
    parts = [row.get_scheme_display(), row.number]
    if row.scheme in {VatScheme.OSS, VatScheme.LOCAL}:
        parts.insert(1, str(countries.name(row.country)))
    return " · ".join(part for part in parts if part)


def _epr(country: str) -> Lines:
    def lines(file: File) -> list[str]:
        return [
            f"{row.stream} {STREAMS.get(row.stream, '')} · {row.identifier} · {row.get_state_display()}"
            for row in file.epr
            if row.country == country
        ]

    return lines


def _safety(file: File) -> list[str]:
    contact = file.safety
    if contact is None:
        return []
    place = f"{contact.street}, {contact.postcode} {contact.city}, {countries.name(contact.country)}"
    return [f"{contact.get_role_display()} · {contact.name}", place, contact.email]


def _insurance(file: File) -> list[str]:
    document = file.document(DocumentKind.INSURANCE)
    if document is None:
        return []
    day = formats.date_format(document.expires_on, "DATE_FORMAT") if document.expires_on else "–"
    return [*documents.names_of(documents.files_of(document)), _("valid until %(day)s") % {"day": day}]


def _tax(file: File) -> list[str]:
    return [_("given, sealed")] if file.tax_identity else []


def _support(file: File) -> list[str]:
    page = file.page
    if page is None or not page.support_hours:
        return []
    return [
        ", ".join(language_name(code) for code in page.support_languages),
        hours.words(page.support_hours),
    ]


def _returns(file: File) -> list[str]:
    return [
        f"{row.get_zone_display()} · {row.name}, {row.street}, {row.postcode} {row.city}"
        for row in file.returns
    ]


LINES: Mapping[str, Lines] = {
    "trade_plan": _plan,
    "vat_scheme": _vat(VAT_AT_HOME),
    "vat_cross_border": _vat(VAT_IN_UNION),
    "vat_import": _vat(VAT_AT_IMPORT),
    "eori": lambda file: [file.plan.eori] if file.plan and file.plan.eori else [],
    "dac7": _tax,
    **{code_of(country): _epr(country) for country in REGISTERS},
    "gpsr_contact": _safety,
    "insurance": _insurance,
    "support_hours": _support,
    "returns_address": _returns,
}
