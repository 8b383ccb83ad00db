"""Changes of bank accounts: two people confirm. Nothing is typed into a row, every act is a service call."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core import sealed
from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from merchants.admin import desk
from merchants.enums import BankAccountState
from merchants.models import BankAccount
from merchants.services import bank, bank_changes

PERMISSION = "merchants.confirm_bankaccount"


class DecisionForm(forms.Form):
    act = forms.ChoiceField(choices=[("confirm", _("Confirm")), ("refuse", _("Refuse"))])
    text = forms.CharField(
        label=_("Why it is refused, as the merchant will read it"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    """Accounts, those that wait first by age; the page of one shows what two people compare."""

    list_display = (
        "store",
        "iban_hint",
        "bank_name",
        "shown_state",
        "created_at",
        "proposed_by",
        "decided_by",
    )
    list_display_links = ("store",)
    list_filter = ("state",)
    list_select_related = ("merchant", "merchant__company", "proposed_by", "decided_by")
    search_fields = ("merchant__store_name", "merchant__company__legal_name", "merchant__company__siren")
    ordering = (Case(When(state=BankAccountState.PENDING, then=0), default=1).asc(), "created_at", "pk")

    @display(description=_("merchant"), ordering="merchant__store_name")
    def store(self, account: BankAccount) -> str:
        return desk.name_of(account.merchant)

    @display(
        description=_("state"),
        ordering="state",
        label={
            BankAccountState.PENDING: "warning",
            BankAccountState.CONFIRMED: "success",
            BankAccountState.REFUSED: "danger",
            BankAccountState.REPLACED: "info",
            BankAccountState.CANCELLED: "info",
        },
    )
    def shown_state(self, account: BankAccount) -> tuple[str, str]:
        return account.state, account.get_state_display()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", view, name="merchants_bankaccount_decide"), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the account beside the company, its proof, and who else gave the same."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        account = self._get(object_id)
        company = getattr(account.merchant, "company", None)
        holder = sealed.unseal(account.holder)
        waits = bank_changes.waiting(merchant_id=account.merchant_id) == account
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": desk.name_of(account.merchant),
            "account": account,
            "company": company,
            "holder": holder,
            "holder_differs": company is not None and bank.holder_differs(holder, company.legal_name),
            "before": self._before(account),
            "same": bank.same_elsewhere(account),
            "form": DecisionForm() if waits and request.user.has_perm(PERMISSION) else None,
            "is_maker": account.proposed_by_id == request.user.pk,
        }
        return TemplateResponse(request, "admin/merchants/bank_account.html", shown)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the one service call that the form names; a refusal is told, nothing else happens."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        account, form = self._get(pk), DecisionForm(request.POST)
        if not form.is_valid():
            raise Http404
        who = {"account_id": account.pk, "by": request.user, "at": timezone.now()}
        try:
            if form.cleaned_data["act"] == "confirm":
                bank_changes.confirm(**who)
            else:
                bank_changes.refuse(text=form.cleaned_data["text"], **who)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Saved."))
        return redirect(reverse("admin:merchants_bankaccount_change", args=[pk]))

    def _get(self, pk: Any) -> BankAccount:
        return get_object_or_404(
            BankAccount.objects.select_related(
                "merchant__application", "merchant__company", "proof", "added_by", "proposed_by", "decided_by"
            ),
            pk=pk,
        )

    def _before(self, account: BankAccount) -> BankAccount | None:
        rows: QuerySet[BankAccount] = BankAccount.objects.for_merchant(account.merchant_id)
        return rows.filter(state=BankAccountState.CONFIRMED).exclude(pk=account.pk).first()
