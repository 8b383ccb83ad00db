from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Let the OpenAPI generator find what describes our tokens."""
        import partners.api.schema  # noqa: F401
