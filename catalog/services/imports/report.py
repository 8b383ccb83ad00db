"""The rows in error, as a file that can be mended and sent again."""

import csv
import io
from collections.abc import Iterator

from catalog.enums import Severity
from catalog.models import Import, ImportIssue
from catalog.services.imports import files, messages
from catalog.services.imports.mapping import label_of
from catalog.services.imports.receiving import dialect_of


def error_rows(imported: Import) -> Iterator[str]:
    """Yield the report as CSV text: line, reason, then the columns as they came. Only rows in error.

    The reasons are in the active language. Cells that a spreadsheet would run are neutralized; an import
    undoes it, and ignores the first two columns, so the file can be sent back as it is.
    """
    reasons = _reasons(imported)
    dialect = dialect_of(imported)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=dialect.separator or ";")

    def flush() -> str:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    kept = [i for i, name in enumerate(imported.columns) if name not in files.REPORT_COLUMNS]
    writer.writerow([*files.REPORT_COLUMNS, *(files.neutralize(imported.columns[i]) for i in kept)])
    # The mark tells spreadsheets that this is UTF-8.
    yield "\ufeff" + flush()
    with imported.file.open("rb") as file:
        for row in files.read(file, dialect):
            if row.line not in reasons:
                continue
            cells = [files.neutralize(row.cells[i]) if i < len(row.cells) else "" for i in kept]
            writer.writerow([row.line, files.neutralize(reasons[row.line]), *cells])
            yield flush()


def _reasons(imported: Import) -> dict[int, str]:
    reasons: dict[int, list[str]] = {}
    issues = ImportIssue.objects.filter(imported=imported, severity=Severity.ERROR).order_by("line", "pk")
    for issue in issues.iterator():
        said = f"{messages.problem(issue.code, issue.params)} {messages.remedy(issue.code, issue.params)}"
        label = label_of(issue.field)
        reasons.setdefault(issue.line, []).append(f"{label}: {said}" if label else said)
    return {line: " ".join(said) for line, said in reasons.items()}
