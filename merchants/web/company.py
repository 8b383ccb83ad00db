"""The company: type a number, confirm what the register says, or type it yourself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.refusals import Refusal
from merchants.enums import RegistryOutcome
from merchants.models import RegistryCheck
from merchants.services import company, files, numbers, requirements
from merchants.web.access import member_required
from merchants.web.forms import DeclarationForm, NumberForm, PlaceForm


@require_http_methods(["GET", "POST"])
@member_required()
def number(request: HttpRequest) -> HttpResponse:
    """Type the number once; the register fills in the rest."""
    form = NumberForm(request.POST or None)
    answer = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now())
    opened = files.reopened_codes(merchant_id=request.merchant.pk)
    closed = files.why_not(answer.file.application, company.CODE, opened)
    if request.method == "POST" and closed is None and form.is_valid():
        try:
            found = company.look_up(
                merchant_id=request.merchant.pk, number=form.cleaned_data["number"], at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("number", refusal.message)
        else:
            return redirect("merchants:company_found", public_id=found.check.public_id)
    shown = {"form": form, "item": answer.item(company.CODE), "closed": closed, "answer": answer}
    return render(request, "merchants/company.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required()
def found(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm the company that a look-up found. Unknown or silent: correct the number, or declare."""
    check = get_object_or_404(RegistryCheck.objects.for_merchant(request.merchant), public_id=public_id)
    if check.outcome != RegistryOutcome.FOUND:
        return declare(request, check)
    registered = company.found_by(check)
    if registered is None or registered.head is None:
        raise Http404
    place = registered.establishment(check.query) or registered.head
    needs_name = not registered.is_disclosed and not (registered.legal_name and place.street)
    initial = {"postcode": place.postcode, "city": place.city}
    form = PlaceForm(request.POST or None, initial=initial) if needs_name else None
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
        "vat_number": numbers.CompanyNumber(registered.siren).vat_number,
        "check": check,
    }
    return render(request, "merchants/company_found.html", shown, status=422 if refusal else 200)


def declare(request: HttpRequest, check: RegistryCheck) -> HttpResponse:
    """Type the fields when the register is silent or does not know the number."""
    initial = {"number": numbers.spaced(check.query)} if len(check.query) == 14 else {}
    form = DeclarationForm(request.POST or None, initial=initial)
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
    shown = {"form": form, "check": check, "is_silent": check.outcome == RegistryOutcome.UNAVAILABLE}
    return render(request, "merchants/company_declare.html", shown, status=422 if form.errors else 200)
