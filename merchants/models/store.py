"""Merchants, and the people and systems that act for them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, DataKey, PublicModel
from merchants.enums import MerchantStatus, Role
from merchants.models.names import name_vector
from partners.models import Application as PartnerApplication


@tracked
class Merchant(PublicModel):
    """Who sells. Its data of people and bank accounts are sealed under ``data_key``."""

    merchant_path: ClassVar[str | None] = "pk"

    store_name = models.CharField(_("store name"), max_length=80, blank=True)
    name_key = models.CharField(
        _("store name, as it is compared"), max_length=100, blank=True, editable=False
    )
    slug = models.SlugField(_("store address"), max_length=80, unique=True, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=MerchantStatus, default=MerchantStatus.ONBOARDING
    )
    country = models.CharField(_("country"), max_length=2, default="FR")
    language = models.CharField(_("language"), max_length=10, default="fr")
    support_email = models.EmailField(_("support e-mail"), blank=True)
    support_phone = models.CharField(_("support telephone"), max_length=20, blank=True)
    data_key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        indexes = [
            models.Index(fields=["status", "created_at"], name="merchants_merchant_status"),
            GinIndex(name_vector("store_name"), name="merchants_merchant_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("store_name"),
                condition=~models.Q(store_name=""),
                name="merchants_merchant_store_name_once",
            ),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=~models.Q(name_key=""),
                name="merchants_merchant_name_key_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status=MerchantStatus.ONBOARDING, opened_at__isnull=True)
                | models.Q(status=MerchantStatus.CLOSED)
                | models.Q(opened_at__isnull=False),
                name="merchants_merchant_open_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(status=MerchantStatus.CLOSED, closed_at__isnull=False)
                | (~models.Q(status=MerchantStatus.CLOSED) & models.Q(closed_at__isnull=True)),
                name="merchants_merchant_closed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.store_name or str(self.public_id)


@tracked
class Membership(PublicModel):
    """A person acts for a merchant, in one role. Ended memberships stay."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="merchants_membership_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


# Whom it is for is not sealed, so that the address is found: history keeps the rest.
@tracked(exclude=["email"])
class Invitation(PublicModel):
    """An offer to join, sent by e-mail. Only the hash of its token is kept."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "merchant",
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="merchants_invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.email


class MerchantApplication(BaseModel):
    """A connected system that belongs to a merchant: its tokens see that merchant and no other."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="applications")
    application = models.OneToOneField(
        PartnerApplication, on_delete=models.CASCADE, related_name="merchant_link"
    )

    class Meta:
        verbose_name = _("merchant's application")
        verbose_name_plural = _("merchants' applications")

    def __str__(self) -> str:
        return str(self.application)


class Notification(PublicModel):
    """A line under the bell of the portal, made from an event; ``event_id`` keeps it from doubling."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="notifications")
    event_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="merchants_notification_latest")]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "event_id"], name="merchants_notification_once")
        ]

    def __str__(self) -> str:
        return self.kind
