from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Find the consumers of every app: whoever relays must know them all."""
        autodiscover_modules("consumers")
