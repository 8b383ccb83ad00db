"""Show a document to those who may see it; who may is the door's matter.

Bytes leave by links signed for one person and a few minutes: an address that was copied, kept by a browser
or written in a log opens nothing later, nor for anybody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode

from core.models import User
from core.refusals import Refusal
from merchants.enums import DocumentState, PreviewState, ViewKind
from merchants.models import Document
from merchants.services import documents, previews

LINK_SECONDS: Final = 600
_SIGNER: Final = signing.TimestampSigner(salt="merchants.document")

Place = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent."""

    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as a page shows it. ``pages`` are the addresses of its pictures."""

    document: Document
    pages: list[str]
    files: list[File]
    is_withheld: bool
    is_waiting: bool

    @property
    def page_count(self) -> int:
        return len(self.pages)


def shown(document: Document, *, by: User, place: Place) -> Shown:
    """Describe a document for a page; ``place(kind, number)`` is the address of a part of it."""
    stored = documents.files_of(document)
    is_withheld = document.state in {DocumentState.QUARANTINED, DocumentState.INFECTED}

    def link(kind: str, number: int) -> str:
        return f"{place(kind, number)}?{urlencode({'key': _key(document, kind, number, by)})}"

    count = 0 if is_withheld else sum(len(one.previews) for one in stored)
    names = documents.names_of(stored)
    return Shown(
        document=document,
        pages=[link(ViewKind.PAGE, number) for number in range(1, count + 1)],
        files=[
            File(name, one.size, "" if is_withheld else link(ViewKind.ORIGINAL, number))
            for number, (name, one) in enumerate(zip(names, stored, strict=True), start=1)
        ],
        is_withheld=is_withheld,
        is_waiting=not is_withheld and any(one.preview == PreviewState.WAITING for one in stored),
    )


def in_portal(document: Document) -> Place:
    names = {ViewKind.PAGE: "merchants:document_page", ViewKind.ORIGINAL: "merchants:document_file"}
    return lambda kind, number: reverse(names[ViewKind(kind)], args=[document.public_id, number])


def at_desk(document: Document) -> Place:
    names = {
        ViewKind.PAGE: "admin:merchants_document_page",
        ViewKind.ORIGINAL: "admin:merchants_document_file",
    }
    return lambda kind, number: reverse(names[ViewKind(kind)], args=[document.public_id, number])


def is_current(key: str, document: Document, kind: str, number: int, *, by: User) -> bool:
    """Tell whether a link was made for this person and part, in the last ten minutes."""
    try:
        return bool(_SIGNER.unsign(key, max_age=LINK_SECONDS) == _said(document, kind, number, by))
    except signing.BadSignature:
        return False


def send(document: Document, kind: str, number: int, *, by: User, address: str | None) -> HttpResponse:
    """Log the view, then send a page as a picture, or a file as it came: never as a page of ours."""
    try:
        if kind == ViewKind.PAGE:
            content, content_type, name = previews.page(document=document, number=number), "image/webp", ""
        else:
            stored = documents.files_of(document)[max(number, 1) - 1]
            content, content_type = documents.read(stored), stored.content_type
            name = documents.name_of(stored)
        documents.look(document=document, by=by, at=timezone.now(), address=address, kind=kind, number=number)
    except (Refusal, IndexError) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=content_type)
    if name:
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _key(document: Document, kind: str, number: int, by: User) -> str:
    return _SIGNER.sign(_said(document, kind, number, by))


def _said(document: Document, kind: str, number: int, by: User) -> str:
    return f"{document.public_id}.{kind}.{number}.{by.pk}"
