"""Keys that encrypt what a merchant or a buyer entrusts to us."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import PublicModel


class DataKey(PublicModel):
    """A 256-bit key, wrapped by the instance's key. Destroying it erases all that it sealed.

    ``wrapped`` is emptied and ``destroyed_at`` set by ``core.sealed.destroy``.
    """

    merchant_path: ClassVar[str | None] = None

    purpose = models.CharField(_("purpose"), max_length=40)
    wrapped = models.BinaryField(null=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="core_datakey_destroyed_is_empty",
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=models.Q(purpose__in=["fingerprint", "second factor"]),
                name="core_datakey_one_for_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"
