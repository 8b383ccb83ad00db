"""A request that is repeated has its effect once.

The caller sends ``Idempotency-Key`` and may send the same request again whatever happened to the first one:

- done: the stored answer comes back, with ``Idempotency-Replayed: true``;
- still running: 409 ``idempotency_in_progress`` and ``Retry-After``;
- another method, address or body under the same key: 409 ``idempotency_key_reused``;
- never came to a decision (unreadable, not valid, not allowed, error of ours): runs as if it were new.

An act takes two statements: one takes an advisory lock and looks for the stored answer, one stores the
answer in the transaction of the effect.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import problems
from core.api.principal import principal_of
from core.refusals import Refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MAX_LENGTH = 255
KEPT_HEADERS = ("Content-Type", "ETag", "Location")


class IdempotencyKeyInvalid(Refusal):
    """The key is missing where one is needed, empty, longer than 255 characters, or not printable ASCII."""

    code = "idempotency_key_invalid"
    status = 400


class IdempotencyKeyReused(Refusal):
    """The key was used for another request. A new act needs a new key."""

    code = "idempotency_key_reused"
    status = 409


class IdempotencyInProgress(Refusal):
    """The first request with this key is still running. Repeat it when Retry-After has passed."""

    code = "idempotency_in_progress"
    status = 409
    headers = {"Retry-After": "1"}


class _AnsweredMeanwhile(Exception):
    """Another request with the same key committed between our look-up and our lock."""


class Attempt(NamedTuple):
    """Which request this is, and on whose behalf."""

    principal: str
    key: str
    method: str
    path: str
    body_hash: bytes

    @property
    def lock_number(self) -> int:
        """A 64-bit number for the advisory lock; two keys that share one only wait for each other."""
        digest = hashlib.sha256(f"{self.principal}\n{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


class Handler(Protocol):
    def __call__(self, view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response: ...


def idempotent(*, required: bool = True) -> Callable[[Handler], Callable[..., HttpResponse | Response]]:
    """Decorate ``post``, ``put``, ``patch`` or ``delete`` of an API view: a repeated request acts once.

    The handler runs inside one transaction with the stored answer; what it enqueues happens after that
    commit. Refusals of services are decisions and are stored; validation, authorization and unexpected
    errors are not, so the same key may be used again once the cause is gone. With ``required=False`` a
    request without key runs unprotected.
    """

    def decorate(handler: Handler) -> Callable[..., HttpResponse | Response]:
        @functools.wraps(handler)
        def wrapped(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponse | Response:
            if HEADER not in request.headers and not required:
                return handler(view, request, *args, **kwargs)
            attempt = _attempt_of(request)
            act = functools.partial(handler, view, request, *args, **kwargs)
            try:
                return _act_once(attempt, act)
            except _AnsweredMeanwhile:
                return _act_once(attempt, act)

        wrapped.idempotency = "required" if required else "optional"  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _attempt_of(request: Request) -> Attempt:
    key = request.headers.get(HEADER, "")
    principal = principal_of(request)
    if principal is None:
        raise NotAuthenticated
    if not 1 <= len(key) <= MAX_LENGTH or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(
            _("Send an Idempotency-Key of 1 to 255 printable ASCII characters, new for each act.")
        )
    return Attempt(
        principal=principal.principal_key,
        key=key,
        method=str(request.method),
        path=request.get_full_path(),
        body_hash=hashlib.sha256(request.body).digest(),
    )


def _act_once(attempt: Attempt, act: Callable[[], Response]) -> HttpResponse | Response:
    try:
        with transaction.atomic():
            if stored := _claim(attempt):
                return stored
            response = act()
            if response.status_code >= 400:
                return response
            return _store(attempt, _render(response))
    except (IdempotencyInProgress, IdempotencyKeyReused, IdempotencyKeyInvalid):
        raise
    except Refusal as refusal:
        # The act is rolled back whole; only its refusal is kept, in a transaction of its own.
        if refusal.status == 403 or refusal.status >= 500:
            raise
        body = JSONRenderer().render(problems.of_refusal(refusal))
        answer = HttpResponse(body, status=refusal.status, content_type=problems.CONTENT_TYPE)
        return _store(attempt, answer)


def _claim(attempt: Attempt) -> HttpResponse | None:
    """Take the key for this transaction; return the answer it already has, if any."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_try_advisory_xact_lock(%s), k.method, k.path, k.body_hash, k.status, k.headers, k.body
            FROM (SELECT 1) AS one LEFT JOIN core_idempotencykey AS k ON k.principal = %s AND k.key = %s
            """,
            [attempt.lock_number, attempt.principal, attempt.key],
        )
        locked, method, path, body_hash, status, headers, body = cursor.fetchone()
    if status is None:
        if not locked:
            raise IdempotencyInProgress(
                _("The first request with this key is still running: repeat it in a moment.")
            )
        return None
    if (method, path, bytes(body_hash)) != (attempt.method, attempt.path, attempt.body_hash):
        raise IdempotencyKeyReused(
            _("This key was used for another request: a new act needs a new key."), method=method, path=path
        )
    return HttpResponse(bytes(body), status=status, headers={**json.loads(headers), REPLAYED: "true"})


def _render(response: Response) -> HttpResponse:
    body = b"" if response.data is None else JSONRenderer().render(response.data)
    answer = HttpResponse(body, status=response.status_code, content_type=response.content_type)
    for name, value in response.headers.items():
        answer.headers[name] = value
    if response.content_type is None:
        answer.headers["Content-Type"] = "application/json"
    return answer


def _store(attempt: Attempt, answer: HttpResponse) -> HttpResponse:
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_idempotencykey
                (principal, key, method, path, body_hash, status, headers, body, created_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (principal, key) DO NOTHING
            """,
            [*attempt, answer.status_code, json.dumps(headers), answer.content, timezone.now()],
        )
        if cursor.rowcount == 0:
            raise _AnsweredMeanwhile
    return answer
