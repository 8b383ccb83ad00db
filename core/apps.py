from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Find what every app registers: consumers, staff rights, its places in portal and desk."""
        from core import staff
        from core.web import machinery  # noqa: F401

        autodiscover_modules("consumers", "staff", "web.frame", "web.navigation", "web.desk")
        post_migrate.connect(staff.synchronize, dispatch_uid="core.staff")
