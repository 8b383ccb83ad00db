"""The ledger as the desk reads it."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from core.admin import ReadOnlyAdmin
from orders.models import Account, Entry, EntryLine
from orders.services import explain


class EntryLines(TabularInline):
    model = EntryLine
    fields = ("account", "amount")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("posted_at", "movement", "currency", "merchant_order", "explanation")
    list_filter = ("movement", "currency")
    list_select_related = ("merchant_order",)
    search_fields = ("=merchant_order__number", "=order__number", "=public_id")
    ordering = ("-pk",)
    inlines = (EntryLines,)

    @admin.display(description=_("explanation"))
    def explanation(self, entry: Entry) -> str:
        return explain.reason(entry)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("kind", "currency", "merchant", "channel", "balance")
    list_filter = ("kind", "currency")
    list_select_related = ("merchant", "channel")
    search_fields = ("merchant__store_name", "channel__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).annotate(sum=Sum("lines__amount", default=Decimal(0)))

    @admin.display(description=_("balance"), ordering="sum")
    def balance(self, account: Account) -> Decimal:
        return account.sum
