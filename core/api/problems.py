"""Errors as problem details, RFC 9457.

400: cannot be read. 401 and 403: who, and what for. 404: not there, or a stranger's. 409: the state
forbids it. 412 and 428: conditions. 422: readable, and its meaning cannot be accepted. 429: wait.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problem_types import title_of, type_of
from core.logging import request_id
from core.refusals import Refusal

CONTENT_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into a problem document. Unexpected errors are logged, never shown."""
    request: Request = context["request"]
    if isinstance(exc, Refusal):
        body, headers = of_refusal(exc), getattr(exc, "headers", {})
    elif isinstance(exc, exceptions.ValidationError):
        in_address = request.method in ("GET", "HEAD", "OPTIONS")
        body, headers = _of_address(exc) if in_address else of_validation(exc), {}
    elif isinstance(exc, exceptions.APIException):
        body, headers = _of_api_exception(exc)
    else:
        body, headers = _of_other(exc, request), {}
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def document(
    *,
    code: str,
    status: int,
    detail: Any,
    details: dict[str, Any] | None = None,
    errors: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the members of a problem.

    Besides ``type``, ``title``, ``status``, ``code``, ``detail`` and ``request_id`` there are ``details``
    (facts of a refusal) and ``errors`` (one per wrong value) when they say something.
    """
    body: dict[str, Any] = {
        "type": type_of(code),
        "title": force_str(title_of(status)),
        "status": status,
        "code": code,
        "detail": force_str(detail),
        "request_id": request_id.get() or None,
    }
    if details:
        body["details"] = details
    if errors:
        body["errors"] = errors
    return body


def answer(*, code: str, status: int, detail: Any, **extra: Any) -> HttpResponse:
    """Return a problem where no view of the API could: unknown address, body refused before reading."""
    body = document(code=code, status=status, detail=detail, **extra)
    return HttpResponse(JSONRenderer().render(body), status=status, content_type=CONTENT_TYPE)


def of_refusal(refusal: Refusal) -> dict[str, Any]:
    """Return the problem of a refusal. Its ``details["errors"]``, when given, become ``errors``."""
    details = dict(refusal.details)
    errors = details.pop("errors", None)
    return document(
        code=refusal.code,
        status=refusal.status,
        detail=refusal.message,
        details=details,
        errors=errors,
    )


def of_validation(exc: exceptions.ValidationError) -> dict[str, Any]:
    """Return the problem of a body, or of one member of it, whose values cannot be accepted."""
    return document(
        code="validation_failed",
        status=422,
        detail=_("Some values cannot be accepted."),
        errors=list(_flatten(exc.detail, "", in_address=False)),
    )


def _of_address(exc: exceptions.ValidationError) -> dict[str, Any]:
    return document(
        code="invalid_parameter",
        status=400,
        detail=_("A parameter of the address is wrong."),
        errors=list(_flatten(exc.detail, "", in_address=True)),
    )


def _flatten(detail: Any, pointer: str, *, in_address: bool) -> Iterator[dict[str, Any]]:
    """Yield one error per message, with a JSON pointer (RFC 6901) to the value that is wrong."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            step = "" if key == "non_field_errors" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _flatten(value, pointer + step, in_address=in_address)
    elif isinstance(detail, list | tuple):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _flatten(value, f"{pointer}/{index}" if nested else pointer, in_address=in_address)
    else:
        where = {"pointer": pointer}
        if in_address:
            # None when the parameters are wrong together.
            where = {"parameter": pointer.lstrip("/")} if pointer else {}
        yield {**where, "code": getattr(detail, "code", "invalid"), "message": force_str(detail)}


CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "invalid_token",
    exceptions.PermissionDenied: "forbidden",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "rate_limited",
}


def _of_api_exception(exc: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    code = CODES.get(type(exc), "internal_error" if exc.status_code >= 500 else "forbidden")
    detail = _detail_of(exc)
    return document(code=code, status=exc.status_code, detail=detail), headers


def _detail_of(exc: exceptions.APIException) -> str:
    if isinstance(exc, exceptions.Throttled):
        seconds = max(1, int(getattr(exc, "wait", None) or 1))
        return _("The limit of requests is reached. Try again in %(seconds)d s.") % {"seconds": seconds}
    return force_str(exc.detail)


def _of_other(exc: Exception, request: Request) -> dict[str, Any]:
    if isinstance(exc, Http404):
        return document(
            code="not_found",
            status=404,
            detail=_("This does not exist, or not for this application. Check the address."),
        )
    if isinstance(exc, PermissionDenied):
        return document(code="forbidden", status=403, detail=_("This application may not do this."))
    if isinstance(exc, RequestDataTooBig):
        return document(code="payload_too_large", status=413, detail=_("The body is too large."))
    if isinstance(exc, DataError):
        # PostgreSQL refused a value that no serializer bounded: the caller's doing, and ours to bound.
        logger.error("A value reached the database that cannot be stored", exc_info=exc)
        in_address = request.method in ("GET", "HEAD", "OPTIONS")
        return document(
            code="invalid_parameter" if in_address else "validation_failed",
            status=400 if in_address else 422,
            detail=_("A value is outside what can be stored."),
        )
    logger.error("Unexpected error in the API", exc_info=exc)
    return document(
        code="internal_error",
        status=500,
        detail=_("An unexpected error happened. It has been reported."),
    )
