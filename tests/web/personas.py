"""People for tests of pages."""

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group

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
