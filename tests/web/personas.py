"""People for tests of pages."""

from datetime import timedelta
from types import SimpleNamespace

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user
from django.contrib.auth.models import Group
from django.test import Client

from core.models import User


def person(email: str = "claire@example.org", password: str = "une-phrase-longue", **fields: object) -> User:
    """Return somebody who signed up and confirmed the address."""
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def staff(email: str = "maurel@example.org", *groups: str, **fields: object) -> User:
    """Return a member of staff with an authenticator app, whom the admin lets in."""
    user = person(email, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    give_second_factor(user)
    return user


def give_second_factor(user: User) -> str:
    """Protect the account by an authenticator app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def just_gave_second_factor(client: Client, *, ago: timedelta = timedelta()) -> None:
    """Note in the session of who is signed in that a code was given, as allauth does at that moment."""
    session = client.session
    record_authentication(SimpleNamespace(session=session), get_user(client), "mfa", type="totp")
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= ago.total_seconds()
    session.save()
