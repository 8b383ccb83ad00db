"""Write docs/order-states.md anew from the table of steps."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orders import transitions


class Command(BaseCommand):
    help = "Write docs/order-states.md from orders/transitions.py."

    def handle(self, **_options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "order-states.md"
        page.write_text(transitions.as_markdown(), encoding="utf-8")
        self.stdout.write(str(page))
