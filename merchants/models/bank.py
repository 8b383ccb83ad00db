"""Where merchants are paid."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import PublicModel, SealedField
from merchants.enums import BankAccountState
from merchants.models.papers import Document
from merchants.models.store import Merchant


@tracked
class BankAccount(PublicModel):
    """Where the merchant is paid. IBAN and holder are sealed; ``iban_fingerprint`` finds equal ones."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="bank_accounts")
    iban = SealedField("IBAN")
    iban_hint = models.CharField(_("IBAN, masked"), max_length=12)
    iban_fingerprint = models.CharField(max_length=64, db_index=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    holder = SealedField(_("account holder"))
    state = models.CharField(
        _("state"), max_length=10, choices=BankAccountState, default=BankAccountState.PENDING
    )
    proof = models.ForeignKey(
        Document, verbose_name=_("proof"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("first confirmation by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("first confirmation"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    refusal_text = models.TextField(_("why it was refused"), blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        permissions = [("confirm_bankaccount", "Can confirm or refuse a change of bank account")]
        indexes = [models.Index(fields=["state", "created_at"], name="merchants_bankaccount_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(state=BankAccountState.CONFIRMED),
                name="merchants_bankaccount_one_confirmed",
            ),
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(state=BankAccountState.PENDING),
                name="merchants_bankaccount_one_pending",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=BankAccountState.CONFIRMED)
                | models.Q(proposed_by__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="merchants_bankaccount_confirmed_by_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=BankAccountState.CONFIRMED)
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="merchants_bankaccount_checker_is_not_maker",
            ),
        ]

    def __str__(self) -> str:
        return self.iban_hint
