"""What holds for every address under ``/api/``, before and after its view."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.api import problems

PREFIX = "/api/"
CODES = {400: "malformed", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}


class ApiMiddleware:
    """Refuses bodies too large before they are read, tells the limits, makes every error a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return problems.answer(
                code="malformed", status=400, detail=_("The address holds a NUL character.")
            )
        response = self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type", "").startswith("text/html"):
            response = _as_problem(response.status_code)
        if quota := getattr(request, "api_quota", None):
            for name, value in quota.headers().items():
                response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view_func: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if not request.path_info.startswith(PREFIX):
            return None
        limit = getattr(getattr(view_func, "cls", None), "max_body_bytes", settings.API_MAX_BODY_BYTES)
        if _content_length(request) <= limit:
            return None
        return problems.answer(
            code="payload_too_large",
            status=413,
            detail=_("The body may have at most %(limit)d bytes.") % {"limit": limit},
            details={"limit": limit},
        )


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _as_problem(status: int) -> HttpResponse:
    """Answer what a view of Django answered in HTML: an address that does not exist, an unexpected error."""
    code = CODES.get(status, "internal_error" if status >= 500 else "malformed")
    detail = _("An unexpected error happened. It has been reported.")
    if status < 500:
        detail = _("The API does not know this address or request. Start from /api/v1/.")
    return problems.answer(code=code, status=status, detail=detail)
