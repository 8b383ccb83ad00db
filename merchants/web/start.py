"""First steps: open a store, or go to another one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from core.refusals import Refusal
from merchants.enums import MerchantStatus
from merchants.services import sessions, signup


@login_required
@require_http_methods(["GET"])
def landing(request: HttpRequest) -> HttpResponse:
    """Where signing in leads: the file until the store opens, then the day's work; staff, to the desk."""
    if request.merchant is not None:
        onboarding = request.merchant.status == MerchantStatus.ONBOARDING
        return redirect("merchants:file" if onboarding else "home")
    return redirect("admin:index" if request.user.is_staff else "merchants:start")


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """« Créer ma boutique »: what it takes, and the button that opens the file."""
    if request.method == "GET":
        return render(request, "merchants/start.html")
    try:
        merchant = signup.open_file(user_id=request.user.pk, at=timezone.now())
    except Refusal as refusal:
        messages.info(request, refusal.message)
        return redirect("merchants:file")
    request.session[sessions.CHOSEN] = str(merchant.public_id)
    return redirect("merchants:company")


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's merchants: ``merchant`` is its public id; a stranger's gives 404."""
    chosen = request.POST.get("merchant", "")
    if chosen not in {str(m.merchant.public_id) for m in request.memberships}:
        raise Http404
    request.session[sessions.CHOSEN] = chosen
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    return redirect(target)
