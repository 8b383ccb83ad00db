"""The company: type a number, confirm what the register says, or type it yourself."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.refusals import Refusal
from merchants.adapters.registry import Establishment, RegisteredCompany, Suggestions
from merchants.adapters.vies import NOTHING
from merchants.enums import RegistryOutcome
from merchants.models import RegistryCheck
from merchants.presentation import tasks
from merchants.services import company, files, numbers, register_changes, requirements, vat_numbers
from merchants.web.access import member_required
from merchants.web.forms import DeclarationForm, MonacoForm, NumberForm, PlaceForm, VatNumberForm


@require_http_methods(["GET", "POST"])
@member_required()
def number(request: HttpRequest) -> HttpResponse:
    """Type a number or a name once; the register fills in the rest."""
    text = request.GET.get("q", "")
    form = NumberForm(request.POST or None, initial={"number": text})
    changes = register_changes.shown(merchant_id=request.merchant.pk)
    answer = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now())
    opened = files.reopened_codes(merchant_id=request.merchant.pk)
    closed = files.why_not(answer.file.application, company.CODE, opened)
    if request.method == "POST" and closed is None and form.is_valid():
        typed = form.cleaned_data["number"]
        if numbers.is_name(typed):
            return redirect(f"{reverse('merchants:company')}?{urlencode({'q': typed})}")
        try:
            found = company.look_up(merchant_id=request.merchant.pk, number=typed, at=timezone.now())
        except Refusal as refusal:
            form.add_error("number", refusal.message)
        else:
            return redirect("merchants:company_found", public_id=found.check.public_id)
    shown = {
        "form": form,
        "item": answer.item(company.CODE),
        **tasks.said_of(answer.item(company.CODE)),
        "closed": closed,
        "activity": answer.item("company_active"),
        "answer": answer,
        "text": text,
        "suggestions": _suggest(request, text) if text and closed is None else None,
        "changes": changes,
        "can_take": all(one.can_be_taken for one in changes),
    }
    return render(request, "merchants/company.html", shown, status=422 if form.errors else 200)


@require_POST
@member_required()
def take_over(request: HttpRequest) -> HttpResponse:
    """Take over what the register says now, or have it asked again."""
    try:
        if "again" in request.POST:
            register_changes.ask_again(merchant_id=request.merchant.pk, by=request.user)
            messages.success(request, _("The register is asked again; this page says what it answers."))
        else:
            register_changes.take_over(merchant_id=request.merchant.pk, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("merchants:company")


@require_GET
@member_required()
def suggest(request: HttpRequest) -> HttpResponse:
    """List companies under the field while a name is typed; a part of a page, for htmx."""
    text = request.GET.get("number", "")
    shown = {"suggestions": _suggest(request, text), "text": text}
    return render(request, "merchants/parts/suggestions.html", shown)


def _suggest(request: HttpRequest, text: str) -> Suggestions | None:
    """Return what a name finds; None for what is no name yet."""
    if len(text.strip()) < 3 or not numbers.is_name(text):
        return None
    return company.suggest(text=text, user_id=request.user.pk, at=timezone.now())


@require_http_methods(["GET", "POST"])
@member_required()
def found(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm the company that a look-up found, and from where it sells. Unknown or silent: correct the
    number, or declare.
    """
    check = get_object_or_404(RegistryCheck.objects.for_merchant(request.merchant), public_id=public_id)
    if check.outcome != RegistryOutcome.FOUND or not check.query.isdigit():
        return declare(request, check)
    registered = company.found_by(check)
    wanted = request.POST.get("siret") or request.GET.get("siret") or check.query
    place = registered.shown_first(wanted) if registered else None
    if registered is None or place is None:
        raise Http404
    form = _place_form(request, registered, place)
    refusal: Refusal | None = None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            company.choose(
                merchant_id=request.merchant.pk,
                check_id=check.pk,
                siret=place.siret,
                declared=company.Declared(**form.cleaned_data) if form else None,
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("merchants:file")
    shown = {
        "form": form,
        "refusal": refusal,
        "company": registered,
        "place": place,
        "others": [one for one in registered.establishments if one.siret != place.siret],
        "missing": max(0, registered.open_count - sum(e.is_open for e in registered.establishments)),
        "vat_number": vat_numbers.of(registered.siren, place.country),
        "check": check,
    }
    return render(request, "merchants/company_found.html", shown, status=422 if refusal else 200)


def _place_form(
    request: HttpRequest, registered: RegisteredCompany, place: Establishment
) -> PlaceForm | None:
    """Return the questions about what the register hides, None when it tells all."""
    if not company.needs_name(registered, place):
        return None
    initial = {"legal_name": registered.legal_name, "postcode": place.postcode, "city": place.city}
    return PlaceForm(request.POST if "legal_name" in request.POST else None, initial=initial)


@require_http_methods(["GET", "POST"])
@member_required()
def vat(request: HttpRequest) -> HttpResponse:
    """The VAT number, what VIES says of it, and the proof of having asked."""
    answer = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now())
    known = answer.file.company
    if known is None:
        return redirect("merchants:company")
    form = VatNumberForm(request.POST or None, initial={"number": known.vat_number})
    if request.method == "POST" and form.is_valid():
        try:
            vat_numbers.change(
                merchant_id=request.merchant.pk,
                number=form.cleaned_data["number"],
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("number", refusal.message)
        else:
            messages.success(request, _("Saved. VIES is asked at once, and again until it answers."))
            return redirect("merchants:vat_number")
    checks = RegistryCheck.objects.for_merchant(request.merchant).filter(query=known.vat_number)
    last = checks.order_by("-asked_at", "-pk").first() if known.vat_number else None
    shown = {
        "form": form,
        "company": known,
        "item": answer.item(vat_numbers.CODE),
        **tasks.said_of(answer.item(vat_numbers.CODE)),
        "check": last,
        "consultation": (last.answer.get("answer") or {}).get("requestIdentifier", "") if last else "",
    }
    return render(request, "merchants/vat_number.html", shown, status=422 if form.errors else 200)


def declare(request: HttpRequest, check: RegistryCheck) -> HttpResponse:
    """Type the fields when the register is silent or does not know the number."""
    form_class, initial = DeclarationForm, _initial(check)
    if not check.query.isdigit():
        form_class = MonacoForm
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        siret = data.pop("number")
        try:
            company.declare(
                merchant_id=request.merchant.pk,
                number=siret,
                declared=company.Declared(**data),
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("number" if isinstance(refusal, numbers.WrongNumber) else None, refusal.message)
        else:
            messages.success(request, _("Saved. We compare it with the register as soon as it answers."))
            return redirect("merchants:file")
    shown = {
        "form": form,
        "check": check,
        "is_monaco": not check.query.isdigit(),
        "is_silent": check.outcome == RegistryOutcome.UNAVAILABLE,
    }
    return render(request, "merchants/company_declare.html", shown, status=422 if form.errors else 200)


def _initial(check: RegistryCheck) -> dict[str, str]:
    if check.query.isdigit():
        return {"number": numbers.spaced(check.query)} if len(check.query) == 14 else {}
    said = check.answer.get("answer") or {}
    name = said.get("name", "")
    return {"number": check.query, "legal_name": "" if name == NOTHING else name, "city": "Monaco"}
