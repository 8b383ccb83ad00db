"""Pictures of the pages of documents: what reviewers and merchants look at instead of the file itself."""

import uuid
from typing import Final

from django.core.files.base import ContentFile
from django.db import transaction

from core import sealed
from core.services import jobs
from merchants.adapters import pages
from merchants.enums import PreviewState, ScanState
from merchants.models import Document, StoredFile
from merchants.services import documents

CONTENT_TYPE: Final = "image/webp"
CLEARED: Final = (ScanState.NOT_ASKED, ScanState.CLEAN)


class NoSuchPage(documents.NotThere):
    code = "document_page_not_there"


def make(*, file_id: int) -> None:
    """Draw the pages of a file, once; what cannot be drawn is noted so. Safe to run again.

    Nothing that the antivirus has not cleared is opened.
    """
    stored = StoredFile.objects.filter(pk=file_id).select_related("merchant").first()
    if stored is None or stored.preview == PreviewState.READY or stored.scan not in CLEARED:
        return
    try:
        drawn = pages.draw(documents.read(stored), stored.content_type)
    except (pages.CannotDraw, documents.NotThere):
        drawn = []
    storage, key = stored.file.storage, stored.merchant.data_key_id
    folder = f"previews/{stored.merchant.public_id}"
    names = [
        storage.save(f"{folder}/{uuid.uuid4().hex}", ContentFile(sealed.seal_bytes(key, picture)))
        for picture in drawn
    ]
    with transaction.atomic():
        state = PreviewState.READY if names else PreviewState.FAILED
        waiting = StoredFile.objects.filter(pk=file_id).exclude(preview=PreviewState.READY)
        is_mine = waiting.update(preview=state, previews=names)
    if not is_mine:
        # Another worker was quicker: its pictures are the ones.
        for name in names:
            storage.delete(name)


def ask_again(*, document: Document) -> None:
    """Ask for the pictures of a document that has none: it came before there were any, or its job is lost."""
    for stored in documents.files_of(document):
        if stored.preview != PreviewState.WAITING or stored.scan not in CLEARED:
            continue
        jobs.enqueue(documents.PREVIEW_JOB, key=str(stored.pk), file_id=stored.pk)


def page(*, document: Document, number: int) -> bytes:
    """Return the picture (WebP) of a page, counted from 1 through all files. Raises ``NoSuchPage``."""
    left = number
    for stored in documents.files_of(document):
        if 1 <= left <= len(stored.previews):
            return documents.unsealed(stored, stored.previews[left - 1])
        left -= len(stored.previews)
    raise NoSuchPage
