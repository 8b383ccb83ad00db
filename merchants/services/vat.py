"""How a merchant declares VAT: at home, in the other member states, at import.

Formats by ``stdnum``; whether a number exists is asked of VIES elsewhere, and never blocks what is written.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from stdnum.eu import oss
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from core.models import User
from core.refusals import Refusal
from merchants.enums import VatCheck, VatScheme
from merchants.models import Company, Merchant, VatRegistration
from merchants.models.trade import VAT_AT_HOME, VAT_AT_IMPORT, VAT_IN_UNION
from merchants.services import stores, vat_numbers
from merchants.services.families import HOME, UNION

SCHEME, ABROAD, IMPORT = "vat_scheme", "vat_cross_border", "vat_import"
# What an exempt seller prints on invoices (CGI, annex II, article 242 nonies A).
EXEMPT_MENTION: Final = "TVA non applicable, art. 293 B du CGI"


class WrongVatNumber(Refusal):
    """``field`` names the number."""

    code = "wrong_vat_number"
    status = 422


class WrongScheme(Refusal):
    code = "wrong_vat_scheme"
    status = 422
    default_message = _("Choose one of the answers.")


@transaction.atomic
def set_scheme(*, merchant_id: int, scheme: str, number: str = "", by: User, at: datetime) -> VatRegistration:
    """Say whether the merchant charges French VAT, under which number, or is exempt (CGI, article 293 B).

    ``WrongScheme`` for another answer; ``WrongVatNumber`` when the number is not French or not the company's.
    """
    merchant = stores.lock(merchant_id)
    if scheme not in VAT_AT_HOME:
        raise WrongScheme
    company = Company.objects.for_merchant(merchant_id).first()
    read = "" if scheme == VatScheme.EXEMPT else read_french(number, company)
    VatRegistration.objects.for_merchant(merchant_id).filter(scheme__in=VAT_AT_HOME).exclude(
        scheme=scheme
    ).delete()
    registration = _keep(merchant, scheme, HOME, read, None, at)
    stores.changed(merchant, SCHEME, by=by, at=at, event="trade.changed")
    return registration


@transaction.atomic
def set_abroad(
    *,
    merchant_id: int,
    way: str,
    country: str = "",
    number: str = "",
    valid_until: date | None = None,
    local: Mapping[str, str] | None = None,
    by: User,
    at: datetime,
) -> list[VatRegistration]:
    """Say how VAT is declared on sales to consumers of other member states (Directive 2006/112/EC).

    ``threshold``: French VAT while these sales stay under 10,000 € a year (article 59c); ``oss``: one
    declaration for the Union, under the number of the member state ``country`` (article 369b); ``local``: the
    VAT number of each country. What was said before is replaced.
    """
    merchant = stores.lock(merchant_id)
    wanted: list[tuple[str, str]]
    if way == VatScheme.THRESHOLD:
        wanted = [(HOME, "")]
    elif way == VatScheme.OSS:
        wanted = [(country, read_number(country, number, field="number"))]
    elif way == VatScheme.LOCAL:
        wanted = [
            (each, read_number(each, typed, field=f"local_{each}"))
            for each, typed in (local or {}).items()
            if typed.strip()
        ]
        if not wanted:
            raise WrongVatNumber(_("Give the VAT number of at least one country."), field="way")
    else:
        raise WrongScheme
    before = VatRegistration.objects.for_merchant(merchant_id).filter(scheme__in=VAT_IN_UNION)
    kept = [
        _keep(merchant, way, each, read, valid_until if way == VatScheme.OSS else None, at)
        for each, read in wanted
    ]
    before.exclude(pk__in=[row.pk for row in kept]).delete()
    vat_numbers.ask_abroad_later(merchant_id, by=by)
    stores.changed(merchant, ABROAD, by=by, at=at, event="trade.changed")
    return kept


@transaction.atomic
def set_import(*, merchant_id: int, ioss_number: str = "", by: User, at: datetime) -> VatRegistration:
    """Say how VAT is paid on goods that are sent to the Union from outside: by an IOSS number, or at import.

    IOSS is for consignments of 150 € at most without excise goods (Directive 2006/112/EC, article 369l).
    ``WrongVatNumber`` unless the number is IM and ten digits.
    """
    merchant = stores.lock(merchant_id)
    typed = _compact(ioss_number)
    if typed and not (typed.startswith("IM") and oss.is_valid(typed)):
        raise WrongVatNumber(
            _(
                "An IOSS number is IM and 10 digits, the first three of which are the member state: "
                "IM2500000019."
            ),
            field="ioss_number",
        )
    scheme = VatScheme.IOSS if typed else VatScheme.IMPORT
    before = VatRegistration.objects.for_merchant(merchant_id).filter(scheme__in=VAT_AT_IMPORT)
    registration = _keep(merchant, scheme, HOME, typed, None, at)
    before.exclude(pk=registration.pk).delete()
    stores.changed(merchant, IMPORT, by=by, at=at, event="trade.changed")
    return registration


def read_french(typed: str, company: Company | None) -> str:
    """Return a French VAT number; it must hold the company's SIREN, unless the company is in Monaco."""
    number = read_number("FR", typed, field="number")
    if company is not None and number[4:7] != "000" and number[4:] != company.siren:
        raise WrongVatNumber(
            _("%(number)s is not the number of your company: yours ends in its SIREN, %(siren)s.")
            % {"number": number, "siren": company.siren},
            field="number",
        )
    return number


def read_number(country: str, typed: str, *, field: str) -> str:
    """Return the VAT number of a member state, without spaces and with its prefix (Greece's is EL)."""
    if country not in UNION:
        raise WrongVatNumber(_("Choose a member state of the European Union."), field="country")
    prefix = "EL" if country == "GR" else country
    number = _compact(typed)
    number = number if number.startswith(prefix) else prefix + number
    try:
        return str(eu_vat.validate(number))
    except ValidationError:
        raise WrongVatNumber(
            _("“%(typed)s” is not a VAT number of this country: check it on your registration certificate.")
            % {"typed": typed.strip()[:30]},
            field=field,
        ) from None


def _compact(typed: str) -> str:
    return re.sub(r"[\s.\-]", "", typed).upper()


def _keep(
    merchant: Merchant, scheme: str, country: str, number: str, valid_until: date | None, at: datetime
) -> VatRegistration:
    """Write a registration; one of the same number keeps what VIES said of it."""
    known = VatRegistration.objects.for_merchant(merchant).filter(scheme=scheme, country=country).first()
    row: VatRegistration = known or VatRegistration(merchant=merchant, scheme=scheme, country=country)
    if row.number != number:
        row.vat_check, row.vat_checked_at = VatCheck.UNCHECKED, None
    row.number, row.valid_until, row.declared_at = number, valid_until, at
    row.save()
    return row
