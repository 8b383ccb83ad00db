"""Write the trail into a signed file."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.services import trail_export


def moment(text: str) -> datetime:
    """Read a moment such as ``2026-11-01T00:00Z``; without zone it is Europe/Paris."""
    found = parse_datetime(text)
    if found is None:
        raise CommandError(f"{text} is no moment: write 2026-11-01T00:00Z.")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(BaseCommand):
    help = (
        "Write every version that the trail keeps as JSON lines, chained by hash and signed (docs/trail.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to write; must not exist yet")
        parser.add_argument("--since", type=moment, help="only versions from this moment on")
        parser.add_argument("--merchant", type=int, help="only what belongs to the merchant of this number")

    def handle(
        self, *args: Any, file: Path, since: datetime | None, merchant: int | None, **options: Any
    ) -> None:
        try:
            with file.open("x", encoding="utf-8") as out:
                count = trail_export.write(out, at=timezone.now(), since=since, merchant_id=merchant)
        except FileExistsError as error:
            raise CommandError(f"{file} exists already: nothing was written.") from error
        self.stdout.write(f"{count} versions written to {file}.")
