"""An RSA key for ``IDP_OIDC_PRIVATE_KEY``."""

from typing import Any

from django.core.management.base import BaseCommand

from partners.adapters import new_key


class Command(BaseCommand):
    help = "Print a new RSA key in PEM, to be set as IDP_OIDC_PRIVATE_KEY."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
