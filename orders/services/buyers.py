"""What we know of buyers: sealed, in one table, shown only where the work needs it, erased on schedule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from core import sealed
from core.models import DataKey
from core.services.inserting import insert
from core.services.reading import Given, Prepared
from orders.models import Buyer, MerchantOrder
from orders.transitions import FINAL

PURPOSE = "buyers"
#: How long after the end of an order a buyer can still be reached; invoices keep what the law asks.
KEPT = timedelta(days=183)
ERASE_BATCH = 1000
_LOCK = 0x7061_7373_0002  # "pass" 2: making the buyers' key


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a buyer. ``address`` is one line per element; empty for a pickup point."""

    name: str
    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()

    @property
    def short_name(self) -> str:
        """The name as far as the merchant needs it to talk to them: ``Lotte V.``"""
        first, _space, rest = self.name.strip().partition(" ")
        initial = rest.strip()[:1].upper()
        return f"{first} {initial}." if initial else first


_keys = Prepared(
    lambda: DataKey.objects.filter(purpose=Given("purpose"), destroyed_at__isnull=True).order_by("pk")
)


def seal(contacts: Iterable[tuple[int, Contact]]) -> list[Buyer]:
    """Keep the buyers of orders, by the orders' keys. Three statements, whatever their number."""
    hide = partial(sealed.seal, _key_id())
    return insert(
        [
            Buyer(
                order_id=order_id,
                name=hide(contact.name),
                email=hide(contact.email) if contact.email else None,
                phone=hide(contact.phone) if contact.phone else None,
                address=hide("\n".join(contact.address)) if contact.address else None,
            )
            for order_id, contact in contacts
        ]
    )


def contact(*, order_id: int) -> Contact | None:
    """Return how to reach the buyer of an order, None once erased."""
    return contacts(order_ids=[order_id]).get(order_id)


def contacts(*, order_ids: Iterable[int]) -> dict[int, Contact]:
    """Return how to reach the buyers of orders; those erased are missing. Two statements."""
    buyers = list(Buyer.objects.filter(order_id__in=list(order_ids)))
    blobs = [
        (buyer.order_id, name, blob)
        for buyer in buyers
        for name in ("name", "email", "phone", "address")
        if (blob := getattr(buyer, name)) is not None
    ]
    texts = sealed.unseal_many([blob for _order, _name, blob in blobs])
    found: dict[int, dict[str, str]] = {}
    for (order_id, name, _blob), text in zip(blobs, texts, strict=True):
        if text is not sealed.ERASED:
            found.setdefault(order_id, {})[name] = text
    return {
        order_id: Contact(
            name=of["name"],
            email=of.get("email", ""),
            phone=of.get("phone", ""),
            address=tuple(of["address"].split("\n")) if of.get("address") else (),
        )
        for order_id, of in found.items()
        if "name" in of
    }


def end(orders: Iterable[MerchantOrder], *, at: datetime) -> None:
    """Note when the buyers of orders that have just ended are to be erased. One statement."""
    erase_on: date = timezone.localdate(at + KEPT)
    Buyer.objects.filter(order_id__in={order.order_id for order in orders}).update(erase_on=erase_on)


def erase(*, at: datetime) -> int:
    """Delete the buyers whose time has come and whose orders have all ended; returns how many.

    In batches, each a transaction of its own, until none is due.
    """
    erased = 0
    while batch := _erase_batch(at):
        erased += batch
    return erased


@transaction.atomic
def _erase_batch(at: datetime) -> int:
    open_parts = MerchantOrder.objects.exclude(status__in=FINAL).values("order_id")
    due = (
        Buyer.objects.select_for_update(skip_locked=True)
        .filter(erase_on__lte=timezone.localdate(at))
        .exclude(order_id__in=open_parts)
        .order_by("pk")
        .values_list("pk", flat=True)[:ERASE_BATCH]
    )
    return Buyer.objects.filter(pk__in=list(due)).delete()[0]


def _key_id() -> int:
    if found := _keys(purpose=PURPOSE):
        return int(found[0].pk)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        found = _keys(purpose=PURPOSE)
        return int(found[0].pk if found else sealed.new_key(PURPOSE).pk)
