"""What is sold, in which language, at what price, how many are left."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from catalog.services import markets
        from merchants.services.requirements import facts

        facts.provide("markets", markets.open_to)
        import_module("catalog.web.navigation")
