"""What the law asks us to know about a merchant: the company and its people."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import PublicModel, SealedField
from core.models.trail import append_only_triggers
from merchants.enums import (
    CompanySource,
    CompanyState,
    Control,
    Ownership,
    PersonRole,
    RegistryOutcome,
    VatCheck,
)
from merchants.models.names import name_vector
from merchants.models.store import Merchant


@tracked
class Company(PublicModel):
    """The legal person (or sole trader) behind a merchant, as registered or declared."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="company")
    # Empty for a company of Monaco that is in no French register: its VAT number names it.
    siren = models.CharField("SIREN", max_length=9, db_index=True, blank=True)
    siret = models.CharField("SIRET", max_length=14, db_index=True, blank=True)
    rna_number = models.CharField(_("association number (RNA)"), max_length=10, blank=True)
    legal_name = models.CharField(_("legal name"), max_length=200)
    legal_form_code = models.CharField(_("legal form, INSEE code"), max_length=4, blank=True)
    naf_code = models.CharField(_("NAF code"), max_length=6, blank=True)
    naf_nomenclature = models.CharField(_("NAF nomenclature"), max_length=10, blank=True)
    naf25_code = models.CharField(_("NAF code of 2025"), max_length=6, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    street2 = models.CharField(_("address, continued"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    vat_number = models.CharField(_("VAT number"), max_length=14, blank=True)
    vat_check = models.CharField(
        _("VAT number check"), max_length=15, choices=VatCheck, default=VatCheck.UNCHECKED
    )
    vat_checked_at = models.DateTimeField(_("VAT number checked"), null=True, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CompanyState, default=CompanyState.UNKNOWN)
    is_sole_trader = models.BooleanField(_("sole trader"), default=False)
    is_disclosed = models.BooleanField(_("disclosed by the register"), default=True)
    source = models.CharField(_("source"), max_length=10, choices=CompanySource)
    verified_at = models.DateTimeField(_("checked against the register"), null=True, blank=True)
    ownership = models.CharField(
        _("beneficial owners"), max_length=10, choices=Ownership, blank=True, default=Ownership.UNSAID
    )
    ownership_declared_at = models.DateTimeField(_("owners declared"), null=True, blank=True)
    # When a person read a list that was declared after the store opened.
    ownership_read_at = models.DateTimeField(_("owners read"), null=True, blank=True)
    # The answer that these facts were last agreed with: later ones are compared with it.
    register_check = models.ForeignKey(
        "merchants.RegistryCheck", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    check_again_at = models.DateTimeField(_("next check of the register"), null=True, blank=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(siren__regex=r"^\d{9}$", siret__regex=r"^\d{14}$")
                | models.Q(siren="", siret="", country="MC", vat_number__regex=r"^FR..000\d{6}$"),
                name="merchants_company_numbers_are_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(siret__startswith=models.F("siren")),
                name="merchants_company_siret_of_siren",
            ),
            models.CheckConstraint(
                condition=models.Q(source=CompanySource.DECLARED) | models.Q(verified_at__isnull=False),
                name="merchants_company_register_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(ownership="") | models.Q(ownership_declared_at__isnull=False),
                name="merchants_company_ownership_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(vat_check__in=[VatCheck.VALID, VatCheck.INVALID])
                | models.Q(vat_checked_at__isnull=False),
                name="merchants_company_vat_verdict_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["check_again_at"], name="merchants_company_check_due"),
            models.Index(
                fields=["legal_form_code"], opclasses=["varchar_pattern_ops"], name="merchants_company_form"
            ),
            models.Index(fields=["country"], name="merchants_company_country"),
            GinIndex(name_vector("legal_name"), name="merchants_company_words"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} ({self.siret})"


class RegistryCheck(PublicModel):
    """Evidence: what was asked of a register, when, and what came back. Rows are only added."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="registry_checks")
    register = models.CharField(_("register"), max_length=40)
    query = models.CharField(_("asked"), max_length=200)
    asked_at = models.DateTimeField(_("asked at"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=RegistryOutcome)
    answer = models.JSONField(_("answer"), default=dict)

    class Meta:
        verbose_name = _("register check")
        verbose_name_plural = _("register checks")
        triggers = append_only_triggers()
        indexes = [models.Index(fields=["merchant", "-asked_at"], name="merchants_registrycheck_latest")]

    def __str__(self) -> str:
        return f"{self.register} {self.query}"


@tracked
class Person(PublicModel):
    """A natural person behind the company. Names, birth, address and chain of companies are sealed.

    ``role`` is what the person is first; ``is_owner``, whether they are a beneficial owner too; ``signs``,
    whether they are who accepts the contract here.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="people")
    role = models.CharField(_("role"), max_length=25, choices=PersonRole)
    is_owner = models.BooleanField(_("beneficial owner"), default=False)
    signs = models.BooleanField(_("signs for the company"), default=False)
    first_names = SealedField(_("first names"))
    last_name = SealedField(_("last name"))
    birth_date = SealedField(_("date of birth"))
    nationality = models.CharField(_("nationality"), max_length=2)
    residence = models.CharField(_("country of residence"), max_length=2, blank=True)
    address = SealedField(_("address"), null=True)
    control = models.CharField(_("control"), max_length=10, choices=Control, blank=True)
    share_percent = models.DecimalField(
        _("share of capital or votes, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    holdings = SealedField(_("companies in between"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("person of the company")
        verbose_name_plural = _("people of the company")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share_percent__isnull=True)
                | models.Q(share_percent__gt=0, share_percent__lte=100),
                name="merchants_person_share_is_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(is_owner=False, control="")
                | ~models.Q(control="") & models.Q(is_owner=True),
                name="merchants_person_owner_has_control",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=PersonRole.BENEFICIAL_OWNER) | models.Q(is_owner=True),
                name="merchants_person_owner_by_role",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_role_display())
