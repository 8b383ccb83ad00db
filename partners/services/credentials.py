"""Client identifiers and secrets of connected applications: issue, rotate, revoke.

Staff, or whoever owns the application; the caller has checked that.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from partners.enums import SCOPES_OF_KIND, ApplicationKind, Scope
from partners.models import Application, Credential

OVERLAP = timedelta(days=7)


class ApplicationInactive(Refusal):
    """The application is switched off: it gets no credentials until it is active again."""

    code = "application_inactive"


class ScopeNotAllowed(Refusal):
    """A scope does not exist, or is not one that this kind of application may have."""

    code = "scope_not_allowed"
    status = 422


class RedirectNotAllowed(Refusal):
    """A redirect address must be https (http only for this very machine), without fragment or wildcard."""

    code = "redirect_not_allowed"
    status = 422


class CredentialEnded(Refusal):
    """The credential is revoked or has ended; issue another one."""

    code = "credential_ended"


class Issued(NamedTuple):
    """A new credential with its secret, which is stored only as a hash and cannot be shown again."""

    credential: Credential
    client_id: str
    secret: str


@transaction.atomic
def issue(
    *,
    application_id: int,
    scopes: Iterable[str],
    name: str,
    by: User | None,
    at: datetime,
    redirect_uris: Iterable[str] = (),
) -> Issued:
    """Give an application one more client identifier and secret, for the client-credentials grant.

    With ``redirect_uris`` also for the authorization-code grant, always with PKCE. Raises
    ``ApplicationInactive``, ``ScopeNotAllowed`` or ``RedirectNotAllowed``.
    """
    application = Application.objects.select_for_update().get(pk=application_id)
    if not application.is_active:
        raise ApplicationInactive(_("This application is not active."))
    granted = _checked_scopes(application, scopes)
    issued = _issue(application, granted, name, _checked_redirects(redirect_uris), by, at)
    _record("credential.issued", issued.credential, by, scopes=granted)
    return issued


@transaction.atomic
def rotate(*, credential_id: int, by: User | None, at: datetime, overlap: timedelta = OVERLAP) -> Issued:
    """Issue a successor with the same scopes; the old credential works until ``at + overlap``.

    Raises ``CredentialEnded`` when the old one does not work any more, or ``ApplicationInactive``.
    """
    old = _locked(credential_id)
    if not old.works_at(at):
        raise CredentialEnded(_("This credential has ended."))
    if not old.application.is_active:
        raise ApplicationInactive(_("This application is not active."))
    ends_at = at + overlap
    old.expires_at = min(old.expires_at, ends_at) if old.expires_at else ends_at
    old.save(update_fields=["expires_at"])
    redirects = old.client.get_redirect_uris()
    issued = _issue(old.application, old.client.get_scopes(), old.name, redirects, by, at)
    _record(
        "credential.rotated", issued.credential, by, replaces=old.client_id, until=old.expires_at.isoformat()
    )
    return issued


@transaction.atomic
def revoke(*, credential_id: int, by: User | None, at: datetime) -> Credential:
    """End a credential and all its tokens at once. A second call changes nothing."""
    credential = _locked(credential_id)
    if credential.revoked_at is None:
        _end(credential, at, by)
    return credential


@transaction.atomic
def revoke_of_person(
    *, user_id: int, application_ids: Iterable[int], by: User | None, at: datetime
) -> list[Credential]:
    """End what a person could still do through these applications: the credentials they issued, and the
    tokens that act for them by their consent. Returns the credentials that ended.
    """
    mine = Credential.objects.select_for_update(of=("self",)).select_related("client", "application")
    issued = mine.filter(application_id__in=list(application_ids), issued_by_id=user_id, revoked_at=None)
    ended = list(issued.order_by("pk"))
    for credential in ended:
        _end(credential, at, by)
    Token.objects.filter(
        user_id=user_id, client__credential__application_id__in=list(application_ids)
    ).delete()
    return ended


@transaction.atomic
def revoke_expired(*, at: datetime) -> int:
    """End the credentials whose overlap is over, and return how many."""
    due = Credential.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "client", "application"
    )
    ended = list(due.filter(revoked_at=None, expires_at__lte=at).order_by("pk"))
    for credential in ended:
        _end(credential, at, None)
    return len(ended)


def forget_expired_tokens() -> int:
    """Remove the tokens that have expired: they open nothing any more. Return how many."""
    forgotten, _per_model = Token.objects.expired().delete()
    return int(forgotten)


def _record(type_: str, credential: Credential, by: User | None, **data: Any) -> None:
    facts = {"client_id": credential.client_id, "name": credential.name, **data}
    events.record(type_, credential.application, by=by, data=facts)


def _end(credential: Credential, at: datetime, by: User | None) -> None:
    credential.revoked_at = at
    credential.save(update_fields=["revoked_at"])
    client = credential.client
    client.secret, client.grant_types = make_password(None), ""
    client.save(update_fields=["secret", "grant_types"])
    Token.objects.filter(client=client).delete()
    _record("credential.revoked", credential, by)


def _locked(credential_id: int) -> Credential:
    locked = Credential.objects.select_for_update(of=("self",)).select_related("client", "application")
    credential: Credential = locked.get(pk=credential_id)
    return credential


def _issue(
    application: Application,
    scopes: list[str],
    name: str,
    redirect_uris: list[str],
    by: User | None,
    at: datetime,
) -> Issued:
    secret = secrets.token_urlsafe(32)
    client = Client(name=f"{application.name} {name}"[:100], type=Client.Type.CONFIDENTIAL, created_at=at)
    client.set_secret(secret)
    client.set_scopes(scopes)
    client.set_default_scopes(scopes)
    client.set_redirect_uris(redirect_uris)
    grants = [Client.GrantType.CLIENT_CREDENTIALS]
    if redirect_uris:
        grants += [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN]
    client.set_grant_types([str(grant) for grant in grants])
    client.save(force_insert=True)
    credential = Credential.objects.create(
        application=application, client=client, name=name, issued_by=by, created_at=at
    )
    return Issued(credential, client.id, secret)


def _checked_scopes(application: Application, scopes: Iterable[str]) -> list[str]:
    asked = {str(scope) for scope in scopes}
    allowed = {str(scope) for scope in SCOPES_OF_KIND[ApplicationKind(application.kind)]}
    if not asked or asked - allowed:
        raise ScopeNotAllowed(
            _("Choose scopes among those of this kind of application."),
            refused=sorted(asked - allowed),
            allowed=sorted(allowed),
        )
    return [scope for scope in Scope.values if scope in asked]


def _checked_redirects(uris: Iterable[str]) -> list[str]:
    checked = [uri.strip() for uri in uris if uri.strip()]
    for uri in checked:
        parts = urlsplit(uri)
        local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not (parts.hostname and (parts.scheme == "https" or local)) or parts.fragment or "*" in uri:
            raise RedirectNotAllowed(_("This redirect address is not allowed."), uri=uri)
    return checked
