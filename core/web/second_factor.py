"""Staff reach the desk with a second factor only: without one they are sent to set it up."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import User

OPEN = ("jsi18n/", "logout/")


def has_second_factor(user: User | AnonymousUser) -> bool:
    """Tell whether an authenticator app or a key protects the account; recovery codes alone do not."""
    if not user.is_authenticated:
        return False
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


class StaffSecondFactorMiddleware:
    """Guards every address of the admin, whatever view answers it. No setting opens it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_closed(request):
            messages.warning(
                request, _("The desk asks for a second factor. Set one up here, then come back.")
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_closed(self, request: HttpRequest) -> bool:
        if not request.path.startswith(self.prefix):
            return False
        if request.path.removeprefix(self.prefix) in OPEN:
            return False
        user = request.user
        return user.is_authenticated and user.is_staff and not has_second_factor(user)
