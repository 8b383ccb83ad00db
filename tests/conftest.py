"""What every test may count on: a PostgreSQL, no network, French, a clean cache and mailbox."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from core.models.trail import ALLOW_TRUNCATE
from tests.settings import SCRATCH

pytest_plugins = ["tests.fixtures_browser"]

# A busy machine is no defect of ours.
hypothesis.register_profile("passerelle", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("passerelle")

_started_here = False


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start PostgreSQL once, in the process that leads the workers, unless one is given."""
    global _started_here
    if hasattr(session.config, "workerinput"):
        return
    if "DATABASE_URL" in os.environ:
        return
    from config import embedded

    embedded.start(SCRATCH / "var" / "pg", durable=False)
    _started_here = True


def pytest_unconfigure(config: pytest.Config) -> None:
    if _started_here:
        from config import embedded

        embedded.destroy(SCRATCH / "var" / "pg")
    if not hasattr(config, "workerinput"):
        shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, django_db_blocker, django_test_environment
):
    """Copy the tests' databases from one that is migrated; each then sees only what is newer."""
    from tests import migrated

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests with real transactions be cleaned by truncating, which append-only tables refuse."""
    with django_db_blocker.unblock():
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET {ALLOW_TRUNCATE} = 'on'")
        connection.close()


@pytest.fixture(autouse=True)
def _fresh_process_state() -> Iterator[None]:
    cache.clear()
    with translation.override(settings.LANGUAGE_CODE):
        yield
