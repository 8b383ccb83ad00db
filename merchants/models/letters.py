"""What was written to the people of a merchant."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicModel, SealedField
from core.models.trail import append_only_triggers
from merchants.models.store import Merchant


class Letter(PublicModel):
    """A mail to somebody of a merchant, kept with the file as it went out. Rows are only added.

    Address, subject and text are sealed: they name people. ``recipient`` is None for somebody who was only
    invited.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(_("kind"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    address = SealedField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=10)
    subject = SealedField(_("subject"))
    text = SealedField(_("text"))
    attachments = models.JSONField(_("attachments"), default=list)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="merchants_letter_latest")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return self.kind
