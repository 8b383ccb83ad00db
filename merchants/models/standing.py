"""What a merchant may do at the moment."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from merchants.enums import CapabilityCode, CapabilityStatus
from merchants.models.store import Merchant


class Capability(BaseModel):
    """Snapshot of one capability of one merchant; ``market`` is empty for all. Kept with the requirements."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="capabilities")
    code = models.CharField(_("capability"), max_length=20, choices=CapabilityCode)
    market = models.CharField(_("market"), max_length=2, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=CapabilityStatus)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code", "market"], name="merchants_capability_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.market}".strip()
