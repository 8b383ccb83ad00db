"""Documents that prove something: checked from their content, kept privately, every view logged."""

import hashlib
import io
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Final

import filetype
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import DocumentKind, DocumentState
from merchants.models import Document, DocumentView
from merchants.services import files, requirements

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PAGES: Final = 20
MAX_PIXELS: Final = 60_000_000
TYPES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
REQUIREMENT: Final = {DocumentKind.REGISTRATION: "registration_document"}


class DocumentRefused(Refusal):
    code = "document_refused"
    status = 422


class Empty(DocumentRefused):
    code = "document_empty"
    default_message = _("The file is empty (0 bytes). Export or scan it again, then send it.")


class TooLarge(DocumentRefused):
    code = "document_too_large"


class WrongType(DocumentRefused):
    code = "document_wrong_type"
    default_message = _(
        "The content of this file is neither a PDF, nor a JPEG, nor a PNG, whatever its name says. Export "
        "it as "
        "PDF, or take a photo of it."
    )


class Encrypted(DocumentRefused):
    code = "document_encrypted"
    default_message = _(
        "This PDF is protected by a password: we could not read it. Print it to a PDF without password, "
        "then send "
        "that one."
    )


class Broken(DocumentRefused):
    code = "document_broken"
    default_message = _("This file is damaged: it does not open. Download or scan it again, then send it.")


class TooManyPages(DocumentRefused):
    code = "document_too_many_pages"


class WrongDate(DocumentRefused):
    code = "document_wrong_date"


@dataclass(frozen=True, slots=True)
class Content:
    """What was found inside a file."""

    data: bytes
    content_type: str
    pages: int

    @property
    def extension(self) -> str:
        return TYPES[self.content_type]


def receive(
    *,
    merchant_id: int,
    kind: str,
    file: IO[bytes],
    name: str,
    by: User,
    at: datetime,
    issued_on: date | None = None,
    person_id: int | None = None,
) -> Document:
    """Check a file and keep it; the document of the same kind that it replaces stays, as replaced.

    Refused at once, with the reason: empty, over 10 MB, not PDF, JPEG or PNG by content, encrypted, damaged,
    over 20 pages, dated in the future. Nothing is kept of what is refused.
    """
    content = inspect(file)
    if issued_on is not None and issued_on > timezone.localdate(at):
        raise WrongDate(_("The date of the document is in the future. Copy the one that is printed on it."))
    return _keep(merchant_id, DocumentKind(kind), content, name, by, at, issued_on, person_id)


def inspect(file: IO[bytes]) -> Content:
    """Read at most 10 MB and say what the content is; raises a ``DocumentRefused``."""
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise Empty
    if len(data) > MAX_BYTES:
        raise TooLarge(_("The file is over 10 MB. Scan it in grey at 200 dpi, or send fewer pages."))
    kind = filetype.guess(data)
    mime = kind.mime if kind is not None else ""
    if mime not in TYPES:
        raise WrongType(found=mime)
    pages = _pdf_pages(data) if mime == "application/pdf" else _image(data)
    return Content(data, mime, pages)


@transaction.atomic
def look(*, document: Document, by: User, at: datetime, address: str | None) -> Document:
    """Log that a person opens the document; who may is the door's matter."""
    DocumentView.objects.create(document=document, user=by, viewed_at=at, address=address)
    return document


@transaction.atomic
def _keep(
    merchant_id: int,
    kind: DocumentKind,
    content: Content,
    name: str,
    by: User,
    at: datetime,
    issued_on: date | None,
    person_id: int | None,
) -> Document:
    code = REQUIREMENT.get(kind, f"document_{kind}")
    application = files.lock_for_change(merchant_id=merchant_id, code=code)
    earlier = Document.objects.for_merchant(merchant_id).filter(kind=kind, person=person_id)
    earlier.exclude(state=DocumentState.REPLACED).update(state=DocumentState.REPLACED)
    document = Document(
        merchant_id=merchant_id,
        kind=kind,
        person_id=person_id,
        original_name=_clean_name(name),
        content_type=content.content_type,
        size=len(content.data),
        pages=content.pages,
        sha256=hashlib.sha256(content.data).hexdigest(),
        issued_on=issued_on,
        uploaded_by=by,
        created_at=at,
    )
    # The name says nothing; whoever finds the folder learns no company from it.
    path = f"documents/{application.merchant.public_id}/{uuid.uuid4().hex}.{content.extension}"
    document.file.save(path, ContentFile(content.data), save=True)
    files.answered(merchant_id=merchant_id, code=code, at=at)
    events.record("document.received", document, merchant_id=merchant_id, by=by, data={"kind": kind})
    requirements.refresh(merchant_id=merchant_id, at=at)
    return document


def _pdf_pages(data: bytes) -> int:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Encrypted
        pages = len(reader.pages)
        if pages:
            reader.pages[0].mediabox  # noqa: B018 - reads the page
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise Broken from error
    if pages == 0:
        raise Broken
    if pages > MAX_PAGES:
        raise TooManyPages(
            ngettext_lazy(
                "The document has %(count)d page, the limit is %(limit)d. Send only the pages that are "
                "asked for.",
                "The document has %(count)d pages, the limit is %(limit)d. Send only the pages that are "
                "asked for.",
                pages,
            )
            % {"count": pages, "limit": MAX_PAGES},
            pages=pages,
        )
    return pages


def _image(data: bytes) -> int:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLarge(_("The picture has over 60 million pixels. Take it again with less detail."))
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Broken from error
    return 1


def _clean_name(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in base if c.isprintable())[:200] or "document"
