"""Make a database and its static files ready for this version. Repeatable; quick when nothing changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser

from config.celery import make_folders
from core import translations
from core.models import User


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="load the demonstration world into an empty database"
        )

    def handle(self, *, demo: bool, **options: object) -> None:
        make_folders()
        translations.compile_all(settings.BASE_DIR)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        self._collect_static_files()
        if demo and not User.objects.exists() and "demo" in get_commands():
            self.stdout.write("Loading the demonstration world…")
            call_command("demo")

    def _collect_static_files(self) -> None:
        """Collecting compresses and names by content, which takes seconds: only when a file changed."""
        stamp = settings.STATIC_ROOT / ".collected"
        files = sorted(
            (path, status.st_size, status.st_mtime_ns)
            for finder in get_finders()
            for path, storage in finder.list(None)
            if (status := Path(storage.path(path)).stat())
        )
        digest = hashlib.sha256(repr(files).encode()).hexdigest()
        if not stamp.exists() or stamp.read_text() != digest:
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            stamp.write_text(digest)
