"""Check a file that export_trail wrote."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.services import trail_export


class Command(BaseCommand):
    help = "Say whether an exported trail is whole, unchanged, and signed by this instance."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8") as lines:
                checked = trail_export.verify(lines)
        except trail_export.Forged as error:
            raise CommandError(f"{file} does not hold: {error}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        self.stdout.write(
            f"{file} holds: {checked.lines} versions, made {checked.made_at}, signed by {checked.public_key}."
        )
