"""Legal notice of a store, composed from the merchant's file (LCEN, article 1-1; DSA, article 30, 7)."""

from django.utils.translation import gettext as _

from core.web.components.names import country_name
from merchants.enums import VatScheme
from merchants.models import Company, Merchant, VatRegistration
from merchants.models.trade import VAT_AT_HOME
from merchants.services import numbers, vat

# Every French business is in the RNE since 2023-01-01, except associations, which Sirene alone knows.
ASSOCIATION = "9"


def notice(merchant: Merchant) -> list[tuple[str, str]]:
    """Return labels and what stands beside them; empty until the company is known."""
    company = Company.objects.for_merchant(merchant).first()
    if company is None:
        return []
    address = " ".join(
        part for part in (company.street, company.street2, company.postcode, company.city) if part
    )
    lines = [
        (_("Seller"), trader_name(company)),
        (_("Address"), f"{address}, {country_name(company.country)}"),
        (_("Register"), f"{register_name(company)} · {numbers.spaced(company.siren)}"),
        ("SIRET", numbers.spaced(company.siret)),
        (_("VAT"), _vat(merchant, company)),
        (_("E-mail address"), merchant.support_email),
        (_("Telephone"), merchant.support_phone),
    ]
    return [(label, value) for label, value in lines if value]


def trader_name(company: Company) -> str:
    """Return the legal name; a sole trader's says so (Code de commerce, article R526-27)."""
    if company.is_sole_trader and not company.legal_name.upper().endswith(" EI"):
        return f"{company.legal_name} EI"
    return company.legal_name


def register_name(company: Company) -> str:
    """Return the trade register in which the trader stands (DSA, article 30, 1, d)."""
    return "Sirene" if company.legal_form_code.startswith(ASSOCIATION) else "RNE"


def _vat(merchant: Merchant, company: Company) -> str:
    row = VatRegistration.objects.for_merchant(merchant).filter(scheme__in=VAT_AT_HOME).first()
    if row is None:
        return company.vat_number
    return vat.EXEMPT_MENTION if row.scheme == VatScheme.EXEMPT else row.number
