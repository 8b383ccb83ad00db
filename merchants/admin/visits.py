"""Visits to merchants' portals: begun from the merchant's page, and looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from merchants.models import Merchant, SupportVisit
from merchants.services import visits
from merchants.services.visits import PERMISSION, SESSION_KEY


class VisitForm(forms.Form):
    """Why; the merchant can read it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The merchant reads it. The ticket’s number and what you look for, for instance."),
        min_length=visits.REASON_LETTERS,
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


@admin.register(SupportVisit)
class SupportVisitAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "merchant", "visitor", "why", "expires_at", "ended_at")
    list_select_related = ("merchant", "visitor")
    search_fields = ("merchant__store_name", "visitor__email")
    ordering = ("-created_at", "-pk")
    readonly_fields = ("why", "seen")

    @display(description=_("reason"))  # type: ignore[untyped-decorator]
    def why(self, visit: SupportVisit) -> str:
        return visits.reason_of(visit)

    @display(description=_("pages seen"))  # type: ignore[untyped-decorator]
    def seen(self, visit: SupportVisit) -> str:
        pages = visit.pages.order_by("pk")
        return " · ".join(f"{timezone.localtime(one.seen_at):%H:%M:%S} {one.path}" for one in pages) or "—"

    def get_urls(self) -> list[URLPattern]:
        begin = self.admin_site.admin_view(self.begin)
        return [
            path("begin/<int:merchant_id>/", begin, name="merchants_supportvisit_begin"),
            *super().get_urls(),
        ]

    def begin(self, request: HttpRequest, merchant_id: int) -> HttpResponse:
        """Ask why, then open the portal as this merchant."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        merchant = get_object_or_404(Merchant, pk=merchant_id)
        form = VisitForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                visit = visits.begin(
                    merchant_id=merchant.pk, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except Refusal as refusal:
                form.add_error("reason", refusal.message)
            else:
                request.session[SESSION_KEY] = str(visit.public_id)
                return redirect("merchants:file")
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Open the portal as %(merchant)s") % {"merchant": merchant},
            "merchant": merchant,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/merchants/visit.html", context, status=status)
