"""Who may open a page of the portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from merchants import roles
from merchants.enums import MerchantStatus, Role
from merchants.services.reasoning import ACCESS_AFTER

View = Callable[..., HttpResponse]
_ALWAYS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def member_required(*named: Role, when_closed: bool = False) -> Callable[[View], View]:
    """Let members of the session's merchant in: ``@member_required(Role.ORDERS)``.

    Owners and administrators always pass. Without roles, ``merchants.roles`` decides by the page's name; a
    page it does not know is read by every member, and all but read-only ones send. An anonymous visitor is
    asked to sign in, a person without merchant to open a store, a member of another role gets 403. Objects
    of other merchants are the view's matter: read them through ``for_merchant(request.merchant)``, so that a
    stranger gets 404.

    Members of a closed store read for ``ACCESS_AFTER`` and send nothing, unless ``when_closed``: running
    orders, appeals.
    """
    allowed = _ALWAYS | set(named)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.membership is None:
                return redirect("merchants:start")
            if not _passes(request, allowed if named else None):
                raise PermissionDenied
            closed = _closed(request, when_closed)
            return closed if closed is not None else view(request, *args, **kwargs)

        wrapped.member_roles = tuple(named)
        return wrapped

    return decorate


def _passes(request: HttpRequest, allowed: frozenset[str] | set[str] | None) -> bool:
    match = request.resolver_match
    if getattr(request, "visit", None) is not None:
        area = roles.area_of(match.view_name) if match else None
        needed = roles.VISITS.get(area.key) if area else None
        return needed is not None and request.user.has_perms(needed)
    area = roles.area_of(match.view_name) if match and allowed is None else None
    if area is None:
        return may(request.membership.role, allowed, request.method)
    access = area.of(request.membership.role)
    request.only_reads = area.reads_as_text and access < roles.Access.CHANGE
    return access >= (roles.Access.READ if request.method in _SAFE else roles.Access.CHANGE)


def _closed(request: HttpRequest, when_closed: bool) -> HttpResponse | None:
    """Answer what a closed store refuses: sending, unless allowed, and all once its time is over."""
    merchant = request.merchant
    if merchant.status != MerchantStatus.CLOSED:
        return None
    if merchant.closed_at is not None and timezone.now() > merchant.closed_at + ACCESS_AFTER:
        return render(request, "merchants/closed.html", {"merchant": merchant}, status=403)
    if request.method in _SAFE or when_closed:
        return None
    messages.error(request, _("This store is closed: everything can be read, nothing changes any more."))
    return redirect("merchants:file")


def may(role: str, allowed: frozenset[str] | set[str] | None, method: str | None) -> bool:
    """Tell whether a role passes; ``allowed`` None means every role."""
    if allowed is not None:
        return role in allowed
    return role != Role.READ_ONLY or method in _SAFE
