"""The demonstration's staff and partners, and how to sign in as them. Never in production.

Secrets of partners are made anew for each installation and kept in ``var/demo-sign-ins.json``, readable by
its owner only: the database holds but their hashes.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from core.models import User
from core.staff import StaffGroup
from partners.enums import SCOPES_OF_KIND, ApplicationKind
from partners.models import Application
from partners.services import credentials

PASSWORD = "passerelle-de-demo"  # noqa: S105


@dataclass(frozen=True)
class Person:
    """A member of the demonstration's staff."""

    email: str
    full_name: str
    group: StaffGroup
    language: str = "fr"


STAFF = (
    Person("claire.moreau@passerelle.example", "Claire Moreau", StaffGroup.REVIEWER),
    Person("hugo.lambert@passerelle.example", "Hugo Lambert", StaffGroup.LEAD_REVIEWER),
    Person("ines.petit@passerelle.example", "Inès Petit", StaffGroup.CATALOGUE_MODERATOR),
    Person("theo.garnier@passerelle.example", "Théo Garnier", StaffGroup.SUPPORT),
    Person("sofia.rey@passerelle.example", "Sofia Rey", StaffGroup.FINANCE),
    Person("maud.keller@passerelle.example", "Maud Keller", StaffGroup.AUDITOR, "en"),
    Person("admin@passerelle.example", "Alex Vidal", StaffGroup.ADMINISTRATOR),
)


@dataclass(frozen=True)
class PartnerSignIn:
    """How a demonstration application asks for its tokens."""

    name: str
    kind: str
    client_id: str
    secret: str


@transaction.atomic
def load_staff() -> None:
    """Create the staff, each with a confirmed address and a second factor; what exists stays."""
    for person in STAFF:
        user = load_person(
            person.email,
            person.full_name,
            language=person.language,
            is_staff=True,
            is_superuser=person.group == StaffGroup.ADMINISTRATOR,
        )
        user.groups.add(Group.objects.get(name=person.group))
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            totp.TOTP.activate(user, totp_secret(person.email))


def load_person(email: str, full_name: str, **fields: Any) -> User:
    """Create a person with a confirmed address, whose password is everyone's; one who exists stays."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, full_name=full_name, **fields)
        user.password = _password_hash()
        user.save(update_fields=["password"])
    confirm_address(user)
    return user


@cache
def _password_hash() -> str:
    """Hash the password once: it is slow on purpose, and the same for all."""
    return make_password(PASSWORD)


def confirm_address(user: User) -> None:
    """Say that the person has entered the code of the mail."""
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def totp_secret(email: str) -> str:
    """Answer the secret for an authenticator app, in base 32: always the same for an address."""
    return base64.b32encode(hashlib.sha256(f"demo {email}".encode()).digest()[:20]).decode()


def current_code(email: str) -> str:
    """Answer the six digits that an authenticator app would show now for a member of staff."""
    return code_of(totp_secret(email))


def code_of(secret: str) -> str:
    """Answer the six digits that an authenticator app would show now for a secret in base 32."""
    counter = list(totp.yield_hotp_counters_from_time())[totp.app_settings.TOTP_TOLERANCE]
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def sign_ins_path() -> Path:
    """Where the partners' secrets are kept."""
    path: Path = settings.VAR_DIR / "demo-sign-ins.json"
    return path


def partner_sign_ins() -> list[PartnerSignIn]:
    """Answer the partners' secrets, if the demonstration was loaded on this machine."""
    path = sign_ins_path()
    if not path.exists():
        return []
    return [PartnerSignIn(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def partner_sign_in(name: str) -> PartnerSignIn:
    """Answer one partner's. Raises ``LookupError`` where it is not known on this machine."""
    for sign_in in partner_sign_ins():
        if sign_in.name == name:
            return sign_in
    raise LookupError(f"no secret of {name} in {sign_ins_path()}")


@transaction.atomic
def connect_partner(*, name: str, kind: ApplicationKind, at: datetime) -> Application:
    """Create an application with all the scopes of its kind, and keep its secret; what exists stays."""
    application, _created = Application.objects.get_or_create(name=name, kind=kind)
    known = [sign_in for sign_in in partner_sign_ins() if sign_in.name != name]
    if len(known) == len(partner_sign_ins()):
        issued = credentials.issue(
            application_id=application.pk,
            scopes=[scope.value for scope in SCOPES_OF_KIND[kind]],
            name=f"{name} (demo)",
            by=None,
            at=at,
        )
        _keep([*known, PartnerSignIn(name, kind.value, issued.client_id, issued.secret)])
    return application


def _keep(sign_ins: Iterable[PartnerSignIn]) -> None:
    path = sign_ins_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps([asdict(sign_in) for sign_in in sign_ins], indent=2), encoding="utf-8")
