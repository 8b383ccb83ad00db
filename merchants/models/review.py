"""What the staff writes about a file while they read it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel, SealedField
from core.models.trail import append_only_triggers
from merchants.enums import DecisionReason, Verdict
from merchants.models.file import Application
from merchants.models.store import Merchant


class Note(PublicModel):
    """A word among the staff about a merchant, which the merchant never reads. Rows are only added."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="notes")
    text = SealedField(_("note"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.author} {self.created_at:%Y-%m-%d %H:%M}"


@tracked(exclude=["text"])
class RequirementCheck(BaseModel):
    """What a reviewer found of one requirement of a file, until the merchant changes it or it is decided."""

    merchant_path: ClassVar[str | None] = "application__merchant"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="checks")
    code = models.CharField(_("requirement"), max_length=60)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict)
    reason = models.CharField(_("reason"), max_length=25, choices=DecisionReason, blank=True)
    text = models.TextField(_("text for the merchant"), blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("checked by"), on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("check of a requirement")
        verbose_name_plural = _("checks of requirements")
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="merchants_requirementcheck_once"),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.TO_CORRECT) | (~models.Q(text="") & ~models.Q(reason="")),
                name="merchants_requirementcheck_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_verdict_display()}"


@tracked
class ReasonText(BaseModel):
    """The marketplace's own words for a reason, in one language, instead of those of the release."""

    merchant_path: ClassVar[str | None] = None

    reason = models.CharField(_("reason"), max_length=25, choices=DecisionReason)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField(_("text for the merchant"), max_length=4000)

    class Meta:
        verbose_name = _("words of a reason")
        verbose_name_plural = _("words of reasons")
        constraints = [
            models.UniqueConstraint(fields=["reason", "language"], name="merchants_reasontext_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.language})"


class Reading(BaseModel):
    """Who reads what an open store sent again, until they decide or their hold is over."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="readings")
    code = models.CharField(_("requirement"), max_length=60)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reader"), on_delete=models.CASCADE, related_name="+"
    )
    held_since = models.DateTimeField(_("held since"))
    held_until = models.DateTimeField(_("held until"))

    class Meta:
        verbose_name = _("piece being read")
        verbose_name_plural = _("pieces being read")
        constraints = [models.UniqueConstraint(fields=["merchant", "code"], name="merchants_reading_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.reader}"
