"""Write docs/requirements.md anew from the declarations."""

from django.conf import settings
from django.core.management.base import BaseCommand

from merchants.services.requirements import table


class Command(BaseCommand):
    help = "Write docs/requirements.md from merchants/services/requirements/definitions."
    requires_system_checks: list[str] = []

    def handle(self, **options: object) -> None:
        page = settings.BASE_DIR / "docs" / "requirements.md"
        page.write_text(table.as_markdown(), encoding="utf-8")
