from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class MerchantsConfig(AppConfig):
    name = "merchants"

    def ready(self) -> None:
        post_migrate.connect(publish_agreements, sender=self, dispatch_uid="merchants.agreements")


def publish_agreements(using: str, **_kwargs: Any) -> None:
    """Publish the texts of this release, once their table exists."""
    from merchants.models import AgreementText
    from merchants.services import agreements

    if AgreementText._meta.db_table in connections[using].introspection.table_names():
        agreements.publish_all()
