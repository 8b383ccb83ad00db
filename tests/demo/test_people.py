"""The demonstration's people can sign in, and loading them twice changes nothing."""

import stat

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import authenticate
from django.utils import timezone

from core.models import User
from demo import people
from partners.enums import ApplicationKind
from partners.models import Credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_staff_sign_in_with_password_and_the_current_code():
    people.load_staff()
    people.load_staff()

    assert User.objects.filter(is_staff=True).count() == len(people.STAFF)
    for person in people.STAFF:
        user = authenticate(email=person.email, password=people.PASSWORD)
        assert user is not None
        assert [group.name for group in user.groups.all()] == [person.group.value]
        factor = Authenticator.objects.get(user=user)
        assert TOTP(factor).validate_code(people.current_code(person.email))


def test_a_partner_keeps_the_secret_it_was_given():
    for _ in range(2):
        people.connect_partner(name="Grand Large", kind=ApplicationKind.CHANNEL, at=timezone.now())
    people.connect_partner(name="Trajéo", kind=ApplicationKind.CARRIER, at=timezone.now())

    assert Credential.objects.count() == 2
    sign_in = people.partner_sign_in("Grand Large")
    client = Credential.objects.get(application__name="Grand Large").client
    assert client.check_secret(sign_in.secret)
    assert stat.S_IMODE(people.sign_ins_path().stat().st_mode) == 0o600
