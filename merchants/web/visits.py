"""The portal as the merchant sees it, for the marketplace's staff, and what the merchant sees of that."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from merchants.enums import Role
from merchants.models import Membership, SupportVisit
from merchants.services import visits
from merchants.services.visits import PERMISSION, SESSION_KEY
from merchants.web.access import member_required

#: Staff's own doors: a visit changes nothing there.
_OWN = ("/admin/", "/api/", "/static/", "/healthz", "/readyz")
#: What may be sent during a visit: its own end, and what is the person's own.
_MAY_SEND = {"merchants:visit_end", "account_logout", "choose_language", "choose_theme"}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class VisitMiddleware:
    """While a visit lasts, sets ``request.visit`` and makes its merchant the one of the request, in the role
    that only reads; refuses everything that would change something, and keeps which pages were seen.

    Stands after ``MerchantMiddleware``, and after messages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visit = None
        if request.path.startswith(_OWN) or SESSION_KEY not in request.session:
            return self.get_response(request)
        visit = self._visit(request)
        if visit is None:
            del request.session[SESSION_KEY]
            messages.info(request, _("Your visit to the merchant’s portal is over."))
            return redirect("admin:index")
        request.visit = visit
        request.merchant = visit.merchant
        request.membership = Membership(merchant=visit.merchant, user=request.user, role=Role.READ_ONLY)
        request.memberships = [request.membership]
        response = self.get_response(request)
        is_theirs = not request.path.startswith("/accounts/")
        if is_theirs and response.status_code == 200 and request.method == "GET":
            visits.note_page(visit_id=visit.pk, path=request.path, at=timezone.now())
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(request, "visit", None) is None or request.method in _READING:
            return None
        if request.resolver_match.view_name in _MAY_SEND:
            return None
        return render(request, "merchants/visit_refused.html", status=403)

    def _visit(self, request: HttpRequest) -> SupportVisit | None:
        user, now, public_id = request.user, timezone.now(), request.session[SESSION_KEY]
        if user.is_authenticated and user.is_staff and user.has_perm(PERMISSION):
            found = visits.current(public_id=public_id, visitor_id=user.pk, at=now)
            if found is not None:
                return found
        for pk in SupportVisit.objects.filter(public_id=public_id, ended_at=None).values_list(
            "pk", flat=True
        ):
            visits.end(visit_id=pk, at=now)
        return None


@require_POST
@login_required
def end(request: HttpRequest) -> HttpResponse:
    """End the visit and go back to the desk."""
    if request.visit is not None:
        visits.end(visit_id=request.visit.pk, at=timezone.now())
        merchant_id = request.visit.merchant_id
        request.session.pop(SESSION_KEY, None)
        return redirect(reverse("admin:merchants_merchant_change", args=[merchant_id]))
    return redirect("admin:index")


@require_safe
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    """When the marketplace's support looked at this store, why, and how many pages."""
    found = SupportVisit.objects.for_merchant(request.merchant).annotate(seen=Count("pages"))
    page = Paginator(found.order_by("-created_at", "-pk"), 30).get_page(request.GET.get("page"))
    for visit in page.object_list:
        visit.why = visits.reason_of(visit)
        visit.until = visit.ended_at or visit.expires_at
    return render(request, "merchants/visits.html", {"list_page": page})
