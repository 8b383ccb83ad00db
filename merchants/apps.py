from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MerchantsConfig(AppConfig):
    name = "merchants"
    verbose_name = _("Merchants")

    def ready(self) -> None:
        user_logged_out.connect(end_visit, dispatch_uid="merchants.visits")
        post_migrate.connect(publish_agreements, sender=self, dispatch_uid="merchants.agreements")


def publish_agreements(using: str, **_kwargs: Any) -> None:
    """Publish the texts of this release, once their table exists."""
    from merchants.models import AgreementText
    from merchants.services import agreements

    if AgreementText._meta.db_table in connections[using].introspection.table_names():
        agreements.publish_all()


def end_visit(user: Any, **_kwargs: Any) -> None:
    """Signing out ends a visit to a merchant's portal."""
    from merchants.services import visits

    if user is not None and user.is_staff:
        visits.end_of(visitor_id=user.pk, at=timezone.now())
