"""The ledger: double entry, only added to, explained.

``RULES`` says of each movement which accounts it touches and with which of the order's amounts; ``post`` is
the only function that writes entries, any number with four statements. Debits are positive and credits
negative, so that what a merchant's account owes them is its sum with the sign turned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, Sum

from core.services.inserting import insert
from core.services.reading import Prepared, one_of
from merchants.models import Merchant
from orders.enums import AccountKind, Movement
from orders.models import Account, Entry, EntryLine, MerchantOrder

M, A = Movement, AccountKind


class Side(NamedTuple):
    """One line of a movement: the account, the sign, and the name of the amount."""

    account: AccountKind
    sign: int
    amount: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a movement does, and which one undoes it."""

    sides: tuple[Side, ...]
    reversal: Movement


RULES: dict[Movement, Rule] = {
    # The buyer paid the channel, which holds the money for us; we owe it to the merchant, not yet.
    M.SALE: Rule(
        sides=(Side(A.CHANNEL_RECEIVABLE, +1, "total"), Side(A.MERCHANT_PENDING, -1, "total")),
        reversal=M.SALE_REVERSAL,
    ),
    # What we keep of it, with the French VAT on our service.
    M.COMMISSION: Rule(
        sides=(
            Side(A.MERCHANT_PENDING, +1, "commission_with_vat"),
            Side(A.COMMISSION_INCOME, -1, "commission"),
            Side(A.VAT_DUE, -1, "commission_vat"),
        ),
        reversal=M.COMMISSION_REVERSAL,
    ),
    # The order is delivered: what is left may be paid.
    M.RELEASE: Rule(
        sides=(Side(A.MERCHANT_PENDING, +1, "net"), Side(A.MERCHANT_AVAILABLE, -1, "net")),
        reversal=M.RELEASE_REVERSAL,
    ),
}
#: Whose account it is; the platform's own belong to nobody.
OF_MERCHANT = frozenset({A.MERCHANT_PENDING, A.MERCHANT_AVAILABLE, A.MERCHANT_HELD, A.MERCHANT_PAID})
OF_CHANNEL = frozenset({A.CHANNEL_RECEIVABLE})
#: Which part of a merchant's balance an account is.
BALANCES: dict[str, AccountKind] = {
    "pending": A.MERCHANT_PENDING,
    "available": A.MERCHANT_AVAILABLE,
    "held": A.MERCHANT_HELD,
    "paid": A.MERCHANT_PAID,
}


class AccountKey(NamedTuple):
    kind: str
    currency: str
    merchant_id: int | None
    channel_id: int | None


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of one merchant's order. ``lines`` are signed amounts by account and sum to zero."""

    movement: Movement
    order: MerchantOrder
    lines: Mapping[AccountKind, Decimal]
    facts: Mapping[str, Any] = field(default_factory=dict)
    reverses: Entry | None = None


def of_sale(order: MerchantOrder, facts: Mapping[Movement, Mapping[str, Any]]) -> list[Posting]:
    """Return what is posted when an order is placed. ``facts`` explain each movement, see ``explain``."""
    return [_build(movement, order, facts.get(movement, {})) for movement in (M.SALE, M.COMMISSION)]


def release(orders: Sequence[MerchantOrder], *, at: datetime) -> list[Entry]:
    """Make what is owed for delivered orders available."""
    return post([_build(M.RELEASE, order, {}) for order in orders], at=at)


def reverse(orders: Sequence[MerchantOrder], *, at: datetime) -> list[Entry]:
    """Undo all that was posted for these orders and is not undone yet, the last movement first."""
    by_pk = {order.pk: order for order in orders}
    entries = (
        Entry.objects.filter(merchant_order__in=by_pk, reverses__isnull=True, reversed_by__isnull=True)
        .prefetch_related("lines__account")
        .order_by("-pk")
    )
    return post(
        [
            Posting(
                movement=RULES[Movement(entry.movement)].reversal,
                order=by_pk[entry.merchant_order_id],
                lines={AccountKind(line.account.kind): -line.amount for line in entry.lines.all()},
                facts=entry.facts,
                reverses=entry,
            )
            for entry in entries
            if entry.merchant_order_id is not None
        ],
        at=at,
    )


@transaction.atomic(savepoint=False)
def post(postings: Sequence[Posting], *, at: datetime) -> list[Entry]:
    """Write movements. The database refuses lines that do not sum to zero, and the same twice of an order.

    ``order.order`` is read for its channel: let it be loaded.
    """
    if not postings:
        return []
    accounts = _accounts(
        {_key(kind, posting.order) for posting in postings for kind in _nonzero(posting.lines)}
    )
    entries = insert(
        [
            Entry(
                movement=posting.movement,
                currency=posting.order.currency,
                order_id=posting.order.order_id,
                merchant_order=posting.order,
                reverses=posting.reverses,
                facts=dict(posting.facts),
                posted_at=at,
            )
            for posting in postings
        ]
    )
    insert(
        [
            EntryLine(entry=entry, account_id=accounts[_key(kind, posting.order)], amount=amount)
            for entry, posting in zip(entries, postings, strict=True)
            for kind, amount in _nonzero(posting.lines).items()
        ]
    )
    return entries


class Balance(NamedTuple):
    """What a merchant has in one currency. ``paid`` is all that was ever paid out."""

    currency: str
    pending: Decimal
    available: Decimal
    held: Decimal
    paid: Decimal


def balances(merchant: Merchant | int) -> list[Balance]:
    """Return a merchant's balances, one per currency that was ever used, in the order of the codes."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    rows = (
        Account.objects.for_merchant(merchant)
        .filter(kind__in=BALANCES.values())
        .values_list("currency", "kind")
        .annotate(total=Sum("lines__amount", default=Decimal(0)))
    )
    for currency, kind, total in rows:
        sums[currency][kind] = -total
    zero = Decimal("0.00")
    return [
        Balance(currency, *(of.get(kind, zero) for kind in BALANCES.values()))
        for currency, of in sorted(sums.items())
    ]


def _build(movement: Movement, order: MerchantOrder, facts: Mapping[str, Any]) -> Posting:
    amounts = _amounts(order)
    lines: dict[AccountKind, Decimal] = {}
    for side in RULES[movement].sides:
        lines[side.account] = lines.get(side.account, Decimal(0)) + side.sign * amounts[side.amount]
    return Posting(movement, order, lines, facts)


def _amounts(order: MerchantOrder) -> dict[str, Decimal]:
    with_vat = order.commission_total + order.commission_vat
    return {
        "total": order.total,
        "commission": order.commission_total,
        "commission_vat": order.commission_vat,
        "commission_with_vat": with_vat,
        "net": order.total - with_vat,
    }


def _nonzero(lines: Mapping[AccountKind, Decimal]) -> dict[AccountKind, Decimal]:
    return {kind: amount for kind, amount in lines.items() if amount}


def _key(kind: AccountKind, order: MerchantOrder) -> AccountKey:
    return AccountKey(
        kind,
        order.currency,
        order.merchant_id if kind in OF_MERCHANT else None,
        order.order.channel_id if kind in OF_CHANNEL else None,
    )


_accounts_of = Prepared(
    lambda: Account.objects.filter(
        Q(one_of("merchant", "merchants")) | Q(merchant__isnull=True),
        one_of("kind", "kinds"),
        one_of("currency", "currencies"),
        carrier__isnull=True,
    ).values_list("kind", "currency", "merchant_id", "channel_id", "pk")
)


def _accounts(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """Find accounts, making those that do not exist. Two transactions that need the same make it once."""
    wanted = set(keys)
    found = _find(wanted)
    missing = sorted(wanted - found.keys(), key=repr)
    if missing:
        Account.objects.bulk_create([Account(**key._asdict()) for key in missing], ignore_conflicts=True)
        found |= _find(missing)
    return found


def _find(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    keys = set(keys)
    rows = _accounts_of(
        merchants=list({key.merchant_id for key in keys} - {None}),
        kinds=list({key.kind for key in keys}),
        currencies=list({key.currency for key in keys}),
    )
    found = {AccountKey(*row[:4]): row[4] for row in rows}
    return {key: found[key] for key in keys & found.keys()}
