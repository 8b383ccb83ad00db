"""Questions about what is sold, where, and under which numbers; one a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from merchants.enums import DocumentKind, VatScheme
from merchants.models import TaxIdentity
from merchants.models.trade import VAT_AT_HOME, VAT_AT_IMPORT, VAT_IN_UNION
from merchants.services import documents, epr, people, requirements, safety, stores, tax_identity, trade, vat
from merchants.services.addresses import PostalAddress
from merchants.services.epr_registers import code_of, demanded
from merchants.services.families import abroad_in_union
from merchants.services.requirements import File
from merchants.web import trade_forms as questions
from merchants.web.access import member_required
from merchants.web.questions import ask


def facts_of(request: HttpRequest) -> File:
    """Return the merchant's file, to fill a form with what was answered before."""
    return requirements.compute(merchant_id=request.merchant.pk, at=timezone.now()).file


def who(request: HttpRequest) -> dict[str, Any]:
    return {"merchant_id": request.merchant.pk, "by": request.user, "at": timezone.now()}


@require_http_methods(["GET", "POST"])
@member_required()
def plan(request: HttpRequest) -> HttpResponse:
    """What is sold, and where."""
    known = facts_of(request).plan
    names = ("families", "markets", "turnover", "ships_from_outside")
    initial = {name: getattr(known, name) for name in names} if known else {"markets": ["FR"]}
    return ask(
        request,
        code="trade_plan",
        form=questions.PlanForm(request.POST or None, initial=initial),
        save=lambda data: trade.declare_plan(**data, **who(request)),
    )


@require_http_methods(["GET", "POST"])
@member_required()
def vat_at_home(request: HttpRequest) -> HttpResponse:
    """French VAT or exemption; the number computed from the SIREN is proposed."""
    file = facts_of(request)
    known = next((row for row in file.vat if row.scheme in VAT_AT_HOME), None)
    is_exempt = known is not None and known.scheme == VatScheme.EXEMPT
    proposed = file.company.vat_number if file.company and not is_exempt else ""
    number = known.number if known and known.number else proposed
    initial = {"number": number, **({"scheme": known.scheme} if known else {})}
    return ask(
        request,
        code="vat_scheme",
        form=questions.VatForm(request.POST or None, initial=initial),
        save=lambda data: vat.set_scheme(**data, **who(request)),
        fields={vat.WrongScheme: "scheme"},
    )


@require_http_methods(["GET", "POST"])
@member_required()
def vat_abroad(request: HttpRequest) -> HttpResponse:
    """How VAT is declared in the other member states."""
    file = facts_of(request)
    known = [row for row in file.vat if row.scheme in VAT_IN_UNION]
    initial: dict[str, Any] = {"country": "FR", "number": file.company.vat_number if file.company else ""}
    if known:
        initial["way"] = known[0].scheme
    for row in known:
        if row.scheme == VatScheme.OSS:
            initial |= {"country": row.country, "number": row.number, "valid_until": row.valid_until}
        elif row.scheme == VatScheme.LOCAL:
            initial[f"local_{row.country}"] = row.number
    form = questions.VatAbroadForm(
        request.POST or None, initial=initial, markets=abroad_in_union(file.plan.markets if file.plan else [])
    )

    def save(data: dict[str, Any]) -> None:
        vat.set_abroad(
            way=data["way"],
            country=data["country"],
            number=data["number"],
            valid_until=data["valid_until"],
            local=form.local(),
            **who(request),
        )

    return ask(request, code="vat_cross_border", form=form, save=save, fields={vat.WrongScheme: "way"})


@require_http_methods(["GET", "POST"])
@member_required()
def vat_import(request: HttpRequest) -> HttpResponse:
    known = next((row for row in facts_of(request).vat if row.scheme in VAT_AT_IMPORT), None)
    return ask(
        request,
        code="vat_import",
        form=questions.VatImportForm(
            request.POST or None, initial={"ioss_number": known.number if known else ""}
        ),
        save=lambda data: vat.set_import(**data, **who(request)),
    )


@require_http_methods(["GET", "POST"])
@member_required()
def eori(request: HttpRequest) -> HttpResponse:
    """The EORI number; the one made of the SIREN is proposed."""
    file = facts_of(request)
    number = file.plan.eori if file.plan else ""
    proposed = number or (f"FR{file.company.siren}" if file.company else "")
    return ask(
        request,
        code="eori",
        form=questions.EoriForm(request.POST or None, initial={"number": proposed}),
        save=lambda data: trade.set_eori(**data, **who(request)),
        fields={trade.WrongEori: "number"},
    )


@require_http_methods(["GET", "POST"])
@member_required()
def epr_identifiers(request: HttpRequest, country: str) -> HttpResponse:
    """The identifiers of a country, all its streams on one page."""
    file = facts_of(request)
    initial: dict[str, Any] = {}
    for row in file.epr:
        if row.country == country:
            initial |= {
                f"identifier_{row.stream}": row.identifier,
                f"held_by_{row.stream}": row.held_by,
                f"valid_until_{row.stream}": row.valid_until,
            }
    streams = demanded(file.plan.families, country) if file.plan else []
    form = questions.EprForm(request.POST or None, initial=initial, country=country, streams=streams)
    return ask(
        request,
        code=code_of(country),
        form=form,
        save=lambda data: epr.declare(country=country, entries=form.entries(), **who(request)),
    )


@require_http_methods(["GET", "POST"])
@member_required()
def gpsr_contact(request: HttpRequest) -> HttpResponse:
    """Who answers for safety in the Union; the company itself is proposed."""
    file = facts_of(request)
    names = ("role", "name", "street", "postcode", "city", "country", "email")
    if file.safety:
        initial = {name: getattr(file.safety, name) for name in names}
    else:
        initial = {**address_of(file), "email": file.merchant.support_email}
    return ask(
        request,
        code="gpsr_contact",
        form=questions.SafetyForm(request.POST or None, initial=initial),
        save=lambda data: safety.set_contact(
            role=data.pop("role"), email=data.pop("email"), address=PostalAddress(**data), **who(request)
        ),
        fields={safety.OutsideUnion: "country", stores.WrongEmail: "email"},
    )


def address_of(file: File) -> dict[str, str]:
    """Return the company's address, as a first answer."""
    company = file.company
    if company is None:
        return {}
    names = ("street", "postcode", "city", "country")
    return {"name": company.legal_name, **{name: getattr(company, name) for name in names}}


@require_http_methods(["GET", "POST"])
@member_required()
def insurance(request: HttpRequest) -> HttpResponse:
    """The product liability insurance and its end."""
    return ask(
        request,
        code="insurance",
        form=questions.InsuranceForm(request.POST or None, request.FILES or None),
        save=lambda data: documents.receive(
            kind=DocumentKind.INSURANCE,
            file=data["file"],
            name=data["file"].name,
            expires_on=data["expires_on"],
            **who(request),
        ),
        fields={documents.Expired: "expires_on"},
        current=facts_of(request).document(DocumentKind.INSURANCE),
    )


@require_http_methods(["GET", "POST"])
@member_required()
def tax_data(request: HttpRequest) -> HttpResponse:
    """A sole trader's tax number, date and place of birth. The number that is known is not shown again."""
    file = facts_of(request)
    born = people.read(file.representatives[0]).birth_date if file.representatives else None
    form = questions.TaxForm(request.POST or None, initial=_tax_initial(file.tax_identity), birth_date=born)
    return ask(
        request,
        code="dac7",
        form=form,
        save=lambda data: tax_identity.declare(data=tax_identity.TaxData(**data), **who(request)),
        fields={
            tax_identity.WrongTin: "tin",
            tax_identity.WrongBirthPlace: "birth_place",
            people.WrongBirthDate: "birth_date",
        },
    )


def _tax_initial(row: TaxIdentity | None) -> dict[str, Any]:
    return {"tin_country": row.tin_country, "birth_country": row.birth_country} if row else {}
