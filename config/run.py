"""``make run``: all of Passerelle under one supervisor, its database included. ``make reset`` forgets it."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psycopg
from psycopg import sql

from config import embedded, supervisor

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
LOGS = VAR / "log"
DATABASE = "passerelle"
ROOM_NEEDED = 500 * 2**20
READY_SECONDS = 90
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunError(Exception):
    """Why it does not run, in one sentence."""


class AlreadyRunning(RunError):
    """Another supervisor serves this folder."""


def main(arguments: list[str]) -> int:
    for number in SIGNALS:
        signal.signal(number, _leave)
    try:
        if arguments[:1] == ["with-database"]:
            return _with_database(arguments[1:])
        with _alone():
            if arguments == ["reset"]:
                return _reset()
            _run()
    except (RunError, embedded.EmbeddedError) as error:
        print(f"\nPasserelle stopped. {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("\nPasserelle has stopped.")  # noqa: T201
    return 0


def _run() -> NoReturn:
    port = _free_port(os.environ.get("PORT", "8000"))
    _check_room()
    environment = _environment()
    with _database():
        _manage(environment, "prepare", "--demo")
        commands = supervisor.read_procfile(ROOT / "Procfile")
        with supervisor.running(commands, environment, ROOT, LOGS) as processes:
            threading.Thread(target=_welcome, args=(port, environment), daemon=True).start()
            ended = supervisor.first_to_end(processes)
            print(supervisor.last_words(ended, LOGS), file=sys.stderr)  # noqa: T201
            raise RunError(f"The process {ended} ended; its last words are above.")


def _with_database(command: list[str]) -> int:
    """Run a command beside what runs already, or with a database of its own around it."""
    environment = _environment()
    with ExitStack() as stack:
        try:
            stack.enter_context(_alone())
        except AlreadyRunning:
            return _call(command, environment)
        stack.enter_context(_database())
        _manage(environment, "prepare")
        return _call(command, environment)


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path}


def _reset() -> int:
    embedded.destroy(VAR / "pg")
    for path in VAR.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"{VAR} is empty.")  # noqa: T201
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the checkout's lock. The kernel frees it when its holder dies, so it is never stale."""
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        file = (VAR / "run.lock").open("a+")
    except OSError as error:
        raise RunError(f"{VAR} cannot be written: {error.strerror}.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(
                f"It runs already from this folder (process {file.read().strip()}): end that first."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def _database() -> Iterator[None]:
    """Run the embedded server around what follows, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    folder = VAR / "pg"
    try:
        embedded.start(folder)
        with psycopg.connect(embedded.url(folder, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        yield
    finally:
        embedded.stop(folder)


def _free_port(text: str) -> int:
    host = os.environ.get("HOST", "127.0.0.1")
    try:
        port = int(text)
        with socket.create_server((host, port)):
            return port
    except ValueError:
        raise RunError(f"PORT is a number, not {text!r}.") from None
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise RunError(f"Port {text} is taken: choose another, as in make run PORT={port + 1}.") from None
        raise RunError(f"Cannot listen on {host} port {text}: {error}.") from None


def _check_room() -> None:
    free = shutil.disk_usage(VAR).free
    if free < ROOM_NEEDED:
        raise RunError(
            f"The disk is full: {free // 2**20} MB are free at {VAR}, {ROOM_NEEDED // 2**20} are needed."
        )


def _manage(environment: dict[str, str], *arguments: str) -> None:
    if _call([sys.executable, "manage.py", *arguments], environment):
        raise RunError(f"manage.py {' '.join(arguments)} failed; what it said is above.")


def _call(command: list[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _welcome(port: int, environment: dict[str, str]) -> None:
    """Wait until the web answers, then say where it is and how to sign in."""
    address = f"http://localhost:{port}"
    if not _becomes_ready(f"http://127.0.0.1:{port}/readyz"):
        print(f"\nPasserelle does not answer at {address} yet; its log is in {LOGS}.", file=sys.stderr)  # noqa: T201
        return
    print(f"\n  Passerelle is at {address}\n", flush=True)  # noqa: T201
    subprocess.run([sys.executable, "manage.py", "demo_sign_ins"], cwd=ROOT, env=environment, check=False)
    print(f"\n  Logs are in {LOGS}. Ctrl-C ends all of it; the data stay.\n", flush=True)  # noqa: T201


def _becomes_ready(url: str) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return True
        time.sleep(0.2)
    return False


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    # Once: a second one must not interrupt the cleaning up.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
