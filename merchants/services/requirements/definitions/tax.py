"""VAT, customs and what the tax office asks of platforms."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.money import format_money
from merchants.enums import RequirementState, TurnoverBand, VatCheck, VatScheme
from merchants.models import VatRegistration
from merchants.models.trade import VAT_AT_HOME, VAT_AT_IMPORT, VAT_IN_UNION
from merchants.services.families import UNION, abroad_in_union, outside_union
from merchants.services.requirements.definitions.base import (
    Blocks,
    Definition,
    Finding,
    Verified,
    done,
    elsewhere,
    to_do,
)
from merchants.services.requirements.facts import File

# CGI, article 293 B: a seller of goods over 85,000 € of sales in a year owes VAT.
EXEMPT_BANDS: Final = (TurnoverBand.TINY, TurnoverBand.SMALL)
# Left out is who sold goods under 30 times in a year and was paid 2,000 € at most (Directive (EU) 2021/514,
# annex V, section I, B, 4); whoever passes one of the two is declared.
REPORTED_SALES: Final = 30
REPORTED_PAID: Final = Decimal(2000)
# Two reminders and 60 days before anything is withheld (annex V, section IV, A, 2).
ASKED_TWICE: Final = timedelta(days=60)
PUBLICATION: Final = frozenset({Blocks.PUBLICATION})


def registrations(file: File, schemes: tuple[VatScheme, ...]) -> list[VatRegistration]:
    """Return the registrations of these schemes."""
    return [row for row in file.vat if row.scheme in schemes]


def _scheme(file: File) -> Finding:
    found = registrations(file, VAT_AT_HOME)
    if not found:
        return to_do()
    if found[0].scheme == VatScheme.EXEMPT and file.plan and file.plan.turnover not in EXEMPT_BANDS:
        return to_do("vat_exempt_over")
    return done(found[0].declared_at)


def _cross_border(file: File) -> Finding:
    wanted = frozenset(_abroad(file))
    found = registrations(file, VAT_IN_UNION)
    if not found:
        return to_do("vat_abroad_unsaid", markets=wanted)
    if found[0].scheme == VatScheme.LOCAL:
        missing = wanted - {row.country for row in found}
        if missing:
            return to_do("vat_local_missing", markets=missing, countries=", ".join(sorted(missing)))
    if (unknown := next((row for row in found if row.vat_check == VatCheck.INVALID), None)) is not None:
        where = wanted if unknown.scheme == VatScheme.OSS else frozenset({unknown.country})
        return to_do("vat_abroad_unknown", markets=where, number=unknown.number)
    until = found[0].valid_until
    if until is not None and until < file.today:
        return to_do("vat_oss_ended", markets=wanted, day=until)
    silent = next((row for row in found if row.vat_check == VatCheck.UNVERIFIABLE), None)
    if silent is not None:
        return elsewhere(silent.declared_at, "vies_unavailable", number=silent.number)
    return done(found[0].declared_at)


def _import(file: File) -> Finding:
    found = registrations(file, VAT_AT_IMPORT)
    if not found:
        return to_do(markets=frozenset(UNION.intersection(file.plan.markets if file.plan else ())))
    return done(found[0].declared_at)


def _eori(file: File) -> Finding:
    if file.plan is None or not file.plan.eori:
        return to_do(markets=frozenset(_outside(file)))
    return done(file.plan.declared_at)


def _dac7(file: File) -> Finding:
    if file.tax_identity:
        return done(file.tax_identity.declared_at)
    # A year is declared by the end of January of the next one.
    for year in (file.today.year - 1, file.today.year):
        sales, paid = file.sales(year)
        if sales >= REPORTED_SALES or paid > REPORTED_PAID:
            return to_do("dac7_reached", year=str(year), sales=sales, paid=format_money(paid, "EUR"))
    return Finding(RequirementState.EVENTUALLY_DUE, "dac7_below")


def _abroad(file: File) -> list[str]:
    return abroad_in_union(file.plan.markets) if file.plan else []


def _outside(file: File) -> list[str]:
    return outside_union(file.plan.markets) if file.plan else []


TAX: Final = (
    Definition(
        code="vat_scheme",
        section="tax",
        title=_("Your VAT in France"),
        url_name="merchants:vat",
        check=_scheme,
        concerns="who has said what they sell",
        applies=lambda file: file.plan is not None,
        satisfied_by="the French VAT number of the company, or the exemption of article 293 B",
        verified=Verified.COMPUTED,
        source="CGI, art. 286 ter and 293 B",
        validity="an exemption, until expected sales pass 85,000 €",
        blocks=PUBLICATION,
    ),
    Definition(
        code="vat_cross_border",
        section="tax",
        title=_("Your VAT in the other countries of the Union"),
        url_name="merchants:vat_abroad",
        check=_cross_border,
        concerns="who sells in other member states",
        applies=lambda file: bool(_abroad(file)),
        satisfied_by="OSS, a number for each country, each known to VIES, or sales under 10,000 € a year",
        verified=Verified.REGISTER,
        source="Directive 2006/112/EC, art. 59c and 369a to 369k",
        validity="until the end of the OSS registration, where one is given, or VIES no longer knows it",
        notice=None,
        blocks=PUBLICATION,
    ),
    Definition(
        code="vat_import",
        section="tax",
        title=_("VAT on goods sent from outside the Union"),
        url_name="merchants:vat_import",
        check=_import,
        concerns="who sends goods to the Union from outside",
        applies=lambda file: file.plan is not None and file.plan.ships_from_outside,
        satisfied_by="an IOSS number, or VAT paid at import",
        verified=Verified.COMPUTED,
        source="Directive 2006/112/EC, art. 369l to 369x",
        notice=None,
        blocks=PUBLICATION,
    ),
    Definition(
        code="eori",
        section="tax",
        title=_("EORI number for exports"),
        url_name="merchants:eori",
        check=_eori,
        concerns="who sells outside the Union",
        applies=lambda file: bool(_outside(file)),
        satisfied_by="FR and the SIREN, or the number of another member state",
        verified=Verified.COMPUTED,
        source="Regulation (EU) No 952/2013, art. 9",
        notice=None,
        blocks=PUBLICATION,
    ),
    Definition(
        code="dac7",
        section="tax",
        title=_("Tax number and place of birth"),
        url_name="merchants:dac7",
        check=_dac7,
        concerns="sole traders, from 30 sales or over 2,000 € in a year; a company is reported by its SIREN",
        applies=lambda file: file.company is not None and file.company.is_sole_trader,
        satisfied_by="a tax number, the date and the place of birth",
        verified=Verified.COMPUTED,
        source="Directive (EU) 2021/514; CGI, art. 1649 ter A",
        notice=ASKED_TWICE,
        blocks=frozenset({Blocks.PAYOUT}),
    ),
)
