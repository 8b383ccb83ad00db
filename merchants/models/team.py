"""How a merchant changes hands."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import PublicModel
from merchants.enums import Role
from merchants.models.store import Membership, Merchant


@tracked
class OwnershipOffer(PublicModel):
    """An owner offers ownership to a colleague, who must accept; ``giver_becomes`` is what the owner is then.

    One is open at a time. ``ended_at`` without ``accepted_at``: declined, or taken back.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="ownership_offers")
    giver = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    taker = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    giver_becomes = models.CharField(_("role afterwards"), max_length=20, choices=Role)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("offer of ownership")
        verbose_name_plural = _("offers of ownership")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"], condition=Q(ended_at=None), name="merchants_ownershipoffer_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="merchants_ownershipoffer_two_people"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(ended_at__isnull=False),
                name="merchants_ownershipoffer_accepted_is_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"
