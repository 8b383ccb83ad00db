"""Who may open a page of the portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from merchants.enums import Role

View = Callable[..., HttpResponse]
_ALWAYS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def member_required(*roles: Role) -> Callable[[View], View]:
    """Let members of the session's merchant in: ``@member_required(Role.ORDERS)``.

    Owners and administrators always pass; without roles, every member does, but a read-only member may send
    nothing unless ``Role.READ_ONLY`` is named. An anonymous visitor is asked to sign in, a person without
    merchant to open a store, a member of another role gets 403. Objects of other merchants are the view's
    matter: read them through ``for_merchant(request.merchant)``, so that a stranger gets 404.
    """
    allowed = _ALWAYS | set(roles)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.membership is None:
                return redirect("merchants:start")
            if not may(request.membership.role, allowed if roles else None, request.method):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapped.member_roles = tuple(roles)
        return wrapped

    return decorate


def may(role: str, allowed: frozenset[str] | set[str] | None, method: str | None) -> bool:
    """Tell whether a role passes; ``allowed`` None means every role."""
    if allowed is not None:
        return role in allowed
    return role != Role.READ_ONLY or method in _SAFE
