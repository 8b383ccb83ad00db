"""What registers say later of a company that sells already."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import PublicModel
from merchants.enums import RegisterChangeKind, RegisterChangeOutcome
from merchants.models.company import RegistryCheck
from merchants.models.store import Merchant


@tracked
class RegisterChange(PublicModel):
    """One difference between a company as we know it and the register's newer answer, until it is settled.

    What differs is read from ``check``, the answer kept as evidence.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="register_changes")
    kind = models.CharField(_("what changed"), max_length=15, choices=RegisterChangeKind)
    check_seen = models.ForeignKey(
        RegistryCheck, verbose_name=_("register check"), on_delete=models.PROTECT, related_name="+"
    )
    found_at = models.DateTimeField(_("found"))
    due_at = models.DateTimeField(_("deadline"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=RegisterChangeOutcome, default=RegisterChangeOutcome.OPEN
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("settled by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("change in the register")
        verbose_name_plural = _("changes in the register")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind"],
                condition=models.Q(outcome=RegisterChangeOutcome.OPEN),
                name="merchants_registerchange_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=RegisterChangeOutcome.OPEN) | models.Q(settled_at__isnull=False),
                name="merchants_registerchange_settled_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
