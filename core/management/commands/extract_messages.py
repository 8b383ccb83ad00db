"""Bring the message catalogues up to date with the code, or check that they are complete."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import translations


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a message is missing"
        )

    def handle(self, *, check: bool, **options: object) -> None:
        waiting = 0
        for language, _name in settings.LANGUAGES:
            if not check:
                translations.update(settings.BASE_DIR, language)
            found = translations.problems(settings.BASE_DIR, language)
            waiting += len(found)
            for problem in found:
                self.stderr.write(f"{language}: {problem}")
        if waiting and check:
            raise CommandError(f"{waiting} messages to see to: run make messages, then translate.")
        self.stdout.write(f"{waiting} messages to see to.")
