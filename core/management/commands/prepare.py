"""Make a database and its static files ready for this version. Repeatable; quick when nothing changed."""

from django.conf import settings
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
        call_command("collectstatic", interactive=False, verbosity=0)
        if demo and not User.objects.exists() and "demo" in get_commands():
            self.stdout.write("Loading the demonstration world…")
            call_command("demo")
