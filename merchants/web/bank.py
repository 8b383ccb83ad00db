"""The bank account: given with the file, later changed with a second factor and two people of ours."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.refusals import Refusal
from core.web.step_up import second_factor_required
from merchants.enums import BankAccountState, DocumentKind, Role
from merchants.models import BankAccount, Merchant
from merchants.services import bank, bank_changes, documents, requirements
from merchants.web import forms as questions
from merchants.web.access import member_required
from merchants.web.proofs import ask_for
from merchants.web.questions import ask


class HolderDiffers(Refusal):
    """Asked back to the person, not a refusal of the account."""

    code = "holder_differs"


@require_http_methods(["GET", "POST"])
@member_required()
def account(request: HttpRequest) -> HttpResponse:
    """Where to pay. A holder that is not the company's name is asked about once."""
    merchant = request.merchant
    if merchant.status in bank_changes.OPENED:
        return show(request)
    form = questions.BankForm(request.POST or None, is_sole_trader=_is_sole_trader(merchant))

    def save(data: dict[str, Any]) -> None:
        _check_holder(merchant, form, data)
        bank.add(
            merchant_id=merchant.pk,
            iban=data["iban"],
            holder=data["holder"],
            by=request.user,
            at=timezone.now(),
        )

    return ask(
        request,
        code="bank_account",
        form=form,
        save=save,
        fields={bank.WrongIban: "iban", HolderDiffers: "holder"},
    )


def show(request: HttpRequest) -> HttpResponse:
    """Show to which account the store is paid, and the change that waits."""
    rows = BankAccount.objects.for_merchant(request.merchant).select_related("added_by").order_by("-pk")
    live = {row.state: row for row in rows.filter(state__in=["pending", "confirmed"])}
    last = rows.filter(state=BankAccountState.REFUSED).first()
    confirmed = live.get(BankAccountState.CONFIRMED)
    shown = {
        "confirmed": confirmed,
        "waiting": live.get(BankAccountState.PENDING),
        "refused": last if last and (confirmed is None or last.pk > confirmed.pk) else None,
        "may_change": request.membership.role in {Role.OWNER, Role.ADMINISTRATOR},
    }
    return render(request, "merchants/bank.html", shown)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
@second_factor_required
def change(request: HttpRequest) -> HttpResponse:
    """Ask for another account, with the bank's proof."""
    form = questions.BankChangeForm(
        request.POST or None, request.FILES or None, is_sole_trader=_is_sole_trader(request.merchant)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _check_holder(request.merchant, form, data)
            bank_changes.ask(
                merchant_id=request.merchant.pk,
                iban=data["iban"],
                holder=data["holder"],
                proof=data["proof"],
                proof_name=data["proof"].name,
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(_field_of(refusal), refusal.message)
        else:
            messages.success(
                request, _("Change received: two people of ours check it, and every owner is told by mail.")
            )
            return redirect("merchants:bank")
    shown = {"form": form, "waiting": bank_changes.waiting(merchant_id=request.merchant.pk)}
    return render(request, "merchants/bank_change.html", shown, status=422 if form.errors else 200)


@require_POST
@member_required(Role.OWNER)
def cancel(request: HttpRequest) -> HttpResponse:
    """Withdraw the change that waits: less than before is asked for, so no second factor is."""
    try:
        bank_changes.cancel(merchant_id=request.merchant.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Cancelled: you are paid to the same account as before."))
    return redirect("merchants:bank")


@require_http_methods(["GET", "POST"])
@member_required()
def proof(request: HttpRequest) -> HttpResponse:
    """The bank's own paper that names the holder and the IBAN. Of an open store it comes with a change of
    account, or when it is asked for again.
    """
    if request.merchant.status in bank_changes.OPENED and not _is_asked(request.merchant):
        return redirect("merchants:bank")
    return ask_for(request, DocumentKind.BANK_PROOF)


def _is_asked(merchant: Merchant) -> bool:
    item = requirements.compute(merchant_id=merchant.pk, at=timezone.now()).item("bank_proof")
    return item is not None and item.is_open


def _is_sole_trader(merchant: Merchant) -> bool:
    company = getattr(merchant, "company", None)
    return company is not None and company.is_sole_trader


def _check_holder(merchant: Merchant, form: forms.Form, data: dict[str, Any]) -> None:
    """Ask once about a holder that is not the company; whoever ticks the box is read by a person."""
    bank.parse(data["iban"])
    company = getattr(merchant, "company", None)
    if company is None or data["is_ours"] or not bank.holder_differs(data["holder"], company.legal_name):
        return
    form.fields["is_ours"].widget = forms.CheckboxInput()
    raise HolderDiffers(
        _(
            "“%(holder)s” is not the name of the company, “%(company)s”. If the account does belong to "
            "it, tick the box below and save again."
        )
        % {"holder": data["holder"], "company": company.legal_name}
    )


def _field_of(refusal: Refusal) -> str | None:
    fields: list[tuple[type[Refusal], str]] = [
        (bank.WrongIban, "iban"),
        (bank_changes.SameAccount, "iban"),
        (HolderDiffers, "holder"),
        (documents.DocumentRefused, "proof"),
    ]
    return next((name for kind, name in fields if isinstance(refusal, kind)), None)
