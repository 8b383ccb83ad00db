"""Commands whose changes the trail attributes to them."""

from typing import Any

from django.core.management.base import BaseCommand

from core import audit


class ActingCommand(BaseCommand):
    """A command that says its name to the trail. Use it for every command that changes data."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with audit.acting(command=type(self).__module__.rsplit(".", 1)[-1]):
            return super().execute(*args, **options)
