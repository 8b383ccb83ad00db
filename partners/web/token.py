"""Where an application obtains its tokens, gives them back and asks what they are worth."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc.views import DeviceCodeView, IntrospectView, RevokeView, TokenView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.api import problems
from core.api.throttling import Quota, count_in
from core.web.client import client_address


class _Throttled:
    """A door of the library where a client shows its secret, and a limit on how often it may be tried.

    By address and by client, all doors together: a secret is not to be guessed, nor our hashing be kept
    busy, at one more than at another. Both right and wrong secrets count. The count is written before the
    library's transaction, which a refusal does not undo.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if exceeded := _exceeded(request, at=timezone.now()):
            return _refusal(exceeded)
        # The database keeps no NUL; the library would ask it for one.
        sent = [_client_id(request) or "", *request.POST.values()]
        if any("\x00" in value for value in sent):
            return JsonResponse({"error": "invalid_request"}, status=400)
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class ThrottledTokenView(_Throttled, TokenView):  # type: ignore[misc]
    """Gives tokens."""


class ThrottledRevokeView(_Throttled, RevokeView):  # type: ignore[misc]
    """Ends a token."""


class ThrottledIntrospectView(_Throttled, IntrospectView):  # type: ignore[misc]
    """Says what a token is worth."""


class ThrottledDeviceCodeView(_Throttled, DeviceCodeView):  # type: ignore[misc]
    """Refuses: no client of ours may ask for device codes, and the library has no switch for them."""


def _exceeded(request: HttpRequest, *, at: datetime) -> Quota | None:
    """Count one try by address, then by client, and return the limit it breaks.

    An address past its limit no longer spends the client's, nor fills the table with invented ones.
    """
    for name, caller in (("address", client_address(request)), ("client", _client_id(request))):
        if not caller:
            continue
        # Hashed, for what a stranger sends has any length.
        bucket = f"token:{name}:{sha256(caller.encode(errors='replace')).hexdigest()}"
        quota = count_in(bucket, name=name, limit=settings.TOKEN_RATE_LIMITS[name], at=at)
        if quota.is_exceeded:
            return quota
    return None


def _client_id(request: HttpRequest) -> str | None:
    """Return the client as the library reads it: of the header, else of the body."""
    client_id, secret = extract_basic_auth(request.headers)
    return client_id if client_id or secret else request.POST.get("client_id")


def _refusal(quota: Quota) -> HttpResponse:
    response = problems.answer(
        code="rate_limited",
        status=429,
        detail=_("The limit of requests is reached. Try again in %(seconds)d s.") % {"seconds": quota.reset},
    )
    headers = {**quota.headers(), "Retry-After": str(quota.reset), "Cache-Control": "no-store"}
    for name, value in headers.items():
        response.headers[name] = value
    return response
