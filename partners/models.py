"""How other systems connect."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel
from partners.enums import ApplicationKind


def validate_rate_limits(value: Any) -> None:
    """Accept an object of whole, positive numbers by kind of request."""
    if not isinstance(value, dict) or not all(type(limit) is int and limit > 0 for limit in value.values()):
        raise ValidationError(_("Give whole, positive numbers by kind of request."))


@tracked(exclude=["contact_email"])
class Application(PublicModel):
    """A system that connects: a sales channel, a carrier, a network, a merchant's shop system.

    A merchant's own application is tied to the merchant above, in ``merchants.MerchantApplication``.
    """

    merchant_path: ClassVar[str | None] = None

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=ApplicationKind)
    contact_email = models.EmailField(_("contact"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    rate_limits = models.JSONField(
        _("requests a minute, where other than usual"),
        default=dict,
        blank=True,
        validators=[validate_rate_limits],
        help_text=_('By kind of request, for example {"orders": 1200}.'),
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return self.name


@tracked
class Credential(BaseModel):
    """One client identifier and secret of an application. Several may overlap while a secret is rotated."""

    merchant_path: ClassVar[str | None] = None

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="credentials")
    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="credential")
    name = models.CharField(_("name"), max_length=100, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    def works_at(self, at: datetime) -> bool:
        """Say whether tokens of this credential are accepted at a moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        permissions = [("manage_credentials", "Can issue, rotate and revoke credentials")]

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})" if self.name else self.client_id


@tracked
class Channel(PublicModel):
    """A place where buyers shop, and that sends us their orders."""

    merchant_path: ClassVar[str | None] = None

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="channel")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    countries = models.JSONField(_("markets served, ISO 3166 codes"), default=list)
    price_tolerance = models.DecimalField(
        _("price tolerance, as a share of the price"), max_digits=5, decimal_places=4, default=Decimal(0)
    )

    class Meta:
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_tolerance__gte=0, price_tolerance__lte=1),
                name="partners_channel_tolerance_is_share",
            )
        ]

    def __str__(self) -> str:
        return self.name
