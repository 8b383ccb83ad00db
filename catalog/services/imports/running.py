"""Write a confirmed import, chunk by chunk: what is written and where to go on commit together."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.enums import ImportStatus, PriceSource, RowOutcome, Severity, StockCause
from catalog.models import Import, ImportIssue, ImportRow, Location, Market, StockLevel
from catalog.services import prices, products, readiness, stock
from catalog.services.imports import analysing
from catalog.services.imports.mapping import mapping_hash
from core.models import User
from core.services import events

CHUNK = 2000
Beat = Callable[[int, int], None]


def analyse(*, import_id: int, mapping: str, beat: Beat) -> None:
    """Make the dry run, or go on with it. ``beat(done, total)`` is called after each chunk has committed."""
    imported = Import.objects.get(pk=import_id)
    if imported.status != ImportStatus.ANALYSING or mapping_hash(imported.fields) != mapping:
        return
    if imported.next_line == 0:
        _forget_counts(import_id)
    run = analysing.Analysis(imported)
    run.remember(imported)
    done = 0
    for chunk in run.rows(after=imported.next_line):
        if not run.keep(chunk):
            return
        done += len(chunk)
        beat(done, imported.rows_total)
    analysing.finish(import_id=import_id, mapping=mapping, at=timezone.now())


def _forget_counts(import_id: int) -> None:
    Import.objects.filter(pk=import_id, status=ImportStatus.ANALYSING, next_line=0).update(
        rows_created=0, rows_updated=0, rows_unchanged=0, rows_in_error=0
    )


def run(*, import_id: int, beat: Beat, by: User | None = None) -> None:
    """Write the rows of a confirmed import; called again, it goes on where the last chunk ended."""
    while (written := write_chunk(import_id=import_id, by=by, at=timezone.now())) is not None:
        beat(*written)


@transaction.atomic
def write_chunk(*, import_id: int, by: User | None, at: datetime) -> tuple[int, int] | None:
    """Write the next rows; answers how many of how many are done, None when the import is over."""
    imported = Import.objects.select_for_update().get(pk=import_id)
    if imported.status != ImportStatus.RUNNING:
        return None
    rows = list(
        ImportRow.objects.filter(
            imported=imported,
            line__gte=imported.next_line,
            outcome__in=[RowOutcome.CREATE, RowOutcome.UPDATE],
        ).order_by("line")[:CHUNK]
    )
    if not rows:
        _finish(imported, at)
        return None
    created, updated, refused = _write(imported, rows, by=by, at=at)
    imported.next_line = rows[-1].line + 1
    imported.rows_created += created
    imported.rows_updated += updated
    imported.rows_in_error += refused
    imported.rows_unchanged += len(rows) - created - updated - refused
    imported.save(
        update_fields=["next_line", "rows_created", "rows_updated", "rows_in_error", "rows_unchanged"]
    )
    return done_of(imported)


def done_of(imported: Import) -> tuple[int, int]:
    """Return how many rows of a running import are dealt with, of how many."""
    done = imported.rows_created + imported.rows_updated + imported.rows_unchanged + imported.rows_in_error
    return done, imported.rows_total


def _write(imported: Import, rows: list[ImportRow], *, by: User | None, at: datetime) -> tuple[int, int, int]:
    constants = {code: s["constant"] for code, s in imported.fields.items() if "constant" in s}
    refused = _refuse_below_reserved(imported, rows, constants)
    values = [row.values["values"] for row in rows if row.sku not in refused]
    written = products.write_many(
        merchant_id=imported.merchant_id,
        rows=[_product(row) for row in values],
        language=constants.get("language", "fr"),
        at=at,
    )
    updated = set(written.updated)
    known = [row for row in values if row["sku"] in written.variants]
    updated |= _write_prices(imported, known, written.variants, constants, at)
    updated |= _write_stock(imported, known, written.variants, constants, by, at)
    readiness.refresh(product_ids=set(written.products.values()), at=at)
    return len(written.created), len(updated - written.created), len(refused)


def _product(values: dict[str, Any]) -> products.ProductData:
    return products.ProductData(
        sku=values["sku"],
        reference=values.get("reference"),
        title=values.get("title"),
        description=values.get("description"),
        brand=values.get("brand"),
        category_id=values.get("category"),
        gtin=values.get("gtin"),
        weight_g=values.get("weight_g"),
        origin_country=values.get("origin_country"),
    )


def _write_prices(
    imported: Import,
    rows: list[dict[str, Any]],
    variants: dict[str, int],
    constants: dict[str, str],
    at: datetime,
) -> set[str]:
    if "price" not in imported.fields:
        return set()
    market = Market.objects.get(country=constants["market"])
    return prices.set_many_by_sku(
        merchant_id=imported.merchant_id,
        market_id=market.pk,
        amounts={row["sku"]: (variants[row["sku"]], Decimal(row["price"])) for row in rows if "price" in row},
        at=at,
        source=PriceSource.IMPORT,
    )


def _write_stock(
    imported: Import,
    rows: list[dict[str, Any]],
    variants: dict[str, int],
    constants: dict[str, str],
    by: User | None,
    at: datetime,
) -> set[str]:
    if "quantity" not in imported.fields:
        return set()
    location = Location.objects.for_merchant(imported.merchant_id).get(public_id=constants["location"])
    counted = [row for row in rows if "quantity" in row]
    before = dict(
        StockLevel.objects.for_merchant(imported.merchant_id)
        .filter(location=location, variant_id__in=[variants[row["sku"]] for row in counted])
        .values_list("variant_id", "on_hand")
    )
    stock.set_levels(
        merchant_id=imported.merchant_id,
        counts=[stock.Count(variants[row["sku"]], location.pk, row["quantity"]) for row in counted],
        cause=StockCause.IMPORT,
        reference=imported.public_id,
        by=by,
        at=at,
    )
    return {row["sku"] for row in counted if before.get(variants[row["sku"]]) != row["quantity"]}


def _refuse_below_reserved(imported: Import, rows: list[ImportRow], constants: dict[str, str]) -> set[str]:
    """Turn rows into errors whose stock orders have reserved since the dry run; the levels stay locked."""
    if "quantity" not in imported.fields:
        return set()
    wanted = {row.sku: row for row in rows if "quantity" in row.values["values"]}
    levels = (
        StockLevel.objects.for_merchant(imported.merchant_id)
        .filter(location__public_id=constants["location"], variant__sku__in=wanted)
        .select_related("variant")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    short = {
        level.variant.sku: level.reserved
        for level in levels
        if wanted[level.variant.sku].values["values"]["quantity"] < level.reserved
    }
    for sku in short:
        wanted[sku].outcome = RowOutcome.ERROR
    ImportRow.objects.bulk_update([wanted[sku] for sku in short], ["outcome"])
    ImportIssue.objects.bulk_create(
        ImportIssue(
            imported=imported,
            line=wanted[sku].line,
            sku=sku,
            field="quantity",
            code="below_reserved",
            severity=Severity.ERROR,
            params={"reserved": str(reserved)},
            value=str(wanted[sku].values["values"]["quantity"]),
        )
        for sku, reserved in short.items()
    )
    return set(short)


def _finish(imported: Import, at: datetime) -> None:
    imported.status = ImportStatus.PARTIAL if imported.rows_in_error else ImportStatus.COMPLETE
    imported.finished_at = at
    imported.save(update_fields=["status", "finished_at"])
    events.record(
        "import.finished",
        imported,
        merchant_id=imported.merchant_id,
        data={
            "created": imported.rows_created,
            "updated": imported.rows_updated,
            "unchanged": imported.rows_unchanged,
            "in_error": imported.rows_in_error,
        },
    )


@transaction.atomic
def fail(*, import_id: int, reason: str, at: datetime) -> None:
    """Say that an import cannot go on, and why; what its chunks wrote stays."""
    imported = Import.objects.select_for_update().get(pk=import_id)
    if imported.finished_at is None:
        imported.status, imported.failure, imported.finished_at = ImportStatus.FAILED, reason[:60], at
        imported.save(update_fields=["status", "failure", "finished_at"])
        events.record("import.failed", imported, merchant_id=imported.merchant_id, data={"reason": reason})
