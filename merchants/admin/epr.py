"""EPR identifiers whose shape is not known: a person looks them up in their register."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import ReadOnlyAdmin
from core.refusals import Refusal
from merchants.models import EprIdentifier
from merchants.services import epr


class CheckForm(forms.Form):
    """``identifier`` is the one that the page showed."""

    identifier = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text for the merchant"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


@admin.register(EprIdentifier)
class EprIdentifierAdmin(ReadOnlyAdmin):
    list_display = ("identifier", "country", "stream", "merchant", "held_by", "state", "declared_at")
    list_filter = ("state", "country", "stream")
    list_select_related = ("merchant",)
    search_fields = ("identifier", "merchant__store_name", "=merchant__company__siren")
    ordering = ("-declared_at", "-pk")
    actions_detail = ("look_up",)

    def has_look_up_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("merchants.check_epridentifier")

    @action(description=_("Verify or refuse"), url_path="look-up", permissions=["look_up"])
    def look_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what the register says, then note it."""
        row = EprIdentifier.objects.select_related("merchant").filter(pk=object_id).first()
        if row is None:
            raise Http404
        form = CheckForm(request.POST or None, initial={"identifier": row.identifier})
        if request.method == "POST" and form.is_valid():
            seen = {"identifier_id": row.pk, "identifier": form.cleaned_data["identifier"]}
            try:
                if "refuse" in request.POST:
                    epr.refuse(text=form.cleaned_data["text"], by=request.user, at=timezone.now(), **seen)
                else:
                    epr.verify(by=request.user, at=timezone.now(), **seen)
            except Refusal as refusal:
                form.add_error("text", refusal.message)
            else:
                messages.success(request, _("Noted."))
                return redirect(reverse("admin:merchants_epridentifier_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Look the identifier up in its register"),
            "form": form,
            "row": row,
            "register": epr.REGISTERS.get(row.country, {}).get(row.stream),
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/merchants/epr_check.html", context)
