"""Take a file in: look at it, keep it, remember how it is written."""

from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import IO

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Import
from catalog.services.imports import files
from core.models import User
from core.refusals import Refusal


class FileTooLarge(Refusal):
    """The file is larger than ``files.MAX_BYTES``."""

    code = "file_too_large"
    status = 413


@transaction.atomic
def receive(*, merchant_id: int, file: IO[bytes], name: str, by: User, at: datetime) -> Import:
    """Keep a file and what its head tells. Nothing of the catalogue changes.

    Raises ``FileTooLarge``, and ``files.UnreadableFile`` with the reason in words.
    """
    digest, size = _weigh(file)
    if size > files.MAX_BYTES:
        raise FileTooLarge(
            _("The file has %(size)s MB; the limit is %(limit)s MB. Split it.")
            % {"size": size // 2**20, "limit": files.MAX_BYTES // 2**20},
            limit=files.MAX_BYTES,
        )
    table = files.inspect(file)
    received = Import(
        merchant_id=merchant_id,
        original_name=_shown_name(name),
        sha256=digest,
        size=size,
        dialect=table.dialect.as_json(),
        columns=table.columns,
        rows_total=table.rows,
        uploaded_by=by,
        created_at=at,
    )
    file.seek(0)
    extension = "xlsx" if table.dialect.kind == "xlsx" else "csv"
    received.file.save(f"imports/{received.public_id}.{extension}", File(file), save=False)
    received.save()
    return received


def _weigh(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest, size = sha256(), 0
    while block := file.read(2**20):
        digest.update(block)
        size += len(block)
        if size > files.MAX_BYTES:
            break
    return digest.hexdigest(), size


def _shown_name(name: str) -> str:
    base = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in base if c.isprintable())[-200:] or "catalogue"


def dialect_of(received: Import) -> files.Dialect:
    """Return how the kept file is written."""
    return files.Dialect(**received.dialect)


def sample(received: Import, rows: int = 5) -> list[list[str]]:
    """Return the first rows below the header, as read."""
    with received.file.open("rb") as file:
        lines = files.read(file, dialect_of(received))
        next(lines, None)
        return [
            row.cells for row, _number in zip((r for r in lines if not r.problem), range(rows), strict=False)
        ]
