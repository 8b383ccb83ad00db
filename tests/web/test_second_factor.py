"""Second factors: sealed where they are kept; recovery codes shown once; what each change tells."""

import re
from base64 import b64decode
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import Client

from core import sealed
from core.models import DataKey, User
from demo.people import code_of
from tests.web.personas import give_second_factor, person

pytestmark = pytest.mark.django_db
PASSWORD = "une-phrase-longue"
migration = import_module("core.migrations.0007_seal_second_factors")


@pytest.fixture
def claire() -> User:
    return person("claire@example.org", PASSWORD)


@pytest.fixture
def client(claire: User) -> Client:
    """Claire, who has just given her password again."""
    client = Client()
    client.force_login(claire, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def stored() -> str:
    """What the table holds, as somebody who reads the database sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM mfa_authenticator t")
        return str(cursor.fetchone()[0])


def clear(user: User) -> tuple[str, str]:
    """Two factors as they were kept before they were sealed: their secrets."""
    secret, seed = generate_totp_secret(), "ab" * 40
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    data = {"seed": seed, "used_mask": 1}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=data)
    return secret, seed


def test_neither_secret_nor_seed_lies_in_clear(claire: User) -> None:
    secret = give_second_factor(claire)
    codes = RecoveryCodes.activate(claire)

    assert secret not in stored()
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(secret))
    assert sealed.unseal(b64decode(codes.instance.data["seed"])) not in stored()
    kept = RecoveryCodes(Authenticator.objects.get(type="recovery_codes"))
    assert kept.generate_codes() == codes.generate_codes()
    assert DataKey.objects.filter(purpose=sealed.SECOND_FACTOR).count() == 1


def test_the_migration_seals_what_is_there_and_can_be_taken_back(claire: User) -> None:
    secret, seed = clear(claire)

    with connection.schema_editor() as editor:
        migration.seal(apps, editor)

    assert secret not in stored() and seed not in stored()
    factors = {one.type: one for one in Authenticator.objects.all()}
    assert TOTP(factors["totp"]).validate_code(code_of(secret))
    codes = RecoveryCodes(factors["recovery_codes"])
    assert len(codes.get_unused_codes()) == len(codes.generate_codes()) - 1
    codes_before = codes.generate_codes()

    with connection.schema_editor() as editor:
        migration.unseal(apps, editor)
    assert secret in stored() and seed in stored()
    with connection.schema_editor() as editor:
        migration.seal(apps, editor)
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes() == codes_before


def test_the_migration_makes_no_key_where_nobody_has_a_factor() -> None:
    with connection.schema_editor() as editor:
        migration.seal(apps, editor)

    assert not DataKey.objects.filter(purpose=sealed.SECOND_FACTOR).exists()


def test_a_secret_written_past_us_opens_nothing(claire: User) -> None:
    secret, _seed = clear(claire)

    with pytest.raises(sealed.Unreadable):
        TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(secret))


def test_a_new_instance_key_leaves_factors_readable(claire: User, settings) -> None:
    secret = give_second_factor(claire)
    old, settings.INSTANCE_KEY = settings.INSTANCE_KEY, "b2" * 21 + "s="
    settings.INSTANCE_KEYS_OLD = [old]

    sealed.rewrap()
    settings.INSTANCE_KEYS_OLD = []
    sealed._cache.forget()

    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(secret))


def set_up(client: Client) -> str:
    """Set up an authenticator app by the page; returns its secret."""
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert found is not None
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[0])})
    return found[0]


def test_recovery_codes_are_shown_once(client: Client, claire: User) -> None:
    set_up(client)
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()

    first = client.get("/accounts/2fa/recovery-codes/").content.decode()
    again = client.get("/accounts/2fa/recovery-codes/").content.decode()

    assert all(code in first for code in codes)
    assert not any(code in again for code in codes)
    assert client.get("/accounts/2fa/recovery-codes/download/").status_code == 403
    assert not any(code in client.get("/accounts/2fa/").content.decode() for code in codes)


@pytest.mark.parametrize("page", ["", "generate/"])
def test_codes_are_shown_and_made_only_to_who_proved_to_be_there(claire: User, page: str) -> None:
    give_second_factor(claire)
    RecoveryCodes.activate(claire)
    client = Client()
    client.force_login(claire, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get(f"/accounts/2fa/recovery-codes/{page}")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")


@pytest.mark.django_db(transaction=True)
def test_new_codes_end_the_old_ones_and_are_told_by_mail(client: Client) -> None:
    set_up(client)
    old = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    mail.outbox.clear()

    client.post("/accounts/2fa/recovery-codes/generate/")

    new = RecoveryCodes(Authenticator.objects.get(type="recovery_codes"))
    assert set(new.generate_codes()).isdisjoint(old)
    assert not new.validate_code(old[0])
    assert [message.to for message in mail.outbox] == [["claire@example.org"]]


def test_a_recovery_code_signs_in_once(client: Client, claire: User) -> None:
    set_up(client)
    code = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()[0]
    landed = []

    for _try in range(2):
        fresh = Client()
        fresh.post("/accounts/login/", {"login": claire.email, "password": PASSWORD})
        landed.append(fresh.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert landed == [302, 200]


@pytest.mark.django_db(transaction=True)
def test_setting_up_and_removing_a_factor_is_told_by_mail(client: Client) -> None:
    set_up(client)
    client.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert [message.to for message in mail.outbox] == [["claire@example.org"]] * 2
