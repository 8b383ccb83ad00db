"""Open a merchant's table, whatever wrote it: encoding, separator and header are found, junk is refused.

Reading streams: a CSV of any length costs the memory of one row. An XLSX is read whole by its library, so its
unpacked size is limited before it is opened.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import IO, Any

import filetype
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from core.refusals import Refusal

MAX_BYTES = 64 * 2**20
MAX_XLSX_UNPACKED = 400 * 2**20
MAX_COLUMNS = 500
MAX_NAME = 120
SAMPLE_BYTES = 256 * 1024
SEPARATORS = (";", ",", "\t", "|")
REPORT_COLUMNS = ("passerelle:line", "passerelle:reason")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class UnreadableFile(Refusal):
    """The file is not a table that can be read. ``reason`` in the details tells programs why."""

    code = "unreadable_file"
    status = 422


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is written. ``encoding`` and ``separator`` are empty for an XLSX."""

    kind: str
    encoding: str = ""
    separator: str = ""
    sheet: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "encoding": self.encoding,
            "separator": self.separator,
            "sheet": self.sheet,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A row as read. ``line`` counts as a spreadsheet does, the header is 1; ``problem`` if it is broken."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What was found at the head of a file, and how many rows follow it."""

    dialect: Dialect
    columns: list[str]
    rows: int


def inspect(file: IO[bytes]) -> Table:
    """Read the file once, from its start: how it is written, its header, its number of rows.

    Raises ``UnreadableFile`` for anything that is not a table with a header and at least one row.
    """
    dialect = detect(file)
    rows = read(file, dialect)
    header = next(rows, None)
    if header is None:
        raise UnreadableFile(_("The file is empty."), reason="empty")
    if header.problem:
        raise UnreadableFile(
            _("The first row cannot be read: it must hold the column names."), reason="header"
        )
    columns = clean_header(header.cells)
    count = sum(1 for _row in rows)
    if not count:
        raise UnreadableFile(_("The file has column names but no row below them."), reason="no_rows")
    return Table(dialect, columns, count)


def detect(file: IO[bytes]) -> Dialect:
    """Find out how a file is written."""
    file.seek(0)
    head = file.read(SAMPLE_BYTES)
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise UnreadableFile(_("The file is empty."), reason="empty")
    if head.startswith(b"PK\x03\x04"):
        return _xlsx(file)
    kind = filetype.guess(head)
    if kind is not None or head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise UnreadableFile(
            _("This is not a table (found: %(kind)s). Send a CSV or an XLSX file.")
            % {"kind": kind.mime if kind else "application/msword"},
            reason="not_a_table",
        )
    encoding = _encoding(file, head)
    sample = codecs.getincrementaldecoder(encoding)().decode(head)
    return Dialect("csv", encoding, _separator(sample))


def _encoding(file: IO[bytes], head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decodes(file, "utf-16") or _binary()
    if head.startswith(codecs.BOM_UTF8):
        return _decodes(file, "utf-8-sig") or _binary()
    if b"\x00" in head:
        # Without a mark, UTF-16 text in our languages has its zeros on one side of each pair.
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) * 0.2 or min(even, odd) > len(head) * 0.01:
            return _binary()
        return _decodes(file, "utf-16-le" if odd > even else "utf-16-be") or _binary()
    for encoding in ("utf-8", "cp1252", "latin-1"):
        if _decodes(file, encoding):
            return encoding
    return _binary()


def _binary() -> str:
    raise UnreadableFile(
        _("The file holds bytes that are not text. Save it as CSV (UTF-8) or XLSX and send it again."),
        reason="binary",
    )


def _decodes(file: IO[bytes], encoding: str) -> str:
    """Return the encoding when the whole file is text in it; else nothing.

    A stray control character is the matter of its row; a NUL, or many of them, are no text.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while True:
            block = file.read(2**20)
            text = decoder.decode(block, final=not block)
            if "\x00" in text or len(text.translate(_ONLY_CONTROLS)) * 100 > len(text):
                return ""
            if not block:
                return encoding
    except UnicodeDecodeError:
        return ""


_CONTROLS = frozenset([*range(9), 11, *range(14, 32), *range(0x7F, 0x85), *range(0x86, 0xA0)])


class _KeepControls(dict[int, int | None]):
    """A table for ``str.translate`` that removes everything but control characters."""

    def __missing__(self, point: int) -> int | None:
        self[point] = point if point in _CONTROLS else None
        return self[point]


_ONLY_CONTROLS = _KeepControls()


def _separator(sample: str) -> str:
    """Choose the separator that cuts the first rows into as many cells as the header has."""
    lines = sample.splitlines()[:50]
    best, best_score = ";", 0.0
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = sum(width == widths[0] for width in widths) / len(widths) + widths[0] / 1000
        if score > best_score:
            best, best_score = separator, score
    return best


def _xlsx(file: IO[bytes]) -> Dialect:
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        unpacked = sum(info.file_size for info in infos)
        if not any(info.filename == "xl/workbook.xml" for info in infos):
            raise UnreadableFile(
                _("This is a compressed file, not an Excel workbook. Send a CSV or an XLSX file."),
                reason="not_a_table",
            )
        if unpacked > MAX_XLSX_UNPACKED:
            raise UnreadableFile(
                _("Unpacked, this workbook takes %(size)s MB; the limit is %(limit)s MB. Send it as CSV.")
                % {"size": unpacked // 2**20, "limit": MAX_XLSX_UNPACKED // 2**20},
                reason="too_large",
            )
        names = _workbook(file).sheet_names
    except zipfile.BadZipFile:
        raise _broken_workbook() from None
    if not names:
        raise UnreadableFile(_("The workbook has no sheet."), reason="empty")
    return Dialect("xlsx", sheet=names[0])


def _broken_workbook() -> UnreadableFile:
    return UnreadableFile(
        _("The workbook is damaged, perhaps cut short on its way. Save it again and send it."),
        reason="damaged",
    )


def _workbook(file: IO[bytes]) -> Any:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except (CalamineError, OSError) as error:
        raise _broken_workbook() from error


def read(file: IO[bytes], dialect: Dialect) -> Iterator[Row]:
    """Yield the rows that are not blank, the header first."""
    yield from _read_xlsx(file, dialect) if dialect.kind == "xlsx" else _read_csv(file, dialect)


def _read_csv(file: IO[bytes], dialect: Dialect) -> Iterator[Row]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=dialect.encoding, newline="")
    try:
        # Strict: a quote that is never closed is told, instead of swallowing the rows below it.
        reader = csv.reader(text, delimiter=dialect.separator, strict=True)
        line = 0
        while True:
            line += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                too_long = "field larger" in str(error)
                yield Row(line, [], "cell_too_long" if too_long else "broken_quotes")
                continue
            if any(cell.strip() for cell in cells):
                yield Row(line, [restore(cell) for cell in cells])
    finally:
        if not file.closed:
            text.detach()


def _read_xlsx(file: IO[bytes], dialect: Dialect) -> Iterator[Row]:
    workbook = _workbook(file)
    try:
        sheet = workbook.get_sheet_by_name(dialect.sheet)
        first = (sheet.start or (0, 0))[0] + 1
        for line, cells in enumerate(sheet.iter_rows(), start=first):
            texts = [_cell(cell) for cell in cells]
            if any(text.strip() for text in texts):
                yield Row(line, texts)
    except CalamineError as error:
        raise _broken_workbook() from error


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    return restore(str(value))


def clean_header(cells: Sequence[str]) -> list[str]:
    """Return the column names; a nameless column takes its spreadsheet letter. Doubles are refused."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(
            _("The file has %(count)s columns; the limit is %(limit)s.")
            % {"count": len(names), "limit": MAX_COLUMNS},
            reason="too_many_columns",
        )
    names = [(name or f"({letter(index)})")[:MAX_NAME] for index, name in enumerate(names)]
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name.casefold() in seen:
            raise UnreadableFile(
                _("Two columns are named “%(name)s” (%(first)s and %(second)s). Rename one of them.")
                % {"name": name, "first": letter(seen[name.casefold()]), "second": letter(index)},
                reason="duplicate_header",
            )
        seen[name.casefold()] = index
    return names


def header_hash(columns: Sequence[str]) -> str:
    """Name a header, whatever the order and case of its columns; those of our error report do not count."""
    names = sorted(name.casefold() for name in columns if name not in REPORT_COLUMNS)
    return sha256("\n".join(names).encode()).hexdigest()


def letter(index: int) -> str:
    """Return the spreadsheet's name of a column: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def neutralize(cell: str) -> str:
    """Make a cell of an export harmless: a spreadsheet would run what begins like a formula."""
    if cell.startswith(_FORMULA_SIGNS) and not _is_number(cell):
        return "'" + cell
    return cell


def restore(cell: str) -> str:
    """Undo ``neutralize``, so that our exports come back unchanged."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_SIGNS else cell


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(",", "").replace(".", "").isdigit()
