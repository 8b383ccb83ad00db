"""The store's settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from merchants.web.access import member_required


@require_safe
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    """Name, address and contact, each with its page."""
    return render(request, "merchants/store.html", {"merchant": request.merchant})
