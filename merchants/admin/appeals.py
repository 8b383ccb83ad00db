"""The desk of appeals, by the day their answer is due."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core import sealed
from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from merchants.admin import filters
from merchants.admin.measure_forms import AppealForm
from merchants.enums import AppealStatus
from merchants.models import Appeal
from merchants.presentation import measures as shown
from merchants.services import appeals, statements

DECIDE = "merchants.decide_appeal"
FIELDS: dict[type[Refusal], str] = {appeals.WrongEnd: "ends_at", appeals.NotDivisible: "outcome"}


@admin.register(Appeal)
class AppealAdmin(filters.Findable, ReadOnlyAdmin):
    merchant_path = "measure__merchant"
    """The queue, what is due first on top, and the page where one appeal is decided."""

    list_display = ("measure", "merchant", "shown_status", "due", "submitted_at", "assigned_to", "outcome")
    list_filter = (filters.AppealStateFilter, filters.AppealHandsFilter)
    list_select_related = ("measure__merchant", "assigned_to")
    ordering = ("decide_until", "pk")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Appeal]":
        found: QuerySet[Appeal] = super().get_queryset(request)
        return found.defer("text", "answer")

    @display(description=_("merchant"), ordering="measure__merchant__store_name")
    def merchant(self, appeal: Appeal) -> str:
        return str(appeal.measure.merchant)

    @display(
        description=_("status"),
        ordering="status",
        label={**dict.fromkeys(AppealStatus, "info"), AppealStatus.DECIDED: "success"},
    )
    def shown_status(self, appeal: Appeal) -> tuple[str, str]:
        return appeal.status, appeal.get_status_display()

    @display(description=_("answer due"), ordering="decide_until")
    def due(self, appeal: Appeal) -> str:
        late = shown.is_late(appeal, timezone.now())
        return f"{appeal.decide_until:%d/%m/%Y}" + (f" ⚠ {_('late')}" if late else "")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        mine = [
            path("<int:pk>/take/", view(self.take), name="merchants_appeal_take"),
            path("<int:pk>/decide/", view(self.decide), name="merchants_appeal_decide"),
        ]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the measure and the appeal beside each other."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, self._get(object_id), AppealForm())

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._must_post(request)
        try:
            appeals.take(appeal_id=self._get(pk).pk, by=request.user, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        return redirect("admin:merchants_appeal_change", pk)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide; what the service refuses stands at its field, the text kept."""
        self._must_post(request)
        appeal, form = self._get(pk), AppealForm(request.POST)
        if form.is_valid():
            try:
                appeals.decide(appeal_id=appeal.pk, by=request.user, at=timezone.now(), **form.cleaned_data)
            except Refusal as refusal:
                field = next((name for kind, name in FIELDS.items() if isinstance(refusal, kind)), None)
                form.add_error(field, forms.ValidationError(refusal.message))
            else:
                messages.success(request, _("Decided: the merchant is told."))
                return redirect("admin:merchants_appeal_change", pk)
        return self._page(request, appeal, form)

    def _must_post(self, request: HttpRequest) -> None:
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied

    def _get(self, pk: Any) -> Appeal:
        related = ("measure__merchant", "measure__proposed_by", "measure__confirmed_by", "measure__agreement")
        return get_object_or_404(Appeal.objects.select_related(*related, "assigned_to", "decided_by"), pk=pk)

    def _page(self, request: HttpRequest, appeal: Appeal, form: AppealForm) -> HttpResponse:
        measure, user = appeal.measure, request.user
        is_open = appeal.status != AppealStatus.DECIDED and user.has_perm(DECIDE)
        took_part = user.pk in {measure.proposed_by_id, measure.confirmed_by_id}
        application = getattr(measure.merchant, "application", None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Appeal against %(reference)s") % {"reference": measure.reference},
            "back": reverse("admin:merchants_appeal_changelist"),
            "measure": measure,
            "what": shown.what(measure),
            "facts": sealed.unseal(measure.facts),
            "clause": statements.clause_title(measure),
            "appeal": shown.show_appeal(appeal, timezone.now()),
            "application": application,
            "form": form,
            "took_part": took_part,
            "may_take": is_open and not took_part and appeal.assigned_to_id != user.pk,
            "may_decide": is_open and not took_part and appeal.assigned_to_id == user.pk,
        }
        return TemplateResponse(request, "admin/merchants/measures/appeal.html", context)
