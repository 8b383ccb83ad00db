from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Machinery")

    def ready(self) -> None:
        """Find what every app registers: consumers, staff rights, its places in portal and desk."""
        from core import naming, staff
        from core.web import machinery  # noqa: F401

        autodiscover_modules("consumers", "staff", "web.frame", "web.navigation", "web.desk")
        naming.name_fields()
        post_migrate.connect(staff.synchronize, dispatch_uid="core.staff")
