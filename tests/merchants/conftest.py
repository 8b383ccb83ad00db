"""People and merchants of these tests."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from core.models import User
from merchants.enums import Role
from merchants.models import Membership, Merchant
from merchants.services import signup

AT = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
def make_user(db) -> Callable[..., User]:
    made = iter(range(1, 1000))

    def make(email: str = "", **fields) -> User:
        email = email or f"personne{next(made)}@example.fr"
        return User.objects.create_user(email, "mot-de-passe-long", full_name="Claire Montbrun", **fields)

    return make


@pytest.fixture
def owner(make_user) -> User:
    return make_user("claire@example.fr")


@pytest.fixture
def merchant(owner) -> Merchant:
    return signup.open_file(user_id=owner.pk, at=AT)


@pytest.fixture
def make_member(make_user, merchant) -> Callable[..., User]:
    def make(role: Role, of: Merchant | None = None, user: User | None = None) -> User:
        user = user or make_user()
        Membership.objects.create(merchant=of or merchant, user=user, role=role)
        return user

    return make


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    def sign(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign


@pytest.fixture
def maker(make_user) -> User:
    return make_user("maker@passerelle.example", is_staff=True)


@pytest.fixture
def checker(make_user) -> User:
    return make_user("checker@passerelle.example", is_staff=True)
