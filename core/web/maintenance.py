"""The closed sign: while ``MAINTENANCE`` is set, every page but the health checks answers 503."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.api import problems
from core.web.views.errors import page_context

STATUS = "/status/"
OPEN = ("/healthz", "/readyz", "/static/")


class MaintenanceMiddleware:
    """Answers at once, before sessions and the database. ``MAINTENANCE_MINUTES`` tells when to come back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == STATUS:
            # Who is signed in is asked of the database, which this page must do without.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        if not settings.MAINTENANCE or request.path.startswith(OPEN):
            return self.get_response(request)
        response = self._closed(request)
        response["Retry-After"] = str(settings.MAINTENANCE_MINUTES * 60)
        response["Cache-Control"] = "no-store"
        return response

    def _closed(self, request: HttpRequest) -> HttpResponse:
        title = _("Passerelle is being maintained")
        text = _("Back in about %(minutes)s minutes. Nothing is lost meanwhile.") % {
            "minutes": settings.MAINTENANCE_MINUTES
        }
        if request.path.startswith("/api/"):
            return problems.answer(code="unavailable", status=503, detail=f"{title}. {text}")
        context = page_context(request, title=title, text=text, status=503)
        return HttpResponse(render_to_string("errors/error.html", context), status=503)
