"""Compile the message catalogues that changed; needs no GNU gettext."""

from django.conf import settings
from django.core.management.base import BaseCommand

from core import translations


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, **options: object) -> None:
        self.stdout.write(f"{translations.compile_all(settings.BASE_DIR)} catalogues compiled.")
