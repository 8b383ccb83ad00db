"""Reserve, release, send and count stock. Every function takes a fixed number of statements.

Levels are always locked in ascending order of their key, so that two orders never wait for each other in a
ring. What is for sale at a level is what is on hand, less what is reserved, less the safety stock; closed
locations sell nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    reference: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Short:
    """What was wanted of each variant, and what there is of those that are too few."""

    wanted: Mapping[int, int]
    available: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Basket:
    """What is wanted together, all or nothing, and the number by which its movements are found."""

    wants: Sequence[Want]
    reference: UUID | None


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
    *, wants: Sequence[Want], reference: UUID | None, at: datetime, by: User | None = None
) -> list[Taken]:
    """Reserve all that is wanted, or nothing. Answers from which levels, the preferred locations first.

    Several wants of one variant are added up. Raises ``OutOfStock``, which undoes the transaction or
    savepoint around it. Three statements: the levels are locked and read, changed, their movements written.
    """
    (taken,) = reserve_each(baskets=[Basket(wants, reference)], at=at, by=by)
    if isinstance(taken, OutOfStock):
        raise taken
    return taken


@transaction.atomic(savepoint=False)
def reserve_each(
    *, baskets: Sequence[Basket], at: datetime, by: User | None = None
) -> list[list[Taken] | OutOfStock]:
    """Serve baskets in their order, each as ``reserve`` would; answers what was taken, or why nothing was.

    As many statements as for one.
    """
    levels = _levels_for_sale(variants=list({want.variant_id for each in baskets for want in each.wants}))
    shelves: dict[int, list[StockLevel]] = {}
    for level in sorted(levels, key=lambda level: (level.location.priority, level.pk)):
        shelves.setdefault(level.variant_id, []).append(level)
    left = {level.pk: level.for_sale for level in levels}
    answers: list[list[Taken] | _Short] = []
    changes: list[_Change] = []
    for basket in baskets:
        wanted: Counter[int] = Counter()
        for want in basket.wants:
            wanted[want.variant_id] += want.quantity
        taken, available = _take(wanted, shelves, left)
        if available:
            answers.append(_Short(wanted, available))
            continue
        answers.append([Taken(level.variant_id, level.pk, quantity) for level, quantity in taken])
        for level, quantity in taken:
            left[level.pk] -= quantity
            changes.append(_Change(level, reserved=quantity, reference=basket.reference))
    _apply(changes, cause=StockCause.RESERVE, by=by, at=at)
    short = [answer for answer in answers if isinstance(answer, _Short)]
    refusals = iter(_out_of_stock(short) if short else ())
    return [next(refusals) if isinstance(answer, _Short) else answer for answer in answers]


def _take(
    wanted: Mapping[int, int], shelves: Mapping[int, Sequence[StockLevel]], left: Mapping[int, int]
) -> tuple[list[tuple[StockLevel, int]], dict[int, int]]:
    """Choose levels for each variant; return them with their share, and what there is of those too short."""
    taken, short = [], {}
    for variant_id, quantity in wanted.items():
        missing = quantity
        for level in shelves.get(variant_id, ()):
            part = min(missing, left[level.pk])
            if part > 0:
                taken.append((level, part))
                missing -= part
        if missing:
            short[variant_id] = quantity - missing
    return taken, short


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
            changes.append(_Change(level, on_hand=count.on_hand - level.on_hand, reference=reference))
    _apply(changes, cause=cause, by=by, at=at)
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
        _Change(
            level,
            on_hand=-quantities[level.pk] if sends else 0,
            reserved=-quantities[level.pk],
            reference=reference,
        )
        for level in _locking(StockLevel.objects.filter(pk__in=quantities))
    ]
    _apply(changes, cause=cause, by=by, at=at)


def _apply(changes: Sequence[_Change], *, cause: StockCause, by: User | None, at: datetime) -> None:
    """Write changes of locked levels, and a movement for each. Several may concern one level."""
    if not changes:
        return
    sums: dict[int, tuple[int, int]] = {}
    for change in changes:
        on_hand, reserved = sums.get(change.level.pk, (0, 0))
        sums[change.level.pk] = (on_hand + change.on_hand, reserved + change.reserved)
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
            [list(sums), *(list(column) for column in zip(*sums.values(), strict=True))],
        )
    insert(
        [
            StockMovement(
                merchant_id=change.level.merchant_id,
                level=change.level,
                cause=cause,
                on_hand_change=change.on_hand,
                reserved_change=change.reserved,
                reference=change.reference,
                moved_by=by,
                moved_at=at,
            )
            for change in changes
        ]
    )


def _out_of_stock(short: Sequence[_Short]) -> list[OutOfStock]:
    variants = {variant_id for each in short for variant_id in each.available}
    skus = dict(Variant.objects.filter(pk__in=variants).values_list("pk", "sku"))
    refusals = []
    for each in short:
        lines = [
            {"sku": skus.get(variant_id, ""), "wanted": each.wanted[variant_id], "available": available}
            for variant_id, available in sorted(each.available.items())
        ]
        words = [_("%(sku)s, %(wanted)s wanted, %(available)s available") % line for line in lines]
        refusals.append(
            OutOfStock(_("Not enough stock: %(skus)s.") % {"skus": ", ".join(words)}, lines=lines)
        )
    return refusals
