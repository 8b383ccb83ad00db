"""The store's settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.web.components.names import language_name
from merchants.models import ReturnsAddress, StorePage, StoreText
from merchants.presentation import legal
from merchants.services import holidays
from merchants.web.access import member_required


@require_safe
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    """Show the settings, each with its page, and the legal notice composed from the file."""
    merchant = request.merchant
    texts = StoreText.objects.for_merchant(merchant).order_by("language")
    context = {
        "merchant": merchant,
        "page": StorePage.objects.for_merchant(merchant).first(),
        "languages": [language_name(text.language) for text in texts],
        "returns": ReturnsAddress.objects.for_merchant(merchant).order_by("zone"),
        "holidays": holidays.coming(merchant_id=merchant.pk, at=timezone.now()),
        "notice": legal.notice(merchant),
    }
    return render(request, "merchants/store.html", context)
