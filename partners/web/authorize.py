"""Where a person consents to an application."""

from typing import Any

from allauth.idp.oidc.internal.clientkit import is_redirect_uri_allowed, lookup_client
from allauth.idp.oidc.internal.oauthlib.utils import respond_html_error
from allauth.idp.oidc.views import AuthorizationView
from django.http import HttpRequest, HttpResponse
from oauthlib.oauth2.rfc6749 import errors


class PkceAuthorizationView(AuthorizationView):
    """The library's page, and a refusal of every request without PKCE by SHA-256.

    The library asks for PKCE only of public clients and lets ``plain`` through; RFC 9700 wants it of all.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("code_challenge") and request.GET.get("code_challenge_method") == "S256":
            return super().get(request, *args, **kwargs)
        error = errors.MissingCodeChallengeError(state=request.GET.get("state"))
        client = lookup_client(request.GET.get("client_id", ""))
        redirect_uri = request.GET.get("redirect_uri", "")
        if client and is_redirect_uri_allowed(
            redirect_uri, client.get_redirect_uris(), client.allow_uri_wildcards
        ):
            return HttpResponse(status=302, headers={"Location": error.in_uri(redirect_uri)})
        return respond_html_error(request, error=error)
