"""The merchant's balances, and every amount that made them, explained."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.web.components.lists import Chip
from merchants.enums import Role
from merchants.presentation import payouts
from merchants.web.access import member_required
from orders.models import Entry
from orders.services import explain, ledger

PER_PAGE = 50


@require_safe
@member_required(Role.FINANCE, Role.READ_ONLY)
def balance(request: HttpRequest) -> HttpResponse:
    """Show why nothing is paid, if so; pending, available, held and paid per currency; the entries behind."""
    # The euro first, that most of the money is in.
    balances = sorted(
        ledger.balances(request.merchant), key=lambda row: (row.currency != "EUR", row.currency)
    )
    entries = (
        Entry.objects.for_merchant(request.merchant)
        .select_related("merchant_order")
        .prefetch_related("lines__account")
        .order_by("-posted_at", "-pk")
    )
    if currency := request.GET.get("currency"):
        entries = entries.filter(currency=currency)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    for entry in page:
        entry.change, entry.reason = explain.of_merchant(entry), explain.reason(entry)
    context = {
        "balances": balances,
        "held": payouts.held(membership=request.membership, at=timezone.now()),
        "page": page,
        "currencies": [
            Chip("", pgettext("currencies", "All")),
            *(Chip(row.currency, row.currency) for row in balances),
        ],
    }
    return render(request, "orders/balance.html", context)
