"""Documents that prove something: checked from their content, kept sealed, every view logged."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events, jobs
from merchants.enums import DocumentKind, DocumentState, ScanState, ViewKind
from merchants.models import Application, Document, DocumentPart, DocumentView, Merchant, Person, StoredFile
from merchants.services import contents, files, requirements
from merchants.services.contents import Content, DocumentRefused

PREVIEW_JOB: Final = "merchants.preview_file"
SCAN_JOB: Final = "merchants.scan_file"
MAX_FILES: Final = 10
#: The requirement that a kind of document answers.
REQUIREMENT: Final = {
    DocumentKind.REGISTRATION: "registration_document",
    DocumentKind.IDENTITY: "identity_documents",
    DocumentKind.BANK_PROOF: "bank_proof",
    DocumentKind.POWER_OF_ATTORNEY: "power_of_attorney",
    DocumentKind.STATUTES: "statutes",
    DocumentKind.ADDRESS_PROOF: "address_proof",
    DocumentKind.INSURANCE: "insurance",
}
LIVE: Final = (DocumentState.QUARANTINED, DocumentState.PENDING, DocumentState.ACCEPTED)


class WrongDate(DocumentRefused):
    code = "document_wrong_date"


class Expired(DocumentRefused):
    code = "document_expired"


class TooManyFiles(DocumentRefused):
    code = "document_too_many_files"


class NotThere(Refusal):
    code = "document_not_there"
    status = 422
    default_message = _("This file is no longer there. Send it again.")


class Withheld(Refusal):
    code = "document_withheld"
    default_message = _("Nobody may open this file: the antivirus has not cleared it.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a form or a command gives it."""

    file: IO[bytes]
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document is and says of itself. Dates as printed on it."""

    kind: DocumentKind
    person_id: int | None = None
    issued_on: date | None = None
    expires_on: date | None = None


def receive(
    *,
    merchant_id: int,
    kind: str,
    file: IO[bytes],
    name: str,
    by: User,
    at: datetime,
    issued_on: date | None = None,
    expires_on: date | None = None,
    person_id: int | None = None,
    more: Sequence[Upload] = (),
) -> Document:
    """Check files and keep them; the document of the same kind that they replace stays, as replaced.

    ``more`` are further files of the same document, such as the back of a card. Refused at once, with the
    reason: see ``contents.inspect``; also what is over 20 pages in all, dated in the future (``WrongDate``)
    or no longer valid (``Expired``). Nothing is kept of what is refused.
    """
    facts = Facts(DocumentKind(kind), person_id, issued_on, expires_on)
    check_dates(facts, at)
    uploads = [Upload(file, name), *more]
    if len(uploads) > MAX_FILES:
        raise TooManyFiles(_("Send %(limit)d files at most for one document.") % {"limit": MAX_FILES})
    found = [(contents.inspect(upload.file), upload.name) for upload in uploads]
    contents.check_page_count(sum(content.pages for content, _name in found))
    return _receive(merchant_id, facts, found, by, at)


@transaction.atomic
def _receive(
    merchant_id: int, facts: Facts, found: list[tuple[Content, str]], by: User, at: datetime
) -> Document:
    application = _lock(merchant_id, facts)
    return _make(merchant_id, facts, _store(application.merchant, found, by, at), by, at)


@transaction.atomic
def keep_for_appeal(
    *, merchant: Merchant, found: Sequence[tuple[Content, str]], by: User, at: datetime
) -> Document:
    """Keep what goes with an appeal: it answers no requirement and replaces nothing. The merchant is locked
    by the caller, and the contents were inspected.
    """
    return _make(merchant.pk, Facts(DocumentKind.APPEAL), _store(merchant, found, by, at), by, at)


@transaction.atomic
def attach(*, merchant_id: int, file_ids: Sequence[int], facts: Facts, by: User, at: datetime) -> Document:
    """Let files already received serve as another document, for another requirement or person.

    Raises ``NotThere`` when one is gone or infected, and what ``receive`` raises of dates.
    """
    check_dates(facts, at)
    _lock(merchant_id, facts)
    kept = StoredFile.objects.for_merchant(merchant_id).filter(pk__in=file_ids, is_kept=True)
    stored = list(kept.exclude(scan=ScanState.INFECTED).select_for_update().order_by("pk"))
    if not stored or len(stored) != len(set(file_ids)):
        raise NotThere
    return _make(merchant_id, facts, stored, by, at)


def check_dates(facts: Facts, at: datetime) -> None:
    today = timezone.localdate(at)
    if facts.issued_on is not None and facts.issued_on > today:
        raise WrongDate(_("The date of the document is in the future. Copy the one that is printed on it."))
    if facts.expires_on is not None and facts.expires_on < today:
        raise Expired(_("This document is no longer valid. Send one that is, or correct its date."))


def reusable(*, merchant_id: int) -> list[StoredFile]:
    """Return the merchant's files that may serve once more, newest first."""
    rows = StoredFile.objects.for_merchant(merchant_id).filter(is_kept=True)
    return list(rows.exclude(scan=ScanState.INFECTED).order_by("-pk")[:50])


def files_of(document: Document) -> list[StoredFile]:
    """Return the files of a document in their order; see ``prefetch_files`` for many."""
    prefetch_files([document])
    return [part.stored for part in document.parts.all()]


def prefetch_files(found: list[Document]) -> None:
    """Read the files of many documents with one query, those known already with none."""
    prefetch_related_objects(found, Prefetch("parts", DocumentPart.objects.select_related("stored")))


def name_of(stored: StoredFile) -> str:
    """Return the name under which a file was sent; ``core.sealed.ERASED`` once erased."""
    return names_of([stored])[0]


def names_of(stored: Iterable[StoredFile]) -> list[str]:
    """Return the names of many files with at most one query."""
    blobs = [bytes(one.original_name) for one in stored]
    read = iter(sealed.unseal_many([blob for blob in blobs if blob]))
    return [next(read) if blob else sealed.ERASED for blob in blobs]


def read(stored: StoredFile) -> bytes:
    """Return the content as it was received. Raises ``NotThere`` when it is gone or erased."""
    return unsealed(stored, str(stored.file.name))


def unsealed(stored: StoredFile, name: str) -> bytes:
    """Return the content of one of the files kept for ``stored``."""
    try:
        with stored.file.storage.open(name) as file:
            blob = file.read()
    except FileNotFoundError as error:
        raise NotThere from error
    data = sealed.unseal_bytes(blob) if stored.is_sealed or name != stored.file.name else blob
    if data is None:
        raise NotThere
    return data


@transaction.atomic
def look(
    *,
    document: Document,
    by: User,
    at: datetime,
    address: str | None,
    kind: str = ViewKind.ORIGINAL,
    number: int = 1,
) -> None:
    """Log that a person opens a page or a file of the document; who may is the door's matter.

    Raises ``Withheld`` for what the antivirus has not cleared.
    """
    if document.state in {DocumentState.QUARANTINED, DocumentState.INFECTED}:
        raise Withheld
    DocumentView.objects.create(
        document=document, user=by, viewed_at=at, address=address, kind=kind, number=number
    )


def _lock(merchant_id: int, facts: Facts) -> Application:
    code = REQUIREMENT.get(facts.kind, f"document_{facts.kind}")
    application = files.lock_for_change(merchant_id=merchant_id, code=code)
    if facts.person_id is not None:
        Person.objects.for_merchant(merchant_id).get(pk=facts.person_id, ended_at=None)
    return application


def _store(
    merchant: Merchant, found: Sequence[tuple[Content, str]], by: User, at: datetime
) -> list[StoredFile]:
    """Keep files; twice the same picture is one."""
    different = {hashlib.sha256(content.data).hexdigest(): (content, name) for content, name in found}
    return [
        _store_one(merchant, content, digest, name, by, at) for digest, (content, name) in different.items()
    ]


def _store_one(
    merchant: Merchant, content: Content, digest: str, name: str, by: User, at: datetime
) -> StoredFile:
    key = merchant.data_key_id
    is_scanned = bool(settings.CLAMAV_URL)
    stored = StoredFile(
        merchant=merchant,
        original_name=sealed.seal(key, _clean_name(name)),
        content_type=content.content_type,
        size=len(content.data),
        pages=content.pages,
        sha256=digest,
        scan=ScanState.WAITING if is_scanned else ScanState.NOT_ASKED,
        uploaded_by=by,
        created_at=at,
    )
    # The name says nothing; whoever finds the folder learns no company from it.
    path = f"documents/{merchant.public_id}/{uuid.uuid4().hex}"
    stored.file.save(path, ContentFile(sealed.seal_bytes(key, content.data)), save=True)
    jobs.enqueue(SCAN_JOB if is_scanned else PREVIEW_JOB, key=str(stored.pk), by=by, file_id=stored.pk)
    return stored


def _make(merchant_id: int, facts: Facts, stored: Sequence[StoredFile], by: User, at: datetime) -> Document:
    earlier = Document.objects.for_merchant(merchant_id).filter(kind=facts.kind, person=facts.person_id)
    if facts.kind != DocumentKind.APPEAL:
        earlier.exclude(state=DocumentState.REPLACED).update(state=DocumentState.REPLACED)
    is_waiting = any(one.scan == ScanState.WAITING for one in stored)
    document = Document.objects.create(
        merchant_id=merchant_id,
        kind=facts.kind,
        person_id=facts.person_id,
        state=DocumentState.QUARANTINED if is_waiting else DocumentState.PENDING,
        issued_on=facts.issued_on,
        expires_on=facts.expires_on,
        uploaded_by=by,
        created_at=at,
    )
    DocumentPart.objects.bulk_create(
        DocumentPart(document=document, stored=one, position=place) for place, one in enumerate(stored)
    )
    code = REQUIREMENT.get(facts.kind, f"document_{facts.kind}")
    files.answered(merchant_id=merchant_id, code=code, at=at)
    events.record(
        "document.received", document, merchant_id=merchant_id, by=by, data={"kind": facts.kind.value}
    )
    requirements.refresh(merchant_id=merchant_id, at=at)
    return document


def _clean_name(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in base if c.isprintable())[:200] or "document"
