"""Acts that ask who is there once more: a second factor, given moments ago in this very session."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.web.second_factor import has_second_factor

View = Callable[..., HttpResponse]

#: How old the second factor may be when the page is opened.
TO_OPEN: Final = timedelta(minutes=5)
#: And when what was filled in there is sent: whoever opened the page has the time to finish it.
TO_SEND: Final = timedelta(minutes=15)
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def second_factor_required(view: View) -> View:
    """Let pass who gave a second factor in this session within ``TO_OPEN`` (``TO_SEND`` when sending).

    Others are asked for it and come back to the page; who has none is sent to set one up. Decorate the page
    that shows the form as well as the one that takes it: nothing typed is kept while somebody confirms.
    Stand below the decorator that says who may come in at all::

        @member_required(Role.FINANCE)
        @second_factor_required
        def bank_account(request): ...
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if has_given_second_factor(request, TO_OPEN if request.method in _READING else TO_SEND):
            return view(request, *args, **kwargs)
        return _ask(request)

    wrapped.asks_second_factor = True  # type: ignore[attr-defined]
    return wrapped


def has_given_second_factor(request: HttpRequest, within: timedelta) -> bool:
    """Tell whether this session saw an authenticator code, a key or a recovery code that lately."""
    since = time.time() - within.total_seconds()
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" and record["at"] >= since for record in records)


def _ask(request: HttpRequest) -> HttpResponse:
    if not has_second_factor(request.user):
        messages.warning(
            request, _("This page asks for a second factor. Set one up here, then open the page again.")
        )
        return _go(request, reverse("mfa_index"))
    if request.method in _READING:
        messages.info(request, _("Confirm that it is you: this page asks for your second factor."))
    else:
        messages.warning(
            request,
            _("Too much time has passed: nothing was saved. Confirm that it is you, then fill in again."),
        )
    has_app = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    ask = reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
    return _go(request, f"{ask}?{urlencode({'next': request.get_full_path()})}")


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)
