"""What we wrote to the people of the merchant."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from merchants.enums import Role
from merchants.models import Letter
from merchants.services import letters
from merchants.web.access import member_required


@require_safe
@member_required(Role.OWNER)
def show(request: HttpRequest) -> HttpResponse:
    """The letters, newest first."""
    found = Letter.objects.for_merchant(request.merchant).select_related("recipient")
    page = Paginator(found.order_by("-created_at", "-pk"), 30).get_page(request.GET.get("page"))
    lines = letters.read(list(page.object_list))
    return render(request, "merchants/letters.html", {"list_page": page, "lines": lines})


@require_safe
@member_required(Role.OWNER)
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """One letter, word for word."""
    found = get_object_or_404(
        Letter.objects.for_merchant(request.merchant).select_related("recipient"), public_id=public_id
    )
    [words] = letters.read([found])
    return render(request, "merchants/letter.html", {"words": words})
