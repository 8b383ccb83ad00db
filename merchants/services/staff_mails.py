"""Mails to the reviewers of the marketplace."""

from typing import Final

from django.conf import settings
from django.urls import reverse

from core.models import User
from core.services import mail
from merchants.models import Document
from merchants.services.review import reviewers

INFECTED_JOB: Final = "merchants.mail_infected"


def tell_infected(*, document: str, threat: str, event_key: str) -> None:
    """Write to who reviews the file, else to every reviewer, that malware was found in a document."""
    found = Document.objects.select_related("merchant__application__assigned_to").get(public_id=document)
    application = found.merchant.application
    page = reverse("admin:merchants_application_change", args=[application.pk])
    for person in _readers(application.assigned_to):
        mail.send(
            template="merchants/staff_document_infected",
            to=[person.email],
            language=person.language,
            context={
                "store": str(found.merchant),
                "document": found,
                "threat": threat,
                "url": f"{settings.PUBLIC_URL}{page}",
            },
            key=f"document.infected:{event_key}:{person.pk}",
        )


def _readers(held_by: User | None) -> list[User]:
    return [held_by] if held_by is not None and held_by.is_active else list(reviewers())
