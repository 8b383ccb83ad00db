"""Closing one's own account."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.refusals import Refusal
from merchants.services import account


@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Say what closing means, or what stands in its way; the button closes."""
    shown = {"stores": account.stores_in_the_way(user_id=request.user.pk)}
    if request.method == "GET":
        return render(request, "merchants/account_close.html", shown)
    try:
        account.close(user_id=request.user.pk, at=timezone.now())
    except Refusal as refusal:
        shown["refusal"] = refusal
        return render(request, "merchants/account_close.html", shown, status=refusal.status)
    logout(request)
    messages.success(request, _("Your account is closed. We have written to you to confirm it."))
    return redirect("home")
