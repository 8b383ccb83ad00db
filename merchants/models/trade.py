"""What a merchant sells, where, and under which numbers: VAT, EPR, product safety, tax reporting."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, SealedField
from merchants.enums import EprHolder, EprState, SafetyRole, TurnoverBand, VatCheck, VatScheme
from merchants.models.store import Merchant

# Schemes under which a merchant has no number of its own.
NUMBERLESS = (VatScheme.EXEMPT, VatScheme.THRESHOLD, VatScheme.IMPORT)
VAT_AT_HOME = (VatScheme.DOMESTIC, VatScheme.EXEMPT)
VAT_IN_UNION = (VatScheme.THRESHOLD, VatScheme.OSS, VatScheme.LOCAL)
VAT_AT_IMPORT = (VatScheme.IOSS, VatScheme.IMPORT)


@tracked
class TradePlan(BaseModel):
    """What the merchant plans: trade families (``merchants.services.families``) and countries of sale."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="trade_plan")
    families = models.JSONField(_("what is sold"), default=list)
    markets = models.JSONField(_("countries of sale"), default=list)
    turnover = models.CharField(_("expected sales in a year"), max_length=10, choices=TurnoverBand)
    ships_from_outside = models.BooleanField(_("sends goods from outside the European Union"), default=False)
    eori = models.CharField("EORI", max_length=17, blank=True)
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("trade plan")
        verbose_name_plural = _("trade plans")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(families=[]) & ~models.Q(markets=[]), name="merchants_tradeplan_says_what"
            ),
            models.CheckConstraint(
                condition=models.Q(eori="") | models.Q(eori__regex=r"^[A-Z]{2}[A-Z0-9]{1,15}$"),
                name="merchants_tradeplan_eori_format",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.families)


@tracked
class VatRegistration(BaseModel):
    """Under which scheme, and number, the merchant declares VAT.

    ``country``: for OSS the member state of identification, for a number of the country that country,
    else France.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="vat_registrations")
    country = models.CharField(_("country"), max_length=2)
    scheme = models.CharField(_("scheme"), max_length=10, choices=VatScheme)
    number = models.CharField(_("number"), max_length=20, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    vat_check = models.CharField(
        _("VAT number check"), max_length=15, choices=VatCheck, default=VatCheck.UNCHECKED
    )
    vat_checked_at = models.DateTimeField(_("VAT number checked"), null=True, blank=True)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)

    class Meta:
        verbose_name = _("VAT registration")
        verbose_name_plural = _("VAT registrations")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "country", "scheme"], name="merchants_vatregistration_once"
            ),
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(scheme__in=VAT_AT_HOME),
                name="merchants_vatregistration_one_at_home",
            ),
            models.CheckConstraint(
                condition=models.Q(scheme__in=NUMBERLESS, number="")
                | (~models.Q(scheme__in=NUMBERLESS) & ~models.Q(number="")),
                name="merchants_vatregistration_number_where_needed",
            ),
            models.CheckConstraint(
                condition=~models.Q(vat_check__in=[VatCheck.VALID, VatCheck.INVALID])
                | models.Q(vat_checked_at__isnull=False),
                name="merchants_vatregistration_verdict_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"


@tracked
class EprIdentifier(BaseModel):
    """Unique identifier of a producer for a waste stream (Code de l'environnement, L541-10-13).

    ``stream`` is a code of ``merchants.services.families``, for every country.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="epr_identifiers")
    country = models.CharField(_("country"), max_length=2, default="FR")
    stream = models.CharField(_("stream"), max_length=10)
    identifier = models.CharField(_("identifier"), max_length=40)
    held_by = models.CharField(_("whose"), max_length=10, choices=EprHolder, default=EprHolder.OWN)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EprState, default=EprState.DECLARED)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    refusal_text = models.TextField(_("why it was refused"), blank=True)

    class Meta:
        verbose_name = _("EPR identifier")
        verbose_name_plural = _("EPR identifiers")
        permissions = [("check_epridentifier", "Can verify or refuse EPR identifiers")]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "country", "stream"], name="merchants_epridentifier_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=EprState.DECLARED)
                | models.Q(checked_by__isnull=False, checked_at__isnull=False),
                name="merchants_epridentifier_checked_has_author",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=EprState.REFUSED) | ~models.Q(refusal_text=""),
                name="merchants_epridentifier_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.identifier


@tracked
class SafetyContact(BaseModel):
    """Who answers in the Union for the safety of the products (Regulation (EU) 2023/988, articles 16, 19)."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="safety_contact")
    role = models.CharField(_("role"), max_length=15, choices=SafetyRole)
    name = models.CharField(_("name or trade mark"), max_length=200)
    street = models.CharField(_("number and street"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("town"), max_length=100)
    country = models.CharField(_("country"), max_length=2)
    email = models.EmailField(_("e-mail address"))
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("product safety contact")
        verbose_name_plural = _("product safety contacts")

    def __str__(self) -> str:
        return self.name


@tracked
class TaxIdentity(BaseModel):
    """What the tax office asks of a sole trader (Directive (EU) 2021/514, DAC7), sealed.

    ``tin`` is the tax number of the person, ``birth_place`` the town of birth.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="tax_identity")
    tin = SealedField(_("tax number"))
    tin_country = models.CharField(_("country of the tax number"), max_length=2)
    birth_date = SealedField(_("date of birth"))
    birth_place = SealedField(_("place of birth"))
    birth_country = models.CharField(_("country of birth"), max_length=2)
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("tax identity")
        verbose_name_plural = _("tax identities")

    def __str__(self) -> str:
        return self.tin_country
