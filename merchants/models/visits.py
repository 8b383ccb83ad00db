"""When the marketplace's staff looked at the portal as a merchant does."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel, SealedField
from core.models.trail import append_only_triggers
from merchants.models.store import Merchant


@tracked
class SupportVisit(PublicModel):
    """A member of staff reads a merchant's portal for a while, for a reason that the merchant can read."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="support_visits")
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("visitor"), on_delete=models.PROTECT, related_name="+"
    )
    reason = SealedField(_("reason"))
    expires_at = models.DateTimeField(_("ends at the latest"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit by support")
        verbose_name_plural = _("visits by support")
        permissions = [("visit_as_merchant", "Can open the portal as a merchant, read-only")]
        constraints = [
            models.UniqueConstraint(
                fields=["visitor"], condition=Q(ended_at=None), name="merchants_supportvisit_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="merchants_supportvisit_lasts"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="merchants_supportvisit_latest")]

    def __str__(self) -> str:
        return f"{self.visitor} {self.created_at:%Y-%m-%d %H:%M}"


class SupportPage(BaseModel):
    """A page that was seen during a visit. Rows are only added."""

    merchant_path: ClassVar[str | None] = "visit__merchant"

    visit = models.ForeignKey(SupportVisit, on_delete=models.CASCADE, related_name="pages")
    path = models.CharField(_("page"), max_length=300)
    seen_at = models.DateTimeField(_("seen"), default=timezone.now)

    class Meta:
        verbose_name = _("page seen by support")
        verbose_name_plural = _("pages seen by support")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return self.path
