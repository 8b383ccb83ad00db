"""One question per page: show the form, make one service call, go back to the task list."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.refusals import Refusal
from merchants.presentation import tasks
from merchants.services import files, requirements, stores
from merchants.services.epr_registers import REGISTERS, code_of
from merchants.web import forms as questions
from merchants.web.access import member_required

Save = Callable[[dict[str, Any]], Any]


def ask(
    request: HttpRequest,
    *,
    code: str,
    form: forms.Form,
    save: Save,
    fields: Mapping[type[Refusal], str] | None = None,
    template: str = "merchants/question.html",
    then: str = "merchants:file",
    **context: Any,
) -> HttpResponse:
    """Show the question of a requirement, or save its answer; a refusal stands at its field, input kept."""
    answer = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now())
    item = answer.item(code)
    if item is None:
        messages.info(request, _("Nothing is asked of you here: it follows from what you sell, and where."))
        return redirect("merchants:file")
    closed = None
    if code not in ALWAYS_OPEN:
        opened = files.reopened_codes(merchant_id=request.merchant.pk)
        closed = files.why_not(answer.file.application, code, opened)
    if request.method == "POST" and closed is None and form.is_valid():
        try:
            save(form.cleaned_data)
        except Refusal as refusal:
            name = field_of(refusal, fields or {})
            form.add_error(name if name in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(then)
    shown = {"form": form, "item": item, "closed": closed, "answer": answer, **tasks.said_of(item), **context}
    return render(request, template, shown, status=422 if form.is_bound and form.errors else 200)


# What may change after approval too: the store is the merchant's.
ALWAYS_OPEN = frozenset(
    {
        *("store_name", "dsa_contact", "support_hours", "returns_address", "trade_plan", "gpsr_contact"),
        *("vat_scheme", "vat_cross_border", "vat_import", "eori", "dac7"),
        *(code_of(country) for country in REGISTERS),
    }
)


def field_of(refusal: Refusal, fields: Mapping[type[Refusal], str]) -> str | None:
    """Return the field that the refusal is about; services of several fields name it themselves."""
    if named := refusal.details.get("field"):
        return str(named)
    return next((name for kind, name in fields.items() if isinstance(refusal, kind)), None)


@require_http_methods(["GET", "POST"])
@member_required()
def store_name(request: HttpRequest) -> HttpResponse:
    def save(data: dict[str, Any]) -> None:
        stores.name_store(
            merchant_id=request.merchant.pk, name=data["store_name"], by=request.user, at=timezone.now()
        )

    initial = {"store_name": request.merchant.store_name}
    return ask(
        request,
        code="store_name",
        form=questions.StoreNameForm(request.POST or None, initial=initial),
        save=save,
        fields={Refusal: "store_name"},
    )


@require_http_methods(["GET", "POST"])
@member_required()
def contact(request: HttpRequest) -> HttpResponse:
    def save(data: dict[str, Any]) -> None:
        stores.set_contact(merchant_id=request.merchant.pk, **data, by=request.user, at=timezone.now())

    initial = {"email": request.merchant.support_email, "phone": request.merchant.support_phone}
    return ask(
        request,
        code="dsa_contact",
        form=questions.ContactForm(request.POST or None, initial=initial),
        save=save,
        fields={stores.WrongEmail: "email", stores.WrongPhone: "phone"},
    )
