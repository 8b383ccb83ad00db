"""Wrap the data keys anew after the instance's key was changed."""

from typing import Any

from core import sealed
from core.management.base import ActingCommand


class Command(ActingCommand):
    help = "Wrap every data key by INSTANCE_KEY, reading those wrapped by INSTANCE_KEYS_OLD."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{sealed.rewrap()} keys wrapped anew.")
