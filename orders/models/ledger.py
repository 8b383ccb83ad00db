"""Double entry: every amount comes from somewhere and goes somewhere."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, PublicModel
from core.models.trail import append_only_triggers
from merchants.models import Merchant
from orders.enums import AccountKind, Movement
from orders.models.network import Carrier
from orders.models.orders import MerchantOrder, Order
from partners.models import Channel

BALANCED = """
IF EXISTS (SELECT 1 FROM new_lines GROUP BY entry_id HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'A ledger entry whose lines do not sum to zero' USING ERRCODE = 'check_violation';
END IF;
IF EXISTS (
    SELECT 1 FROM new_lines AS line
    JOIN orders_account AS account ON account.id = line.account_id
    JOIN orders_entry AS entry ON entry.id = line.entry_id
    WHERE account.currency <> entry.currency
) THEN
    RAISE EXCEPTION 'A ledger line in another currency than its entry' USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""


class Account(BaseModel):
    """Where amounts of one kind, one owner and one currency are counted. The platform's own have no owner."""

    merchant_path: ClassVar[str | None] = "merchant"

    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(
                "kind",
                "currency",
                Coalesce("merchant", 0),
                Coalesce("channel", 0),
                Coalesce("carrier", 0),
                name="orders_account_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.currency}"


class Entry(PublicModel):
    """One movement of money. Its lines sum to zero; a trigger refuses any other, and any later change."""

    merchant_path: ClassVar[str | None] = "merchant_order__merchant"

    movement = models.CharField(_("movement"), max_length=25, choices=Movement)
    currency = models.CharField(_("currency"), max_length=3)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    merchant_order = models.ForeignKey(
        MerchantOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    facts = models.JSONField(_("what explains it"), default=dict)
    posted_at = models.DateTimeField(_("posted"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        triggers = append_only_triggers()
        constraints = [
            models.UniqueConstraint(
                fields=["merchant_order", "movement"],
                condition=Q(merchant_order__isnull=False),
                name="orders_entry_movement_once",
            )
        ]

    def __str__(self) -> str:
        return self.get_movement_display()


class EntryLine(BaseModel):
    """One side of an entry: debits positive, credits negative."""

    merchant_path: ClassVar[str | None] = "account__merchant"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("ledger line")
        verbose_name_plural = _("ledger lines")
        triggers = [
            *append_only_triggers(),
            # Every statement balances, so the ledger does: lines of an entry are inserted together.
            pgtrigger.Trigger(
                name="balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_lines"),  # type: ignore[no-untyped-call]
                func=BALANCED,
            ),
        ]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="orders_entryline_not_zero")]

    def __str__(self) -> str:
        return f"{self.amount:+}"
