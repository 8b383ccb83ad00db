"""What merchants send to prove something: files, the documents they make up, and who looked at them."""

from typing import ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel, SealedField
from core.models.trail import append_only_triggers
from merchants.enums import DocumentKind, DocumentState, PreviewState, ScanState, ViewKind
from merchants.models.company import Person
from merchants.models.store import Merchant


def private_storage() -> Storage:
    """Return where documents are kept; no address leads there."""
    return storages["documents"]


@tracked(exclude=["previews"])
class StoredFile(PublicModel):
    """A file as it was sent, sealed under the merchant's key and never changed.

    ``size`` (bytes) and ``sha256`` are of the content in clear; ``previews`` names the sealed pictures of its
    pages. Without ``kept`` the content is gone: it was infected.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(_("file"), upload_to="", max_length=200, storage=private_storage)
    is_sealed = models.BooleanField(_("sealed"), default=True)
    is_kept = models.BooleanField(_("kept"), default=True)
    original_name = SealedField(_("name"))
    content_type = models.CharField(_("type"), max_length=60)
    size = models.PositiveIntegerField(_("size, bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(_("antivirus"), max_length=10, choices=ScanState, default=ScanState.NOT_ASKED)
    scanned_at = models.DateTimeField(_("scanned"), null=True, blank=True)
    threat = models.CharField(_("malware"), max_length=200, blank=True)
    preview = models.CharField(
        _("preview"), max_length=10, choices=PreviewState, default=PreviewState.WAITING
    )
    previews = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file received")
        verbose_name_plural = _("files received")
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(scan=ScanState.WAITING),
                name="merchants_storedfile_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__gt=0, size__lte=10 * 1024 * 1024),
                name="merchants_storedfile_size_allowed",
            ),
            models.CheckConstraint(
                condition=models.Q(scan__in=[ScanState.NOT_ASKED, ScanState.WAITING], scanned_at__isnull=True)
                | models.Q(scan__in=[ScanState.CLEAN, ScanState.INFECTED], scanned_at__isnull=False),
                name="merchants_storedfile_scan_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(is_kept=True) | models.Q(scan=ScanState.INFECTED),
                name="merchants_storedfile_kept_unless_infected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type}, {self.size}"


@tracked
class Document(PublicModel):
    """A proof: files of a kind, where asked about one person. The same file may serve several."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    state = models.CharField(_("state"), max_length=12, choices=DocumentState, default=DocumentState.PENDING)
    files = models.ManyToManyField(StoredFile, through="DocumentPart", related_name="documents")
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    reminded_days = models.SmallIntegerField(_("last reminder, days before"), null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("read"), null=True, blank=True)
    refusal_text = models.TextField(_("why it was refused"), blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(fields=["state", "id"], name="merchants_document_state"),
            models.Index(
                fields=["expires_on"],
                condition=models.Q(state__in=[DocumentState.PENDING, DocumentState.ACCEPTED]),
                name="merchants_document_expiring",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=[DocumentState.ACCEPTED, DocumentState.REFUSED])
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="merchants_document_read_has_reader",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class DocumentPart(BaseModel):
    """A file of a document, in its order: the front of a card, then its back."""

    merchant_path: ClassVar[str | None] = "document__merchant"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="parts")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("file of a document")
        verbose_name_plural = _("files of documents")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="merchants_documentpart_place"),
            models.UniqueConstraint(fields=["document", "stored"], name="merchants_documentpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} · {self.position + 1}"


class DocumentView(BaseModel):
    """Who looked at what of a document, and from where. Rows are only added.

    ``number`` is the page, counted from 1 through all files of the document, or the file.
    """

    merchant_path: ClassVar[str | None] = "document__merchant"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    viewed_at = models.DateTimeField(_("seen"))
    address = models.GenericIPAddressField(_("address"), null=True)
    kind = models.CharField(_("what was seen"), max_length=10, choices=ViewKind, default=ViewKind.ORIGINAL)
    number = models.PositiveSmallIntegerField(_("number"), default=1)

    class Meta:
        verbose_name = _("document view")
        verbose_name_plural = _("document views")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.user} {self.viewed_at:%Y-%m-%d %H:%M}"
