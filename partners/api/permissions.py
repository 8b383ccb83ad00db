"""What a token may be used for."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.refusals import Refusal
from partners.api.authentication import REALM, ApplicationPrincipal
from partners.models import Channel

if TYPE_CHECKING:
    from rest_framework.views import APIView


class InsufficientScope(Refusal):
    """The token lacks a scope; “details” names those needed. Ask for a token with them, if granted to you."""

    code = "insufficient_scope"
    status = 403

    @property
    def headers(self) -> dict[str, str]:
        scope = " ".join(self.details["required"])
        return {"WWW-Authenticate": f'Bearer realm="{REALM}", error="insufficient_scope", scope="{scope}"'}


class NotAChannel(Refusal):
    """Only a sales channel may do this. Ask with the token of an application of that kind."""

    code = "not_a_channel"
    status = 403
    default_message = _("This application is no sales channel: ask with the token of one.")


class HasScope(BasePermission):
    """Lets a token pass that has all scopes the view requires for the method.

    The view says ``required_scopes = {"GET": [Scope.ORDERS_READ], "POST": [Scope.ORDERS_WRITE]}``; an empty
    list asks for nothing but a valid token. A view that says nothing about a method it answers is a mistake
    of ours, and refused as such.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, ApplicationPrincipal):
            return False
        required = [str(scope) for scope in required_scopes(view, str(request.method))]
        if missing := [scope for scope in required if scope not in request.user.scopes]:
            raise InsufficientScope(
                _("This token lacks the scope %(scopes)s.") % {"scopes": ", ".join(missing)},
                required=required,
            )
        return True


def channel_of(request: Request) -> Channel:
    """Return the channel that calls. Raises ``NotAChannel``: no other kind of application has one."""
    channel: Channel | None = request.user.channel
    if channel is None:
        raise NotAChannel
    return channel


def required_scopes(view: Any, method: str) -> list[str]:
    """Return the scopes a view requires for a method, ``HEAD`` like ``GET``; ``OPTIONS`` requires none."""
    if method == "OPTIONS" or getattr(view, method.lower(), None) is None:
        return []
    scopes: dict[str, list[str]] = getattr(view, "required_scopes", {})
    try:
        return list(scopes["GET" if method == "HEAD" else method])
    except KeyError:
        raise ImproperlyConfigured(f"{type(view).__name__} requires no scope for {method}") from None
