"""Documents received before files were sealed and kept apart: migration 0007 on rows of that time.

Going back to the tables of that time would undo migrations that cannot be undone; the function is given
documents that carry the columns they had instead, and writes into the tables of today.
"""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core import sealed
from merchants.enums import DocumentKind, ScanState
from merchants.models import Document, DocumentPart, Merchant, StoredFile
from merchants.models.papers import private_storage
from merchants.services import documents, signup
from tests.merchants.conftest import AT

NAME = "kbis-zqtresquel.pdf"
CONTENT = b"%PDF-1.4 of that time"


class Apps:
    """The models as the migration asks for them, old documents among them."""

    def __init__(self, found: list[Any]) -> None:
        rows = SimpleNamespace(iterator=lambda: iter(found))
        query = SimpleNamespace(select_related=lambda *_names: SimpleNamespace(order_by=lambda *_by: rows))
        self.models = {
            "Document": SimpleNamespace(objects=query),
            "StoredFile": StoredFile,
            "DocumentPart": DocumentPart,
        }

    def get_model(self, _app: str, name: str) -> Any:
        return self.models[name]


def old_document(merchant: Merchant, by: Any) -> Any:
    document: Any = Document.objects.create(
        merchant=merchant, kind=DocumentKind.REGISTRATION, uploaded_by=by, created_at=AT
    )
    name = private_storage().save(f"documents/old/{document.pk}.pdf", ContentFile(CONTENT))
    document.file = SimpleNamespace(name=name)
    document.original_name, document.content_type = NAME, "application/pdf"
    document.size, document.pages, document.sha256 = len(CONTENT), None, "0" * 64
    return document


@pytest.mark.django_db
def test_an_old_document_keeps_its_content_and_its_name_is_sealed(merchant, owner, make_user) -> None:
    erased = make_user()
    gone = signup.open_file(user_id=erased.pk, at=AT)
    found = [old_document(merchant, owner), old_document(gone, erased)]
    sealed.destroy(gone.data_key, at=AT)
    gone.data_key.refresh_from_db()

    import_module("merchants.migrations.0007_move_contents").move(Apps(found), None)

    kept, of_gone = (documents.files_of(Document.objects.get(pk=one.pk))[0] for one in found)
    assert (documents.read(kept), documents.name_of(kept)) == (CONTENT, NAME)
    assert NAME.encode() not in bytes(kept.original_name)
    assert (kept.pages, kept.scan, kept.is_sealed) == (1, ScanState.NOT_ASKED, False)
    assert (kept.created_at, kept.uploaded_by) == (AT, owner)
    assert documents.name_of(of_gone) is sealed.ERASED
