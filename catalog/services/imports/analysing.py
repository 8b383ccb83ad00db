"""The dry run: read every row, check it, compare it with the catalogue. Nothing is written there.

Rows and issues are kept by chunks, each with the line where the next one begins, in one transaction: a worker
that dies loses at most its chunk, and another goes on from there.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalog.enums import ImportStatus, ProductStatus, RowOutcome, Severity
from catalog.models import Category, Import, ImportIssue, ImportRow, Location, Market
from catalog.services import current
from catalog.services.imports import files, receiving
from catalog.services.imports.checking import (
    Categories,
    Checked,
    Issue,
    RowChecker,
    is_price_drop,
    visible,
)
from catalog.services.imports.fields import COLUMN_FIELDS, plain
from catalog.services.imports.mapping import mapping_hash
from core.services import events
from core.services.copying import copy_rows

CHUNK = 2000
_SHARED = ("title", "description", "brand", "category", "origin_country")


class Analysis:
    """One dry run. ``advance`` works off a chunk; False when there is nothing left."""

    def __init__(self, imported: Import) -> None:
        self.import_id, self.merchant_id = imported.pk, imported.merchant_id
        self.mapping = mapping_hash(imported.fields)
        self.width = len(imported.columns)
        self.dialect = receiving.dialect_of(imported)
        self.file = imported.file
        constants = {code: s["constant"] for code, s in imported.fields.items() if "constant" in s}
        market = Market.objects.filter(country=constants.get("market", "")).first()
        self.market_id = market.pk if market else None
        self.location_id = (
            Location.objects.for_merchant(self.merchant_id)
            .filter(public_id=constants["location"])
            .values_list("pk", flat=True)
            .first()
            if constants.get("location")
            else None
        )
        self.language = constants.get("language", "fr")
        places = {name: index for index, name in enumerate(imported.columns)}
        self.checker = RowChecker(
            source={code: places[s["column"]] for code, s in imported.fields.items() if "column" in s},
            constants={
                field.code: constants[field.code] for field in COLUMN_FIELDS if field.code in constants
            },
            currency=market.currency if market else "EUR",
            categories=load_categories(),
        )
        self.has_variants = "reference" in imported.fields
        self.lines_of: dict[str, int] = {}
        self.shared: dict[str, tuple[int, dict[str, Any]]] = {}

    def remember(self, imported: Import) -> None:
        """Take up what chunks committed before have seen: the SKUs, and what rows say of their product."""
        done = ImportRow.objects.filter(imported_id=self.import_id).order_by("line")
        for line, sku, values in done.values_list("line", "sku", "values").iterator(chunk_size=CHUNK):
            if sku:
                self.lines_of.setdefault(sku, line)
                self._differing(line, values.get("values", {}))

    def rows(self, after: int) -> Iterator[list[files.Row]]:
        """Yield chunks of the rows below a line."""
        with self.file.open("rb") as file:
            reading = files.read(file, self.dialect)
            next(reading, None)
            chunk: list[files.Row] = []
            for row in reading:
                if row.line < after:
                    continue
                chunk.append(row)
                if len(chunk) == CHUNK:
                    yield chunk
                    chunk = []
            if chunk:
                yield chunk

    @transaction.atomic
    def keep(self, chunk: list[files.Row]) -> bool:
        """Check a chunk and keep what was found; False when the import has been decided meanwhile."""
        imported = Import.objects.select_for_update().get(pk=self.import_id)
        if imported.status != ImportStatus.ANALYSING or mapping_hash(imported.fields) != self.mapping:
            return False
        checked = [(row, self._check(row)) for row in chunk]
        known = current.standing(
            merchant_id=self.merchant_id,
            skus=[found.values["sku"] for _row, found in checked if found.values.get("sku")],
            language=self.language,
            market_id=self.market_id,
            location_id=self.location_id,
        )
        counts = dict.fromkeys(RowOutcome.values, 0)
        rows: list[tuple[Any, ...]] = []
        issues: list[tuple[Any, ...]] = []
        for row, found in checked:
            sku = found.values.get("sku", "")
            outcome, changes = self._compare(found, known.get(sku))
            counts[outcome] += 1
            rows.append(
                (self.import_id, row.line, sku, outcome, {"values": found.values, "changes": changes})
            )
            issues += [
                (self.import_id, row.line, sku, i.field, i.code, i.severity, i.params, i.value)
                for i in found.issues
            ]
        copy_rows(ImportRow, ("imported_id", "line", "sku", "outcome", "values"), rows)
        copy_rows(
            ImportIssue,
            ("imported_id", "line", "sku", "field", "code", "severity", "params", "value"),
            issues,
        )
        imported.next_line = chunk[-1].line + 1
        imported.rows_created += counts[RowOutcome.CREATE]
        imported.rows_updated += counts[RowOutcome.UPDATE]
        imported.rows_unchanged += counts[RowOutcome.UNCHANGED]
        imported.rows_in_error += counts[RowOutcome.ERROR]
        imported.save(
            update_fields=["next_line", "rows_created", "rows_updated", "rows_unchanged", "rows_in_error"]
        )
        return True

    def _check(self, row: files.Row) -> Checked:
        if row.problem:
            return Checked({}, [Issue("", row.problem)])
        found = self.checker.check(row.cells, width=self.width)
        sku = found.values.get("sku")
        if sku is None:
            return found
        first = self.lines_of.setdefault(sku, row.line)
        if first != row.line:
            found.issues.append(
                Issue("sku", "duplicate_sku", value=visible(sku), params={"first": str(first)})
            )
            return found
        if not found.has_error:
            for code, line in self._differing(row.line, found.values):
                value = visible(str(found.values[code]))
                found.issues.append(Issue(code, "duplicate_cell", value=value, params={"first": str(line)}))
        return found

    def _differing(self, line: int, values: dict[str, Any]) -> list[tuple[str, int]]:
        """Return the product's fields that an earlier variant of it tells otherwise."""
        if not self.has_variants or "reference" not in values:
            return []
        own = {code: values[code] for code in _SHARED if code in values}
        first, told = self.shared.setdefault(values["reference"], (line, own))
        return [(code, first) for code, value in own.items() if told.setdefault(code, value) != value]

    def _compare(
        self, found: Checked, old: current.Standing | None
    ) -> tuple[RowOutcome, dict[str, list[Any]]]:
        if found.has_error:
            return RowOutcome.ERROR, {}
        values = found.values
        if old is None:
            if "title" not in values and "reference" not in values:
                found.issues.append(Issue("title", "missing_title"))
                return RowOutcome.ERROR, {}
            return RowOutcome.CREATE, {}
        if old.status == ProductStatus.ARCHIVED:
            found.issues.append(Issue("sku", "archived", value=visible(old.sku)))
            return RowOutcome.ERROR, {}
        if values.get("reference", old.reference) != old.reference:
            found.issues.append(
                Issue(
                    "reference", "other_reference", value=values["reference"], params={"known": old.reference}
                )
            )
            return RowOutcome.ERROR, {}
        if values.get("quantity", old.reserved) < old.reserved:
            found.issues.append(
                Issue(
                    "quantity",
                    "below_reserved",
                    value=str(values["quantity"]),
                    params={"reserved": str(old.reserved)},
                )
            )
            return RowOutcome.ERROR, {}
        changes = {
            code: [old.value(code), value]
            for code, value in values.items()
            if code != "sku" and not _same(code, old.value(code), value)
        }
        found.issues += _worth_knowing(changes, old, self.language)
        return (RowOutcome.UPDATE if changes else RowOutcome.UNCHANGED), changes


def _same(code: str, old: Any, new: Any) -> bool:
    if code == "price" and old is not None:
        return Decimal(old) == Decimal(new)
    return bool(old == new)


def _worth_knowing(changes: dict[str, list[Any]], old: current.Standing, language: str) -> list[Issue]:
    issues = []
    if "price" in changes and old.price is not None:
        new = Decimal(changes["price"][1])
        if is_price_drop(old.price, new):
            percent = f"{(1 - new / old.price) * 100:.0f}"
            issues.append(
                Issue("price", "price_drop", Severity.WARNING, changes["price"][1], {"percent": percent})
            )
    if language == old.source_language and old.translations and changes.keys() & {"title", "description"}:
        params = {"count": str(old.translations)}
        issues.append(Issue("title", "translations_outdated", Severity.INFO, "", params))
    return issues


def load_categories() -> Categories:
    """Read the category tree as files name it: by code, or by name in French or English."""
    by_name: dict[str, int] = {}
    labels: dict[str, str] = {}
    for category in Category.objects.order_by("-depth", "path"):
        for label in (category.code, category.names.get("fr", ""), category.names.get("en", "")):
            if plain(label):
                by_name[plain(label)] = category.pk
                labels[plain(label)] = label
    return Categories(by_name, labels)


@transaction.atomic
def finish(*, import_id: int, mapping: str, at: datetime) -> None:
    """Say that the dry run is over and that the merchant has to decide."""
    imported = Import.objects.select_for_update().get(pk=import_id)
    if imported.status != ImportStatus.ANALYSING or mapping_hash(imported.fields) != mapping:
        return
    imported.status, imported.analysed_at = ImportStatus.READY, at
    imported.rows_total = (
        imported.rows_created + imported.rows_updated + imported.rows_unchanged + imported.rows_in_error
    )
    imported.save(update_fields=["status", "analysed_at", "rows_total"])
    events.record("import.ready", imported, merchant_id=imported.merchant_id, data={})
