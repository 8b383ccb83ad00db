"""Reserve, release, send and count stock. Every function takes a fixed number of statements.

Levels are always locked in ascending order of their key, so that two orders never wait for each other in a
ring. What is for sale at a level is what is on hand, less what is reserved, less the safety stock; closed
locations sell nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.enums import StockCause
from catalog.models import Location, StockLevel, StockMovement, Variant
from core.models import User
from core.refusals import Refusal
from core.services.inserting import insert, prepared_cursor
from core.services.reading import Prepared, one_of


class OutOfStock(Refusal):
    """``lines`` holds, for each short variant: its ``sku``, how many were ``wanted`` and ``available``."""

    code = "out_of_stock"


class StaleCount(Refusal):
    """The level has changed since the version that the writer had read."""

    code = "stale"


class BelowReserved(Refusal):
    """Fewer would lie there than orders have reserved."""

    code = "below_reserved"


class UnknownStock(Refusal):
    """A variant or a location is not this merchant's."""

    code = "unknown_stock"
    status = 404


@dataclass(frozen=True, slots=True)
class Want:
    """So many of a variant."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Taken:
    """So many of a variant, from one level."""

    variant_id: int
    level_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Count:
    """So many of a variant lie at a location. ``version`` is the level's when it was read, if it was."""

    variant_id: int
    location_id: int
    on_hand: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    level: StockLevel
    on_hand: int = 0
    reserved: int = 0


def _locking(levels: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    """Lock in ascending key order, so that two who want the same never wait for each other in a circle."""
    return levels.select_related("location").select_for_update(of=("self",)).order_by("pk")


_levels_for_sale = Prepared(
    lambda: _locking(
        StockLevel.objects.filter(one_of("variant", "variants"), location__closed_at__isnull=True)
    )
)


@transaction.atomic(savepoint=False)
def reserve(
    *, wants: Iterable[Want], reference: UUID | None, at: datetime, by: User | None = None
) -> list[Taken]:
    """Reserve all that is wanted, or nothing. Answers from which levels, the preferred locations first.

    Several wants of one variant are added up. Raises ``OutOfStock``, which undoes the transaction or
    savepoint around it. Three statements: the levels are locked and read, changed, their movements written.
    """
    wanted: dict[int, int] = {}
    for want in wants:
        wanted[want.variant_id] = wanted.get(want.variant_id, 0) + want.quantity
    levels = _levels_for_sale(variants=list(wanted))
    by_variant: dict[int, list[StockLevel]] = {variant_id: [] for variant_id in wanted}
    for level in sorted(levels, key=lambda level: (level.location.priority, level.pk)):
        by_variant[level.variant_id].append(level)

    taken: list[Taken] = []
    changes: list[_Change] = []
    short: dict[int, int] = {}
    for variant_id, quantity in wanted.items():
        left = quantity
        for level in by_variant[variant_id]:
            part = min(left, level.for_sale)
            if part > 0:
                taken.append(Taken(variant_id, level.pk, part))
                changes.append(_Change(level, reserved=part))
                left -= part
        if left:
            short[variant_id] = quantity - left
    if short:
        raise _out_of_stock(short, wanted)

    _apply(changes, cause=StockCause.RESERVE, reference=reference, by=by, at=at)
    return taken


@transaction.atomic
def release(
    *, takings: Iterable[Taken], reference: UUID | None, at: datetime, by: User | None = None
) -> None:
    """Give reserved goods back to sale. The caller makes sure that each taking is released once."""
    _undo(takings, sends=False, cause=StockCause.RELEASE, reference=reference, by=by, at=at)


@transaction.atomic
def dispatch(
    *, takings: Iterable[Taken], reference: UUID | None, at: datetime, by: User | None = None
) -> None:
    """Take reserved goods out of the building. The caller makes sure that each taking leaves once."""
    _undo(takings, sends=True, cause=StockCause.DISPATCH, reference=reference, by=by, at=at)


@transaction.atomic
def set_levels(
    *,
    merchant_id: int,
    counts: Sequence[Count],
    cause: StockCause,
    at: datetime,
    reference: UUID | None = None,
    by: User | None = None,
) -> int:
    """Write how many lie where, in absolute numbers, for all counts or none. Answers how many levels changed.

    Levels that did not exist begin at zero; of two counts of one level the last holds. Raises
    ``UnknownStock`` for a variant or location of somebody else, ``StaleCount`` where a version is given and
    no longer holds, ``BelowReserved``.
    """
    # In one order for all writers: two that make the same new levels do not wait for each other.
    unique = {(count.variant_id, count.location_id): count for count in counts}
    counts = [unique[key] for key in sorted(unique)]
    _check_owner(merchant_id, counts)
    StockLevel.objects.bulk_create(
        [
            StockLevel(merchant_id=merchant_id, variant_id=count.variant_id, location_id=count.location_id)
            for count in counts
        ],
        ignore_conflicts=True,
    )
    levels = {
        (level.variant_id, level.location_id): level
        for level in _locking(
            StockLevel.objects.for_merchant(merchant_id).filter(
                variant_id__in={count.variant_id for count in counts},
                location_id__in={count.location_id for count in counts},
            )
        )
    }
    changes = []
    for count in counts:
        level = levels[count.variant_id, count.location_id]
        if count.version is not None and count.version != level.version:
            raise StaleCount(
                _("This stock has changed since you read it. Read it again, then correct it."),
                variant_id=count.variant_id,
                version=level.version,
            )
        if count.on_hand < level.reserved:
            raise BelowReserved(
                _("%(reserved)s are reserved for orders: there cannot be only %(on_hand)s on hand.")
                % {"reserved": level.reserved, "on_hand": count.on_hand},
                variant_id=count.variant_id,
                reserved=level.reserved,
            )
        if count.on_hand != level.on_hand:
            changes.append(_Change(level, on_hand=count.on_hand - level.on_hand))
    _apply(changes, cause=cause, reference=reference, by=by, at=at)
    return len(changes)


def _check_owner(merchant_id: int, counts: Sequence[Count]) -> None:
    variants = {count.variant_id for count in counts}
    locations = {count.location_id for count in counts}
    own_variants = Variant.objects.for_merchant(merchant_id).filter(pk__in=variants).count()
    own_locations = Location.objects.for_merchant(merchant_id).filter(pk__in=locations).count()
    if own_variants != len(variants) or own_locations != len(locations):
        raise UnknownStock(_("This product or location does not exist."))


def _undo(
    takings: Iterable[Taken],
    *,
    sends: bool,
    cause: StockCause,
    reference: UUID | None,
    by: User | None,
    at: datetime,
) -> None:
    quantities: dict[int, int] = {}
    for taken in takings:
        quantities[taken.level_id] = quantities.get(taken.level_id, 0) + taken.quantity
    changes = [
        _Change(level, on_hand=-quantities[level.pk] if sends else 0, reserved=-quantities[level.pk])
        for level in _locking(StockLevel.objects.filter(pk__in=quantities))
    ]
    _apply(changes, cause=cause, reference=reference, by=by, at=at)


def _apply(
    changes: Sequence[_Change],
    *,
    cause: StockCause,
    reference: UUID | None,
    by: User | None,
    at: datetime,
) -> None:
    if not changes:
        return
    with prepared_cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalog_stocklevel AS level
            SET on_hand = level.on_hand + change.on_hand,
                reserved = level.reserved + change.reserved,
                version = level.version + 1
            FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS change (id, on_hand, reserved)
            WHERE level.id = change.id
            """,
            [
                [change.level.pk for change in changes],
                [change.on_hand for change in changes],
                [change.reserved for change in changes],
            ],
        )
    insert(
        [
            StockMovement(
                merchant_id=change.level.merchant_id,
                level=change.level,
                cause=cause,
                on_hand_change=change.on_hand,
                reserved_change=change.reserved,
                reference=reference,
                moved_by=by,
                moved_at=at,
            )
            for change in changes
        ]
    )


def _out_of_stock(short: dict[int, int], wanted: dict[int, int]) -> OutOfStock:
    skus = dict(Variant.objects.filter(pk__in=short).values_list("pk", "sku"))
    lines = [
        {"sku": skus.get(variant_id, ""), "wanted": wanted[variant_id], "available": available}
        for variant_id, available in sorted(short.items())
    ]
    return OutOfStock(
        _("Not enough stock: %(skus)s.")
        % {
            "skus": ", ".join(
                _("%(sku)s, %(wanted)s wanted, %(available)s available") % line for line in lines
            )
        },
        lines=lines,
    )
