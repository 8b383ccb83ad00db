from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Find the consumers and staff rights of every app: whoever relays or migrates must know them all."""
        from core import staff

        autodiscover_modules("consumers", "staff")
        post_migrate.connect(staff.synchronize, dispatch_uid="core.staff")
