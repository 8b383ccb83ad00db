"""Our own CSV of pickup points: comma or semicolon, UTF-8, header of the names below in any order."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from orders.adapters.points.base import BrokenSource, PointDraft, degrees, text_lines
from orders.enums import PointKind, PointStatus

REQUIRED = ("code", "name", "kind", "street", "postcode", "city", "country", "latitude", "longitude")
OPTIONAL = (
    "street2",
    "opening_hours",
    "phone",
    "services",
    "max_weight_g",
    "max_side_mm",
    "capacity",
    "status",
)


def parse(stream: BinaryIO) -> Iterator[PointDraft]:
    lines = text_lines(stream)
    line = 1
    try:
        first = next(lines, "")
        delimiter = ";" if first.count(";") > first.count(",") else ","
        header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
        missing = [name for name in REQUIRED if name not in header]
        unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
        if missing or unknown:
            raise BrokenSource(_about(missing, unknown), line=1)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        for row in rows:
            line = rows.line_num + 1
            if not row:
                continue
            if len(row) != len(header):
                raise BrokenSource(f"{len(row)} cells where the header has {len(header)}", line=line)
            yield _draft(dict(zip(header, (cell.strip() for cell in row), strict=True)), line)
    except csv.Error as error:
        raise BrokenSource(str(error), line=line + 1) from error


def _about(missing: list[str], unknown: list[str]) -> str:
    parts = [("missing columns", missing), ("unknown columns", unknown)]
    return "; ".join(f"{words}: {', '.join(names)}" for words, names in parts if names)


def _draft(cell: dict[str, str], line: int) -> PointDraft:
    def number(name: str) -> int | None:
        value = cell.get(name, "")
        if value and not (value.isdecimal() and value.isascii()):
            raise BrokenSource(f"{name} is not a whole number: {value[:40]}", line=line)
        return int(value) if value else None

    try:
        kind = PointKind(cell["kind"])
        status = PointStatus(cell.get("status") or PointStatus.OPEN)
    except ValueError as error:
        raise BrokenSource(str(error)[:80], line=line) from error
    return PointDraft(
        line=line,
        code=cell["code"],
        name=cell["name"],
        kind=kind,
        status=status,
        street=cell["street"],
        street2=cell.get("street2", ""),
        postcode=cell["postcode"],
        city=cell["city"],
        country=cell["country"].upper(),
        latitude=degrees(cell["latitude"]),
        longitude=degrees(cell["longitude"]),
        opening_hours=cell.get("opening_hours", ""),
        phone=cell.get("phone", ""),
        services=tuple(sorted(part.strip() for part in cell.get("services", "").split("|") if part.strip())),
        max_weight_g=number("max_weight_g"),
        max_side_mm=number("max_side_mm"),
        capacity=number("capacity"),
    )
