"""Fixtures of every test."""

import pytest
from django.db import connection

from core.models.trail import ALLOW_TRUNCATE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests with real transactions be cleaned by truncating, which append-only tables refuse."""
    with django_db_blocker.unblock():
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET {ALLOW_TRUNCATE} = 'on'")
        connection.close()
