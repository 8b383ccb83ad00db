"""What is compared across merchants, and with the national register of frozen assets."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, SealedField
from merchants.enums import MatchState, PartyKind, TraitKind
from merchants.models.company import Person
from merchants.models.store import Merchant


class Trait(BaseModel):
    """Something of a merchant by which another merchant may be the same, as a keyed hash only."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="traits")
    kind = models.CharField(_("kind"), max_length=10, choices=TraitKind)
    fingerprint = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "fingerprint"], name="merchants_trait_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class RiskAssessment(BaseModel):
    """Snapshot of a merchant's risk points, for lists; ``services.risk`` computes them."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="risk")
    points = models.PositiveSmallIntegerField(_("risk points"), db_index=True)
    codes = models.JSONField(_("rules"), default=list)
    assessed_at = models.DateTimeField(_("assessed"))

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        indexes = [GinIndex(fields=["codes"], opclasses=["jsonb_path_ops"], name="merchants_risk_codes")]

    def __str__(self) -> str:
        return str(self.points)


class FreezeList(BaseModel):
    """A publication of the national register of frozen assets (Code monétaire et financier, L562-1)."""

    merchant_path: ClassVar[str | None] = None

    published_on = models.DateField(_("published on"))
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField(_("entries"))
    loaded_at = models.DateTimeField(_("loaded"))

    class Meta:
        verbose_name = _("freeze list")
        verbose_name_plural = _("freeze lists")

    def __str__(self) -> str:
        return f"{self.published_on:%Y-%m-%d} ({self.count})"


class FrozenParty(BaseModel):
    """A person, entity or ship whose assets are frozen, as the register publishes it."""

    merchant_path: ClassVar[str | None] = None

    register_id = models.BigIntegerField(_("number in the register"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PartyKind)
    name = models.CharField(_("name"), max_length=300)
    names = models.JSONField(_("names and aliases"), default=list)
    births = models.JSONField(_("dates of birth"), default=list)
    ground = models.TextField(_("legal ground"), blank=True)
    is_listed = models.BooleanField(_("listed"), default=True)

    class Meta:
        verbose_name = _("frozen party")
        verbose_name_plural = _("frozen parties")

    def __str__(self) -> str:
        return self.name


@tracked
class NameMatch(BaseModel):
    """Somebody of a merchant, or its company when ``person`` is None, who may be a frozen party."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="name_matches")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    party = models.ForeignKey(FrozenParty, on_delete=models.PROTECT, related_name="matches")
    score = models.PositiveSmallIntegerField(_("likeness, %"))
    compared = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=MatchState, default=MatchState.OPEN)
    found_at = models.DateTimeField(_("found"))
    reason = SealedField(_("reason"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("name match")
        verbose_name_plural = _("name matches")
        permissions = [("decide_namematch", "Can clear or uphold a match with the freeze list")]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "person", "party"], nulls_distinct=False, name="merchants_namematch_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=MatchState.OPEN)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False, reason__isnull=False),
                name="merchants_namematch_decided_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} ({self.score} %)"
