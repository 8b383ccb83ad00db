"""Pages of one's own account in the place of allauth's: sessions, recovery codes, a passkey at sign-up."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import SignupWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.refusals import Refusal
from core.services import sessions
from core.web import devices

AFTER_CODES = "after_recovery_codes"


@login_required
@require_http_methods(["GET", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ``session`` ends that one, or all ``others``."""
    if request.method == "POST":
        _end(request, request.POST.get("session", ""))
        return redirect("usersessions_list")
    rows = sessions.live(request.user)
    for row in rows:
        row.device = devices.name(row.user_agent)
        row.is_mine = row.session_key == request.session.session_key
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


def _end(request: HttpRequest, which: str) -> None:
    mine = {"user_id": request.user.pk, "present_key": request.session.session_key}
    if which == "others":
        count = sessions.end_others(**mine)
        done = ngettext("%(count)s other session ended.", "%(count)s other sessions ended.", count)
        messages.success(request, done % {"count": count})
        return
    try:
        sessions.end(session_id=int(which) if which.isascii() and which.isdecimal() else 0, **mine)
    except Refusal as refusal:
        messages.info(request, refusal.message)
    else:
        messages.success(request, _("Session ended."))


class PasskeySignup(SignupWebAuthnView):
    """The last step of a sign-up by passkey: whoever loses the device needs recovery codes, shown right then.

    allauth makes them when a key is added to an account that is open, not at sign-up.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if not self.request.user.is_authenticated:
            return response
        RecoveryCodes.activate(self.request.user)
        # The device has just verified who is there: the codes may be shown.
        kind = {"type": Authenticator.Type.WEBAUTHN.value, "passwordless": True, "reauthenticated": True}
        record_authentication(self.request, self.request.user, "mfa", **kind)
        self.request.session[AFTER_CODES] = response["Location"]
        return redirect("mfa_view_recovery_codes")


class RecoveryCodesPage(ViewRecoveryCodesView):
    """The codes, once; then on to where the person was going."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        shown["continue_url"] = self.request.session.pop(AFTER_CODES, reverse("mfa_index"))
        return shown


passkey_signup = never_cache(PasskeySignup.as_view())
recovery_codes = never_cache(login_required(RecoveryCodesPage.as_view()))
