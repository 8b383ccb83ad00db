"""The antivirus reads every file before a person can. Until it has, the file stays in quarantine."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from core.services import events, jobs
from merchants.adapters import antivirus
from merchants.enums import DocumentState, ScanState
from merchants.models import Document, StoredFile
from merchants.services import documents, files, requirements

logger = logging.getLogger(__name__)
BATCH = 500


def scan(*, file_id: int, at: datetime) -> None:
    """Have a waiting file read, and let it out of quarantine or destroy it. Safe to run again.

    Raises ``ScannerUnavailable`` when the antivirus does not answer: the job comes back later.
    """
    stored = StoredFile.objects.filter(pk=file_id, scan=ScanState.WAITING).first()
    if stored is None or not settings.CLAMAV_URL:
        return
    try:
        verdict = antivirus.scan(documents.read(stored), settings.CLAMAV_URL)
    except documents.NotThere:
        return
    if verdict.threat:
        _destroy(stored, verdict.threat, at)
    else:
        _release(stored, at)


def scan_waiting() -> int:
    """Ask again for every file that waits: the antivirus may have been away longer than jobs are patient."""
    waiting = StoredFile.objects.filter(scan=ScanState.WAITING).order_by("created_at", "pk")
    asked = list(waiting.values_list("pk", flat=True)[:BATCH])
    for pk in asked:
        jobs.enqueue(documents.SCAN_JOB, key=str(pk), file_id=pk)
    return len(asked)


@transaction.atomic
def _release(stored: StoredFile, at: datetime) -> None:
    if not _note(stored, ScanState.CLEAN, at):
        return
    jobs.enqueue(documents.PREVIEW_JOB, key=str(stored.pk), file_id=stored.pk)
    waiting = Document.objects.filter(files=stored, state=DocumentState.QUARANTINED)
    for document in waiting.exclude(files__scan=ScanState.WAITING):
        document.state = DocumentState.PENDING
        document.save(update_fields=["state"])
    requirements.refresh(merchant_id=stored.merchant_id, at=at)


@transaction.atomic
def _destroy(stored: StoredFile, threat: str, at: datetime) -> None:
    """Delete the content; its hash, size and the malware's name stay as evidence."""
    if not _note(stored, ScanState.INFECTED, at, threat=threat, is_kept=False):
        return
    logger.warning("infected document", extra={"file": str(stored.public_id), "threat": threat})
    found = Document.objects.filter(files=stored).exclude(state=DocumentState.REPLACED)
    for document in found:
        document.state = DocumentState.INFECTED
        document.reviewed_by = document.reviewed_at = None
        document.save(update_fields=["state", "reviewed_by", "reviewed_at"])
        events.record(
            "document.infected",
            document,
            merchant_id=stored.merchant_id,
            data={"kind": document.kind, "threat": threat, "sha256": stored.sha256},
        )
    transaction.on_commit(lambda: stored.file.storage.delete(str(stored.file.name)))
    requirements.refresh(merchant_id=stored.merchant_id, at=at)


def _note(stored: StoredFile, state: ScanState, at: datetime, **found: object) -> bool:
    """Write the verdict once, under the lock of the file it changes."""
    files.lock(merchant_id=stored.merchant_id)
    waiting = StoredFile.objects.filter(pk=stored.pk, scan=ScanState.WAITING)
    return bool(waiting.update(scan=state, scanned_at=at, **found))
