"""Load the national register of frozen assets from the file that the Treasury publishes."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.management.base import ActingCommand
from core.refusals import Refusal
from merchants.services import freeze_list


class Command(ActingCommand):
    help = "Load the register of frozen assets (JSON of the Treasury), then screen everybody."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
            loaded = freeze_list.load(content=content, at=timezone.now())
        except (OSError, Refusal) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"published {loaded.published_on}, {loaded.count} entries")
