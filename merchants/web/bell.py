"""The lines under the bell."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from merchants.enums import Role
from merchants.models import Notification
from merchants.services import notifications
from merchants.web.access import member_required


@require_safe
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    lines = Notification.objects.for_merchant(request.merchant).order_by("-created_at", "-pk")
    page = Paginator(lines, 30).get_page(request.GET.get("page"))
    for line in page.object_list:
        line.text = notifications.text_of(line)
    return render(request, "merchants/notifications.html", {"list_page": page})


@require_POST
@member_required(*Role, when_closed=True)
def read(request: HttpRequest) -> HttpResponse:
    notifications.mark_read(merchant_id=request.merchant.pk, at=timezone.now())
    return redirect("merchants:notifications")
