"""Documents of merchants, shown as pictures of their pages; each page and each download is logged."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from core.admin import ReadOnlyAdmin
from core.web.client import client_address
from merchants.admin import filters
from merchants.enums import ViewKind
from merchants.models import Document, DocumentView
from merchants.presentation import papers
from merchants.services import previews


@admin.register(Document)
class DocumentAdmin(filters.Findable, ReadOnlyAdmin):
    """What was sent, what still has to be read, what soon ends."""

    list_display = ("kind", "merchant", "state", "issued_on", "expires_on", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("merchant",)
    ordering = ("-pk",)
    sortable_by = ()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        parts = [
            path(
                f"<uuid:public_id>/{word}/<int:number>/",
                never_cache(view(self.part)),
                {"kind": kind},
                name=f"merchants_document_{name}",
            )
            for word, name, kind in (("pages", "page", ViewKind.PAGE), ("files", "file", ViewKind.ORIGINAL))
        ]
        return [*parts, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the document's pages, and who looked at it before."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        document = get_object_or_404(Document.objects.select_related("merchant"), pk=object_id)
        shown = papers.shown(document, by=request.user, place=papers.at_desk(document))
        if shown.is_waiting:
            previews.ask_again(document=document)
        views = DocumentView.objects.filter(document=document).select_related("user").order_by("-pk")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": document,
            "document": document,
            "shown": shown,
            "views": views[:50] if request.user.has_perm("merchants.view_documentview") else [],
        }
        return TemplateResponse(request, "admin/merchants/document.html", context)

    def part(self, request: HttpRequest, public_id: UUID, kind: str, number: int) -> HttpResponse:
        """Send one page or one file. A link that is too old leads back to the document."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(Document, public_id=public_id)
        if not papers.is_current(request.GET.get("key", ""), found, kind, number, by=request.user):
            return redirect(reverse("admin:merchants_document_change", args=[found.pk]))
        return papers.send(found, kind, number, by=request.user, address=client_address(request))
