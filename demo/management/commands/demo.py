"""Load the demonstration world."""

import os
import time
from dataclasses import fields, replace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.management.base import ActingCommand
from core.refusals import Refusal
from demo.world import loading
from demo.world.size import SIZES, Size


class Command(ActingCommand):
    help = "Load the demonstration world into an empty database. DEMO_SIZE=small|full is the default size."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default=os.environ.get("DEMO_SIZE", "full"))
        for field in fields(Size):
            parser.add_argument(f"--{field.name}", type=int, help=f"{field.name}, other than the size's")

    def handle(self, *, size: str, **options: Any) -> None:
        if size not in SIZES:
            raise CommandError(f"DEMO_SIZE is {' or '.join(sorted(SIZES))}, not {size!r}.")
        chosen = {f.name: options[f.name] for f in fields(Size) if options[f.name] is not None}
        begun = time.monotonic()
        try:
            loading.load(replace(SIZES[size], **chosen), at=timezone.now(), report=self._report)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self._report("all", time.monotonic() - begun)

    def _report(self, name: str, seconds: float) -> None:
        self.stdout.write(f"  {seconds:6.1f} s  {name}")
        self.stdout.flush()
