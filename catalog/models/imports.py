"""Files that merchants send, and what became of each row."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import ImportStatus, RowOutcome, Severity
from core.models import BaseModel, PublicModel
from merchants.models import Merchant


class ImportMapping(PublicModel):
    """How the columns of a merchant's file become our fields; remembered by the file's header.

    ``fields`` maps a field of ours to ``{"column": name}`` or ``{"constant": value}``.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="import_mappings")
    header_hash = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "header_hash"], name="catalog_importmapping_once")
        ]

    def __str__(self) -> str:
        return self.header_hash[:8]


class Import(PublicModel):
    """A catalogue file on its way in. Nothing is written to the catalogue before it is confirmed.

    ``next_line`` is where a run that was interrupted goes on: rows before it are committed.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="imports")
    status = models.CharField(_("status"), max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    file = models.FileField(_("file"), max_length=200)
    original_name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    dialect = models.JSONField(_("encoding and separator found"), default=dict)
    columns = models.JSONField(_("columns"), default=list)
    fields = models.JSONField(_("mapping used"), default=dict)
    failure = models.CharField(_("why it failed"), max_length=60, blank=True)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_created = models.PositiveIntegerField(_("created"), default=0)
    rows_updated = models.PositiveIntegerField(_("changed"), default=0)
    rows_unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rows_in_error = models.PositiveIntegerField(_("in error"), default=0)
    next_line = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    analysed_at = models.DateTimeField(_("dry run finished"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="catalog_import_latest")]

    def __str__(self) -> str:
        return self.original_name


class ImportRow(BaseModel):
    """One row of a file, read and checked. ``line`` counts as a spreadsheet does: the header is line 1."""

    merchant_path: ClassVar[str | None] = "imported__merchant"

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    sku = models.CharField("SKU", max_length=60, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RowOutcome)
    values = models.JSONField(_("values"), default=dict)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [models.UniqueConstraint(fields=["imported", "line"], name="catalog_importrow_once")]

    def __str__(self) -> str:
        return f"{self.line} {self.sku}"


class ImportIssue(BaseModel):
    """What is wrong, or worth knowing, about one cell of a file."""

    merchant_path: ClassVar[str | None] = "imported__merchant"

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="issues")
    line = models.PositiveIntegerField(_("line"))
    sku = models.CharField("SKU", max_length=60, blank=True)
    field = models.CharField(_("field"), max_length=60)
    code = models.CharField(_("code"), max_length=60)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    params = models.JSONField(default=dict)
    value = models.CharField(_("value received"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("issue of an imported row")
        verbose_name_plural = _("issues of imported rows")
        indexes = [models.Index(fields=["imported", "severity", "line"], name="catalog_importissue_report")]

    def __str__(self) -> str:
        return f"{self.line} {self.code}"
