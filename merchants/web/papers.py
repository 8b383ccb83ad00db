"""Documents of the session's merchant."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.web.client import client_address
from merchants.models import Document
from merchants.presentation import papers
from merchants.web.access import member_required


@never_cache
@require_safe
@member_required()
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a document of the session's merchant; another merchant's gives 404."""
    found = get_object_or_404(Document.objects.for_merchant(request.merchant), public_id=public_id)
    return papers.send(found, by=request.user, address=client_address(request))
