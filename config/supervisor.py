"""Run the processes of the Procfile together: when one ends, or this one is told to, all end.

On Linux they are told to end even when this process is killed without a chance to say so.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 15
LAST_LINES = 20
_PR_SET_PDEATHSIG = 1


def read_procfile(path: Path) -> dict[str, str]:
    """Return the command of each process; blank lines and ``#`` lines are skipped."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {
        name.strip(): command.strip() for name, _colon, command in (line.partition(":") for line in lines)
    }


@contextmanager
def running(
    commands: dict[str, str], environment: dict[str, str], folder: Path, logs: Path
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start the commands, each with its output in ``logs``; on leaving, end all that they started."""
    logs.mkdir(parents=True, exist_ok=True)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with log_of(name, logs).open("wb") as output:
                processes[name] = subprocess.Popen(  # noqa: S602
                    command,
                    shell=True,
                    cwd=folder,
                    env=environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
        yield processes
    finally:
        _end(list(processes.values()))


def log_of(name: str, logs: Path) -> Path:
    """Where a process writes what it says: from the start of this run only."""
    return logs / f"{name}.log"


def last_words(name: str, logs: Path) -> str:
    """Answer the last lines that a process wrote."""
    lines = log_of(name, logs).read_text(errors="replace").splitlines()
    return "\n".join(lines[-LAST_LINES:])


def first_to_end(processes: dict[str, subprocess.Popen[bytes]]) -> str:
    """Wait until a process ends and return its name."""
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                return name
        time.sleep(0.2)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    # First the leaders alone, so that each may let its own workers finish; then whoever is left.
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in processes:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
