"""A migrated database that those of the tests are copied from: migrating takes a minute, a copy a second."""

import hashlib
from pathlib import Path

from coverage import Coverage
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

PREFIX = "passerelle_migrated_"
#: How many a server keeps: those of other branches are made again when they are needed.
KEPT = 5
# Says that no other process builds one; any number will do.
LOCK = 7_265_010


def template() -> str:
    """Return the name of a database with the migrations as they are now, made if the server has none."""
    name = PREFIX + _fingerprint()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY oid DESC", ["^" + PREFIX])
        known = [row[0] for row in cursor.fetchall()]
        if name not in known:
            # Under another name until it is whole: what a killed process left is made anew.
            for old in [f"{PREFIX}unfinished", *known[KEPT - 1 :]]:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f'CREATE DATABASE "{PREFIX}unfinished"')
            _migrate(f"{PREFIX}unfinished")
            cursor.execute(f'ALTER DATABASE "{PREFIX}unfinished" RENAME TO "{name}"')
    return name


def _migrate(name: str) -> None:
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    # Counting the lines of migrations would double their time, and they are not reported.
    coverage = Coverage.current()
    if coverage:
        coverage.stop()
    try:
        call_command("migrate", verbosity=0)
    finally:
        if coverage:
            coverage.start()
        connection.close()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = usual


def _fingerprint() -> str:
    """Return a digest of every migration of every app, and of what runs with them."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    files = sorted(path for folder in folders if folder.is_dir() for path in folder.glob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
