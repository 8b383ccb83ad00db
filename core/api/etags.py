"""Versions of what is answered: ``ETag``, ``If-None-Match``, ``If-Match`` (RFC 9110)."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.preconditions import PreconditionRequired, check_version

__all__ = ["ETagMixin", "check_version", "expected_versions", "of_data", "of_version"]


def of_data(data: Any) -> str:
    """Return the strong tag of a representation: same bytes, same tag."""
    return of_bytes(JSONRenderer().render(data))


def of_bytes(content: bytes) -> str:
    """Return the strong tag of rendered bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def of_version(*facts: Any) -> str:
    """Return the strong tag of an object from facts that change with it: ``public_id, updated_at``.

    Cheaper than ``of_data`` and can be computed on the locked row, where ``check_version`` needs it.
    """
    return of_bytes("\n".join(str(fact) for fact in facts).encode())


def expected_versions(request: Request, *, required: bool = False) -> frozenset[str] | None:
    """Return the tags in ``If-Match``, or None without one. ``required`` refuses the latter with 428.

    ``If-Match`` compares strongly, so weak tags never match and are left out.
    """
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise PreconditionRequired(_("Send If-Match with the ETag of the object as you last read it."))
        return None
    return frozenset(tag for tag in parse_etags(header) if not tag.startswith("W/"))


class ETagMixin:
    """Gives each successful GET of an API view an ``ETag``, and answers 304 when the caller has it already.

    A view that sets ``ETag`` itself (with ``of_version``) keeps it; otherwise it is the tag of the
    answer's bytes. Place it before ``APIView`` among the bases.
    """

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer: Response | HttpResponse = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if request.method not in ("GET", "HEAD") or answer.status_code != 200:
            return answer
        if "ETag" not in answer.headers and isinstance(answer, Response):
            answer.headers["ETag"] = of_data(answer.data)
        tag = answer.headers.get("ETag")
        if tag and _has(request, tag):
            unchanged = HttpResponse(status=304)
            for name in ("ETag", "Cache-Control", "Vary", "Content-Language"):
                if name in answer.headers:
                    unchanged.headers[name] = answer.headers[name]
            del unchanged.headers["Content-Type"]
            return unchanged
        return answer


def _has(request: Request, tag: str) -> bool:
    """Compare weakly, as If-None-Match asks."""
    known = [each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))]
    return "*" in known or tag.removeprefix("W/") in known
