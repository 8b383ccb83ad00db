"""Pages for what went wrong. They need neither database nor session: these may be what is down."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.api import problems
from core.logging import request_id
from core.web.theme import theme_of

#: What machines are told instead of a page.
CODES = {
    400: "malformed",
    403: "forbidden",
    404: "not_found",
    429: "rate_limited",
    500: "internal_error",
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request,
        400,
        _("This request cannot be read"),
        _("Something in the address or in what was sent is not as we expect it. Go back and try once more."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request,
        403,
        _("This page is not open to you"),
        _("Your role does not include it. The owner of your store can change your role."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(
        request,
        404,
        _("There is no page here"),
        _("The address may be mistyped, or what it showed was removed or belongs to another store."),
    )


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = _answer(
        request,
        429,
        _("Too many tries in a short time"),
        _("To protect accounts we count tries. Wait five minutes, then try again: nothing is lost."),
    )
    response.headers.setdefault("Retry-After", "300")
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(
        request,
        500,
        _("Something broke on our side"),
        _("What you sent may not be saved: look before you send it again. We have been told."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    return _answer(
        request,
        403,
        _("This form has expired"),
        _("It stayed open too long, or your browser refuses cookies. Go back, reload, send it again."),
    )


def _answer(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.answer(code=CODES[status], status=status, detail=text)
    context = page_context(request, title=title, text=text, status=status, reference=request_id.get())
    return HttpResponse(render_to_string("errors/error.html", context), status=status)


def page_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """Return what a page outside the context processors needs."""
    return {"theme": theme_of(request), "LANGUAGE_CODE": get_language() or "fr", **more}
