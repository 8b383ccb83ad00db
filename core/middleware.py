"""What every request gets: an id, a line in the log, and headers that tell the browser what it may do."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core import audit
from core.logging import request_id
from core.web.client import client_address

GetResponse = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("passerelle.request")
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: Fields of the desk's forms in which staff say why, the most telling first.
REASONS = ("text", "reason")
_QUIET = {"/healthz", "/readyz"}


class RequestIdMiddleware:
    """Takes the caller's ``X-Request-ID`` when it is well formed, else makes one; answers it and logs it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.headers.get("X-Request-ID", "")
        token = request_id.set(asked if _ID.fullmatch(asked) else uuid.uuid4().hex)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            if request.path not in _QUIET:
                self._log(request, response, time.monotonic() - started)
            return response
        finally:
            request_id.reset(token)

    def _log(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        # The route, not the path: a path may name a person or hold a token.
        route = request.resolver_match.route if request.resolver_match else None
        log.info(
            "%s %s",
            request.method,
            response.status_code,
            extra={"route": route, "status": response.status_code, "milliseconds": round(seconds * 1000, 1)},
        )


class AuditMiddleware:
    """Tells the trail who acts, from where and on which route, evaluated when something is written.

    Stands after authentication, and asks as late as that: an API view signs its caller in itself. On the desk
    also why: what was typed as the reason of the act.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def user() -> int | None:
            # Of a person only: an application, which has a key too, is told apart.
            known = getattr(request, "user", None)
            return known.pk if isinstance(known, get_user_model()) else None

        def application() -> str | None:
            known = getattr(getattr(request, "user", None), "application", None)
            return str(known.public_id) if known else None

        def address() -> str | None:
            return client_address(request)

        def route() -> str | None:
            return request.resolver_match.route if request.resolver_match else None

        def reason() -> str | None:
            typed = (request.POST.get(name, "").strip() for name in REASONS)
            return next((text[:500] for text in typed if text), None)

        said = {"reason": reason} if self._is_act_of_staff(request) else {}
        with audit.acting(
            user=user, application=application, ip=address, route=route, request_id=request_id.get(), **said
        ):
            return self.get_response(request)

    def _is_act_of_staff(self, request: HttpRequest) -> bool:
        return request.method == "POST" and request.path.startswith(self.prefix)


class SecurityHeadersMiddleware:
    """Adds the headers that Django does not know yet."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class AdminPolicyMiddleware:
    """Lets the admin's pages evaluate expressions and carry style attributes: unfold needs both, no page of
    ours does. Script and style elements in the page stay refused there too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(self.prefix):
            looser = {"script-src": [SELF, UNSAFE_EVAL], "style-src-attr": [UNSAFE_INLINE]}
            response._csp_replace = looser  # type: ignore[attr-defined]
        return response
