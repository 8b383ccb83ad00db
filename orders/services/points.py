"""Refresh a network's pickup points from what its source says today. For operators and schedules."""

import gzip
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from core import audit
from core.models import User
from core.models.base import new_public_id
from core.refusals import Refusal
from core.services import events
from orders.adapters.points.base import BrokenSource, PointDraft
from orders.adapters.points.geography import is_inside, mercator
from orders.enums import RefreshStatus
from orders.models import PickupNetwork, PointRefresh
from orders.services import openings

CLOSES_TOO_MANY = 0.20
REFUSALS_KEPT = 200
POSTGRES_INTEGER = 2_147_483_647

COLUMNS = (
    "public_id", "code", "name", "kind", "status", "street", "street2", "postcode", "city", "country",
    "latitude", "longitude", "x", "y", "opening_hours", "phone", "services", "max_weight_g", "max_side_mm",
    "capacity", "source_hash",
)  # fmt: skip
LENGTHS = {
    "code": 40,
    "name": 120,
    "street": 200,
    "street2": 200,
    "postcode": 12,
    "city": 100,
    "country": 2,
    "phone": 20,
}
REQUIRED = ("code", "name", "city", "country")

CREATE = """
DROP TABLE IF EXISTS pg_temp.point_draft;
CREATE TEMP TABLE point_draft (
    public_id uuid, code text PRIMARY KEY, name text, kind text, status text, street text, street2 text,
    postcode text, city text, country text, latitude float8, longitude float8, x float8, y float8,
    opening_hours text, phone text, services jsonb, max_weight_g int, max_side_mm int, capacity int,
    source_hash text
) ON COMMIT DROP
"""
COPY_IN = f"COPY point_draft ({', '.join(COLUMNS)}) FROM STDIN"
COPY_OUT = f"COPY point_draft ({', '.join(COLUMNS)}) TO STDOUT"
# A code that was read but refused (``source_hash`` null) neither changes nor closes the point that we know.
COUNT = """
SELECT
    count(*) FILTER (WHERE d.source_hash IS NOT NULL AND (p.id IS NULL OR p.status = 'closed')),
    count(*) FILTER (WHERE d.source_hash <> p.source_hash AND p.status <> 'closed'),
    count(*) FILTER (WHERE d.code IS NULL AND p.status <> 'closed'),
    count(*) FILTER (WHERE p.status <> 'closed')
FROM (SELECT * FROM orders_pickuppoint WHERE network_id = %(network)s) p
FULL JOIN point_draft d ON d.code = p.code
"""
CHANGING = [name for name in COLUMNS if name not in ("public_id", "code")]
UPSERT = f"""
INSERT INTO orders_pickuppoint AS p (network_id, created_at, load, {", ".join(COLUMNS)})
SELECT %(network)s, %(at)s, 0, {", ".join(COLUMNS)}
FROM point_draft WHERE source_hash IS NOT NULL ORDER BY code
ON CONFLICT (network_id, code) DO UPDATE SET
    closed_at = NULL, {", ".join(f"{name} = excluded.{name}" for name in CHANGING)}
WHERE p.source_hash <> excluded.source_hash OR p.status = 'closed'
"""  # noqa: S608  # names of our own columns
CLOSE = """
UPDATE orders_pickuppoint p SET status = 'closed', closed_at = %(at)s
WHERE p.network_id = %(network)s AND p.status <> 'closed'
  AND NOT EXISTS (SELECT 1 FROM point_draft d WHERE d.code = p.code)
"""


class SourceBroken(Refusal):
    """The source could not be read to its end. Nothing of it was applied; ``line`` says where, if known."""

    code = "source_broken"
    status = 422


class NothingToConfirm(Refusal):
    """The refresh does not wait for anybody: it was applied, refused, or a newer one took its place."""

    code = "nothing_to_confirm"


@dataclass
class _Reading:
    read: int = 0
    refused: int = 0
    notes: list[dict[str, Any]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    def note(self, draft: PointDraft, reason: str) -> None:
        if len(self.notes) < REFUSALS_KEPT:
            code = draft.code.replace("\x00", "")[:40]
            self.notes.append({"line": draft.line, "code": code, "reason": reason})


def refresh(
    *,
    network_code: str,
    drafts: Iterable[PointDraft],
    source: str,
    at: datetime,
    by: User | None = None,
    confirmed: bool = False,
) -> PointRefresh:
    """Make the network's points those of ``drafts``: open the new, change the changed, close the others.

    All or nothing, in one statement per step; a second run with the same drafts changes nothing. When more
    than a fifth of the open points would close, nothing is applied and the answer's status is TO_CONFIRM,
    until ``confirm`` or ``confirmed=True``. Points refused one by one (outside their country, no name, …) are
    in ``refusals`` with their line. Raises ``SourceBroken``, remembered
    as REFUSED, also when not one point could be taken.
    """
    try:
        return _refresh(network_code, drafts, source, at, by, confirmed)
    except BrokenSource as error:
        _remember_refused(network_code, source, error, at)
        raise SourceBroken(
            _("The source cannot be read: %(problem)s. Nothing was changed.") % {"problem": error},
            line=error.line,
            problem=error.problem,
        ) from error


@transaction.atomic
def _refresh(
    network_code: str,
    drafts: Iterable[PointDraft],
    source: str,
    at: datetime,
    by: User | None,
    confirmed: bool,
) -> PointRefresh:
    network = PickupNetwork.objects.select_for_update().get(code=network_code)
    reading = _Reading()
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        with cursor.cursor.copy(COPY_IN) as copy:
            for row in _rows(drafts, reading):
                copy.write_row(row)
        if reading.read == reading.refused:
            raise BrokenSource(f"{reading.read} points read, none could be taken")
        report = PointRefresh(
            network=network,
            status=RefreshStatus.APPLIED,
            source=source[:200],
            created_at=at,
            read=reading.read,
            refused=reading.refused,
            refusals=reading.notes,
        )
        _apply_or_ask(cursor, report, at, by, confirmed)
    return report


@transaction.atomic
def confirm(*, refresh_id: int, by: User, at: datetime) -> PointRefresh:
    """Apply a refresh that waits because it closes many points. Raises ``NothingToConfirm``.

    What it does is counted anew: the network may have moved since.
    """
    report = _waiting(refresh_id)
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        with report.kept.open("rb") as kept, gzip.open(kept) as rows, cursor.cursor.copy(COPY_IN) as copy:
            while block := rows.read(1 << 16):
                copy.write(block)
        _apply_or_ask(cursor, report, at, by, confirmed=True)
    report.kept.delete(save=True)
    return report


@transaction.atomic
def dismiss(*, refresh_id: int, by: User, at: datetime) -> PointRefresh:
    """Refuse a refresh that waits: the network's points stay. Raises ``NothingToConfirm``."""
    report = _waiting(refresh_id)
    report.status = RefreshStatus.REFUSED
    report.save(update_fields=["status"])
    report.kept.delete(save=True)
    events.record("network.refresh_dismissed", report.network, by=by, data={"refresh": str(report.public_id)})
    return report


def _waiting(refresh_id: int) -> PointRefresh:
    network_id = PointRefresh.objects.values_list("network_id", flat=True).get(pk=refresh_id)
    network = PickupNetwork.objects.select_for_update().get(pk=network_id)
    report: PointRefresh = PointRefresh.objects.select_for_update().get(pk=refresh_id)
    report.network = network
    newer = PointRefresh.objects.filter(
        network=network, pk__gt=report.pk, status__in=[RefreshStatus.APPLIED, RefreshStatus.TO_CONFIRM]
    )
    if report.status != RefreshStatus.TO_CONFIRM or newer.exists():
        raise NothingToConfirm(_("This refresh is not waiting any more: a newer one has taken its place."))
    return report


def _apply_or_ask(
    cursor: CursorWrapper, report: PointRefresh, at: datetime, by: User | None, confirmed: bool
) -> None:
    network = report.network
    values: dict[str, Any] = {"network": network.pk, "at": at}
    cursor.execute("ANALYZE point_draft")
    cursor.execute(COUNT, values)
    report.opened, report.changed, report.closed, known = cursor.fetchone()
    if report.closed > known * CLOSES_TOO_MANY and not confirmed:
        report.status = RefreshStatus.TO_CONFIRM
        _keep(cursor, report)
        report.save()
        return
    audit.copy_context(cursor)
    if report.opened or report.changed:
        cursor.execute(UPSERT, values)
    if report.closed:
        cursor.execute(CLOSE, values)
    network.refreshed_at = at
    network.save(update_fields=["refreshed_at"])
    report.status = RefreshStatus.APPLIED
    report.save()
    counts = {name: getattr(report, name) for name in ("opened", "changed", "closed", "refused")}
    events.record("network.refreshed", network, by=by, data={"refresh": str(report.public_id), **counts})


def _keep(cursor: CursorWrapper, report: PointRefresh) -> None:
    spool: IO[bytes]
    with tempfile.TemporaryFile() as spool:
        with gzip.GzipFile(fileobj=spool, mode="wb", mtime=0) as packed, cursor.cursor.copy(COPY_OUT) as copy:
            for block in copy:
                packed.write(block)
        spool.seek(0)
        report.kept.save(f"{report.public_id}.copy.gz", File(spool), save=False)


@transaction.atomic
def _remember_refused(network_code: str, source: str, error: BrokenSource, at: datetime) -> None:
    PointRefresh.objects.create(
        network=PickupNetwork.objects.get(code=network_code),
        status=RefreshStatus.REFUSED,
        source=source[:200],
        created_at=at,
        refusals=[{"line": error.line, "code": "", "reason": error.problem[:200]}],
    )


def _rows(drafts: Iterable[PointDraft], reading: _Reading) -> Iterator[tuple[Any, ...]]:
    for draft in drafts:
        reading.read += 1
        reason = _reason_to_refuse(draft) or ("code_repeated" if draft.code in reading.codes else "")
        if reason:
            reading.refused += 1
            reading.note(draft, reason)
            if reason != "code_unusable" and draft.code not in reading.codes:
                reading.codes.add(draft.code)
                yield (None, draft.code, *[None] * (len(COLUMNS) - 2))
            continue
        reading.codes.add(draft.code)
        hours = draft.opening_hours
        if hours and not openings.is_readable(hours):
            reading.note(draft, "opening_hours_unreadable")
            hours = ""
        yield _row(draft, hours)


def _reason_to_refuse(draft: PointDraft) -> str:
    """Say in a word why a point cannot be taken; "" when it can."""
    texts = [getattr(draft, name) for name in LENGTHS]
    if not draft.code or len(draft.code) > LENGTHS["code"] or "\x00" in draft.code:
        return "code_unusable"
    if any("\x00" in text for text in (*texts, draft.opening_hours, *draft.services)):
        return "text_unusable"
    for name in REQUIRED:
        if not getattr(draft, name):
            return f"{name}_missing"
    for name, length in LENGTHS.items():
        if len(getattr(draft, name)) > length:
            return f"{name}_too_long"
    for number in (draft.max_weight_g, draft.max_side_mm, draft.capacity):
        if number is not None and not 0 <= number <= POSTGRES_INTEGER:
            return "number_out_of_range"
    if draft.latitude is None or draft.longitude is None:
        return "coordinates_missing"
    if draft.latitude == 0 and draft.longitude == 0:
        return "coordinates_zero"
    if not is_inside(draft.country, draft.latitude, draft.longitude):
        return "coordinates_outside_country"
    return ""


def _row(draft: PointDraft, hours: str) -> tuple[Any, ...]:
    assert draft.latitude is not None and draft.longitude is not None
    x, y = mercator(draft.latitude, draft.longitude)
    facts = (
        draft.code, draft.name, str(draft.kind), str(draft.status), draft.street, draft.street2,
        draft.postcode, draft.city, draft.country, draft.latitude, draft.longitude, x, y, hours, draft.phone,
    )  # fmt: skip
    limits = (draft.max_weight_g, draft.max_side_mm, draft.capacity)
    services = list(draft.services)
    digest = hashlib.sha256(repr((facts, services, limits)).encode()).hexdigest()
    return (new_public_id(), *facts, Jsonb(services), *limits, digest)
