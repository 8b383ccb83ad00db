"""Who is calling: a connected application, by its OAuth 2 access token."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from allauth.idp.oidc.internal.resources import is_resources_subset
from allauth.idp.oidc.models import Token
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.models import User
from core.services.reading import Given, Prepared
from partners.models import Application, Channel, Credential

REALM = "passerelle"


@dataclass(frozen=True)
class ApplicationPrincipal:
    """``request.user`` of the API: an application, and the person it acts for, if a person consented.

    A merchant's own application is tied to its merchant above, in ``merchants``; look there.
    """

    application: Application
    credential: Credential
    scopes: frozenset[str]
    person: User | None

    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def pk(self) -> int:
        return self.application.pk

    @cached_property
    def principal_key(self) -> str:
        """Under what name limits are counted and answers are kept: shared by all credentials."""
        return f"application:{self.application.public_id}"

    @property
    def rate_limits(self) -> dict[str, int]:
        """Requests a minute agreed with this application, by bucket; others have the general limits."""
        return self.application.rate_limits

    @property
    def channel(self) -> Channel | None:
        """The sales channel that this application is, or None."""
        try:
            return self.application.channel
        except ObjectDoesNotExist:
            return None

    def __str__(self) -> str:
        return str(self.application)


class ApplicationAuthentication(TokenAuthentication):
    """Reads ``Authorization: Bearer``; anything but a valid token of an active application is 401.

    The library's own class asks for the token, its client and its user one by one, leaves ``request.user``
    empty and lets a bad token pass as no token. Here one statement reads all, and every failure says why.
    """

    def authenticate(self, request: Request) -> tuple[ApplicationPrincipal, Token] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        kind, _space, value = header.partition(" ")
        if kind.lower() != "bearer" or not value.strip():
            raise self._invalid(request, _("Send the token as “Authorization: Bearer …”."))
        token = _find(value.strip())
        if token is None:
            raise self._invalid(request, _("This token is unknown, expired or revoked."))
        principal = _principal_of(token)
        if principal is None:
            raise self._invalid(request, _("This application is not active."))
        if not is_resources_subset([request.build_absolute_uri(request.path)], token.get_resources()):
            raise self._invalid(request, _("This token is meant for another resource."))
        return principal, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of RFC 6750: without an error when no token was sent."""
        challenge = f'Bearer realm="{REALM}"'
        if getattr(request, "bearer_error", None):
            challenge += ', error="invalid_token", error_description="The access token is not valid"'
        return challenge

    def _invalid(self, request: Request, reason: Any) -> AuthenticationFailed:
        request.bearer_error = True  # type: ignore[attr-defined]
        return AuthenticationFailed(reason)


_tokens = Prepared(
    lambda: Token.objects.filter(
        type=Token.Type.ACCESS_TOKEN, hash=Given("hash"), expires_at__gt=Given("now")
    ).select_related("user", "client__credential__application__channel")
)


def _find(value: str) -> Token | None:
    found = _tokens(hash=get_adapter().hash_token(value), now=timezone.now())
    return found[0] if found else None


def _principal_of(token: Token) -> ApplicationPrincipal | None:
    try:
        credential = token.client.credential
    except (AttributeError, ObjectDoesNotExist):
        return None
    person = token.user
    works = credential.works_at(timezone.now()) and credential.application.is_active
    if not works or (person and not person.is_active):
        return None
    return ApplicationPrincipal(
        application=credential.application,
        credential=credential,
        scopes=frozenset(token.get_scopes()),
        person=person,
    )
