"""Add a connected application, switch it off and on. Staff, or its owner; the caller has checked that."""

from datetime import datetime

from allauth.idp.oidc.models import Token
from django.db import transaction

from core.models import User
from core.services import events
from partners.enums import ApplicationKind
from partners.models import Application


@transaction.atomic
def create(
    *, name: str, kind: str, contact_email: str, by: User | None, at: datetime, merchant_id: int | None = None
) -> Application:
    """Add an application, active and without credentials. ``merchant_id`` is whose it is, for the event."""
    application = Application.objects.create(
        name=name, kind=ApplicationKind(kind), contact_email=contact_email, created_at=at
    )
    events.record("application.created", application, merchant_id=merchant_id, by=by)
    return application


@transaction.atomic
def deactivate(*, application_id: int, by: User | None, at: datetime) -> Application:
    """Shut an application out at once: its tokens end, its credentials open nothing. Twice is once."""
    application: Application = Application.objects.select_for_update().get(pk=application_id)
    if application.is_active:
        application.is_active = False
        application.save(update_fields=["is_active"])
        Token.objects.filter(client__credential__application=application).delete()
        events.record("application.deactivated", application, by=by)
    return application


@transaction.atomic
def activate(*, application_id: int, by: User | None, at: datetime) -> Application:
    """Let an application in again, with the credentials that were not revoked. Twice is once."""
    application: Application = Application.objects.select_for_update().get(pk=application_id)
    if not application.is_active:
        application.is_active = True
        application.save(update_fields=["is_active"])
        events.record("application.activated", application, by=by)
    return application
