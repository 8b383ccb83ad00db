"""Merchants and what is kept about them, to look at."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from core.admin import ReadOnlyAdmin
from merchants.admin import filters
from merchants.models import AgreementText, Decision, Merchant, RegistryCheck
from merchants.services.visits import PERMISSION


@admin.register(Merchant)
class MerchantAdmin(filters.Findable, ReadOnlyAdmin):
    merchant_path = "pk"
    list_display = ("__str__", "status", "country", "created_at", "opened_at")
    list_filter = ("status", filters.OwnCountryFilter)
    ordering = ("-pk",)
    sortable_by = ()
    actions_detail = ("propose_measure", "visit")

    def has_propose_permission(self, request: HttpRequest, object_id: str | int | None = None) -> bool:
        return request.user.has_perm("merchants.propose_measure")

    @action(description=_("Propose a measure"), url_path="propose-measure", permissions=["propose"])
    def propose_measure(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:merchants_measure_propose", object_id)

    @action(description=_("Open the portal as this merchant"), url_path="visit", permissions=["visit"])
    def visit(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:merchants_supportvisit_begin", object_id)

    def has_visit_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(PERMISSION)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("application", "kind", "reason", "decided_by", "created_at")
    list_filter = ("kind", "reason")
    list_select_related = ("application__merchant", "decided_by")
    paginator = filters.CappedPaginator
    ordering = ("-pk",)
    sortable_by = ()


@admin.register(RegistryCheck)
class RegistryCheckAdmin(ReadOnlyAdmin):
    list_display = ("query", "register", "outcome", "merchant", "asked_at")
    list_filter = ("outcome", "register")
    list_select_related = ("merchant",)
    search_fields = ("=query",)
    paginator = filters.CappedPaginator
    ordering = ("-pk",)
    sortable_by = ()


@admin.register(AgreementText)
class AgreementTextAdmin(ReadOnlyAdmin):
    list_display = ("kind", "version", "language", "effective_on", "sha256")
