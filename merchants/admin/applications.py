"""The review desk. Nothing is typed into a file here: every act is a call of ``services.review``."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin import ReadOnlyAdmin
from core.dates import working_hours_between
from core.refusals import Refusal
from merchants.admin import desk
from merchants.enums import ApplicationStatus
from merchants.models import Application

WAITING = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED)


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """The queue, oldest first, and the desk where one file is decided."""

    list_display = ("store", "state", "submitted_at", "age", "assigned_to", "proposed_by")
    list_display_links = ("store",)
    list_filter = ("status", ("assigned_to", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("merchant", "merchant__company", "assigned_to", "proposed_by")
    search_fields = ("merchant__store_name", "merchant__company__legal_name", "merchant__company__siren")
    ordering = ("submitted_at", "pk")

    @display(description=_("merchant"), ordering="merchant__store_name")
    def store(self, application: Application) -> str:
        return desk.name_of(application.merchant)

    @display(
        description=_("status"),
        ordering="status",
        # Unfold prints the bare code of what has no colour.
        label={
            **dict.fromkeys(ApplicationStatus, "info"),
            ApplicationStatus.PROPOSED: "warning",
            ApplicationStatus.APPROVED: "success",
            ApplicationStatus.REJECTED: "danger",
        },
    )
    def state(self, application: Application) -> tuple[str, str]:
        return application.status, application.get_status_display()

    @display(description=_("working hours of 48"), ordering="submitted_at")
    def age(self, application: Application) -> str:
        if application.status not in WAITING or application.submitted_at is None:
            return "–"
        hours = working_hours_between(application.submitted_at, timezone.now())
        return f"{hours:.0f} h" + (" ⚠" if hours > desk.SERVICE_HOURS else "")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        mine = [path("<int:pk>/decide/", view(self.decide), name="merchants_application_decide")]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what was declared, what the register says and the document, side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        application = self._get(object_id)
        shown = {
            **self.admin_site.each_context(request),
            **desk.context(application, request.user, timezone.now()),
            "opts": self.model._meta,
            "title": desk.name_of(application.merchant),
        }
        return TemplateResponse(request, "admin/merchants/desk.html", shown)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the one service call that the form names; a refusal is told, nothing else happens."""
        if request.method != "POST":
            raise Http404
        needed = "merchants.assign_application" if request.POST.get("act") == "assign" else desk.PERMISSION
        if not request.user.has_perm(needed):
            raise PermissionDenied
        application = self._get(pk)
        form = desk.DecisionForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(e for errors in form.errors.values() for e in errors))
        else:
            try:
                desk.act(application.pk, form.cleaned_data, by=request.user, at=timezone.now())
            except Refusal as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, _("Done: %(act)s.") % {"act": desk.ACTS[form.cleaned_data["act"]]})
        return redirect(reverse("admin:merchants_application_change", args=[pk]))

    def _get(self, pk: Any) -> Application:
        rows = Application.objects.select_related("merchant", "assigned_to", "proposed_by", "decided_by")
        return get_object_or_404(rows, pk=pk)
