from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        """Let the OpenAPI generator find what describes our tokens."""
        import partners.api.schema  # noqa: F401
