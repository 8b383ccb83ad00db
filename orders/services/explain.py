"""Say in words why an amount is what it is, with the rule and the figures that made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _
from django_countries import countries

from core.money import format_money
from orders.enums import AccountKind, Movement
from orders.models import Entry, MerchantOrder
from orders.services.ledger import BALANCES

M = Movement
#: The movements of which the amounts are the merchant's gain or loss; a release only moves them.
UNDOES = {M.SALE_REVERSAL: M.SALE, M.COMMISSION_REVERSAL: M.COMMISSION}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an account: what, why, how much for the merchant. ``kind`` is "", "sum" or "total"."""

    label: str
    amount: Decimal
    reason: str = ""
    kind: str = ""
    is_signed: bool = True


def order(merchant_order: MerchantOrder, entries: Sequence[Entry]) -> list[Row]:
    """Return the money of an order line by line, down to what the merchant receives.

    ``entries`` are the order's, with their lines and accounts loaded.
    """
    currency, rows = merchant_order.currency, []
    for entry in sorted(entries, key=lambda each: each.pk):
        facts = entry.facts
        if entry.movement == M.SALE:
            rows += [
                Row(_("Articles"), merchant_order.goods_total, _sale(facts), is_signed=False),
                Row(_("Delivery charged to the buyer"), merchant_order.shipping_total),
                Row(_("Paid by the buyer"), merchant_order.total, kind="sum", is_signed=False),
            ]
        elif entry.movement == M.COMMISSION:
            rows += [
                Row(_("Commission"), -merchant_order.commission_total, _commission(facts, currency)),
                Row(
                    _("VAT on the commission"),
                    -merchant_order.commission_vat,
                    _commission_vat(facts, currency),
                ),
            ]
        elif entry.movement in UNDOES:
            rows.append(Row(entry.get_movement_display(), of_merchant(entry), reason(entry)))
    total = sum((of_merchant(entry) for entry in entries if entry.movement not in _MOVES), Decimal(0))
    return [*rows, Row(_("You receive"), total, kind="total", is_signed=False)]


def reason(entry: Entry) -> str:
    """Return the sentence that explains an entry."""
    currency, facts = entry.currency, entry.facts
    if entry.movement == M.SALE:
        return _("Paid by the buyer: %(goods)s of articles and %(shipping)s of delivery") % {
            "goods": format_money(Decimal(facts.get("goods", 0)), currency),
            "shipping": format_money(Decimal(facts.get("shipping", 0)), currency),
        }
    if entry.movement == M.COMMISSION:
        return _("%(commission)s; VAT: %(vat)s") % {
            "commission": _commission(facts, currency),
            "vat": _commission_vat(facts, currency),
        }
    if entry.movement == M.RELEASE:
        return _("The order was delivered: what you receive for it is yours to be paid")
    if entry.movement in UNDOES:
        return _("The order was not carried out: what was posted when it was placed is undone")
    return str(entry.get_movement_display())


def of_merchant(entry: Entry) -> Decimal:
    """Return what an entry adds to, or takes from, all that the merchant has with us."""
    kinds = set(BALANCES.values())
    own = (line.amount for line in entry.lines.all() if AccountKind(line.account.kind) in kinds)
    return -sum(own, Decimal(0))


def percent(rate: str | Decimal) -> str:
    """Write a rate in percent as readers of the language do: ``8 %``, ``5,5 %``."""
    locale = to_locale(get_language() or "fr")
    figures = format_decimal(Decimal(rate).normalize(), format="0.##", locale=locale)
    return f"{figures}\u00a0%" if locale.startswith("fr") else f"{figures}%"


_MOVES = frozenset({M.RELEASE, M.RELEASE_REVERSAL})


def _sale(facts: dict[str, Any]) -> str:
    pieces = int(facts.get("pieces", 0))
    market = facts.get("market", "")
    rates = ", ".join(percent(share["rate"]) for share in facts.get("vat", []))
    return ngettext(
        "%(pieces)s article, VAT of %(rates)s included (%(market)s)",
        "%(pieces)s articles, VAT of %(rates)s included (%(market)s)",
        pieces,
    ) % {"pieces": pieces, "rates": rates, "market": countries.name(market) or market}


def _commission(facts: dict[str, Any], currency: str) -> str:
    return ", ".join(_share(share, currency) for share in facts.get("commission", []))


def _commission_vat(facts: dict[str, Any], currency: str) -> str:
    share = facts.get("vat", {})
    if not share or not Decimal(share["rate"]):
        return _("no French VAT: you declare it in your country")
    return _("%(share)s, recoverable") % {"share": _share(share, currency)}


def _share(share: dict[str, str], currency: str) -> str:
    return _("%(rate)s of %(base)s") % {
        "rate": percent(share["rate"]),
        "base": format_money(Decimal(share["base"]), currency),
    }
