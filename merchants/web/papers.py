"""Documents of the session's merchant: looked at as pictures, downloaded as they came."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.web.client import client_address
from merchants.enums import Role
from merchants.models import Document
from merchants.presentation import papers
from merchants.services import previews
from merchants.web.access import member_required


@never_cache
@require_safe
@member_required()
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the pages of a document of the session's merchant; another merchant's gives 404."""
    found = own(request, public_id)
    shown = papers.shown(found, by=request.user, place=papers.in_portal(found))
    if shown.is_waiting:
        previews.ask_again(document=found)
    return render(request, "merchants/document.html", {"shown": shown, "document": found})


@never_cache
@require_safe
@member_required()
def part(request: HttpRequest, public_id: UUID, kind: str, number: int) -> HttpResponse:
    """Send one page or one file. A link that is too old leads back to the document, which makes new ones."""
    found = own(request, public_id)
    if not papers.is_current(request.GET.get("key", ""), found, kind, number, by=request.user):
        return redirect("merchants:document", public_id)
    return papers.send(found, kind, number, by=request.user, address=client_address(request))


def own(request: HttpRequest, public_id: UUID) -> Document:
    """Return a document of the session's merchant; what tells of a person, to those who lead only."""
    found = get_object_or_404(Document.objects.for_merchant(request.merchant), public_id=public_id)
    if found.person_id and request.membership.role not in {Role.OWNER, Role.ADMINISTRATOR}:
        raise PermissionDenied
    return found
