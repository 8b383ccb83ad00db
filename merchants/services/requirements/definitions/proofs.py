"""What documents prove, for whatever requirement asks for one."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from merchants.enums import ApplicationStatus, DocumentKind, DocumentState
from merchants.models import Document
from merchants.services.requirements.definitions.base import (
    Blocks,
    Check,
    Finding,
    done,
    elsewhere,
    to_do,
    with_us,
)
from merchants.services.requirements.facts import File

# No law says how old a certificate or a bill may be; practice asks for less than three months.
MAX_DAYS: Final = 92


def proof(kind: DocumentKind, *, max_days: int | None = None) -> Check:
    """Ask for one document of a kind; see ``of_document``."""
    return lambda file: of_document(file, file.document(kind), max_days=max_days)


def of_document(file: File, document: Document | None, *, max_days: int | None = None) -> Finding:
    """Say what a document proves. ``max_days``: how old it may be, counted until the store opens: it is
    computed again at each decision.
    """
    if document is None:
        return to_do()
    if document.state == DocumentState.QUARANTINED:
        return elsewhere(document.created_at, "document_scanned", holds=frozenset({Blocks.OPENING}))
    if document.state == DocumentState.INFECTED:
        return to_do("document_infected")
    if document.state == DocumentState.REFUSED:
        return to_do("document_refused", text=document.refusal_text)
    if document.expires_on is not None and document.expires_on < file.today:
        return to_do("document_expired", ended=document.expires_on)
    if max_days is not None and (late := _too_old(file, document, max_days)) is not None:
        return late
    if document.state == DocumentState.ACCEPTED:
        return done(document.reviewed_at, valid_until=_end_of(document.expires_on))
    return with_us(document.created_at, "document_read")


def _too_old(file: File, document: Document, max_days: int) -> Finding | None:
    if document.issued_on is None or file.application.status == ApplicationStatus.APPROVED:
        return None
    age = (file.today - document.issued_on).days
    if age <= max_days:
        return None
    oldest = file.today - timedelta(days=max_days)
    return to_do("document_too_old", issued=document.issued_on, age=age, limit=max_days, oldest=oldest)


def _end_of(day: date | None) -> datetime | None:
    """Return the midnight that ends a day."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
