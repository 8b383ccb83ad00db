"""The supervisor as a person meets it: started, asked, ended. Slow: it starts everything."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from config import embedded, run, supervisor


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def environment(var: Path, port: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "VAR_DIR": str(var),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "WORKER_PROCESSES": "1",
        "DEMO_SIZE": "small",
    }


def start(var: Path, port: int, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "config.run"],
        cwd=settings.BASE_DIR,
        env={**environment(var, port), **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until_ready(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    process.kill()
    pytest.fail(process.communicate()[0])


def left_behind(var: Path) -> list[str]:
    """Name the processes that still work for this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("VAR_DIR") == str(var):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found + ["postgres"] * (embedded.postmaster(var / "pg") is not None)


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    embedded.destroy(tmp_path / "var" / "pg")


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_answers_and_ends_with_nothing_left(
    var: Path, ending: signal.Signals, socket_enabled
) -> None:
    port = free_port()
    process = start(var, port)
    wait_until_ready(port, process)

    process.send_signal(ending)
    said, _none = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "Passerelle has stopped." in said
    assert left_behind(var) == []


@pytest.mark.slow
def test_killed_without_a_word_it_takes_its_processes_along_and_starts_again(
    var: Path, socket_enabled
) -> None:
    port = free_port()
    process = start(var, port)
    wait_until_ready(port, process)

    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while left_behind(var) != ["postgres"] and time.monotonic() < deadline:
        time.sleep(0.2)

    assert left_behind(var) == ["postgres"]
    again = start(var, port)
    wait_until_ready(port, again)
    again.terminate()
    again.communicate(timeout=60)
    assert left_behind(var) == []


def test_a_taken_port_is_one_sentence(var: Path, socket_enabled) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        said, _none = start(var, port).communicate(timeout=60)

    assert (
        said.strip()
        == f"Passerelle stopped. Port {port} is taken: choose another, as in make run PORT={port + 1}."
    )


def test_a_port_that_is_no_number_is_one_sentence(var: Path) -> None:
    said, _none = start(var, 1, PORT="http").communicate(timeout=60)

    assert said.strip() == "Passerelle stopped. PORT is a number, not 'http'."


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    said, _none = start(tmp_path / "file" / "var", free_port()).communicate(timeout=60)

    assert said.strip() == f"Passerelle stopped. {tmp_path}/file/var cannot be written: Not a directory."


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    monkeypatch.setattr(run, "ROOM_NEEDED", 2**62)

    with pytest.raises(run.RunError, match="The disk is full: "):
        run._check_room()


def test_a_lock_whose_holder_died_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    (tmp_path / "run.lock").write_text(str(os.getppid()))

    with run._alone():
        assert (tmp_path / "run.lock").read_text() == str(os.getpid())
        with (
            pytest.raises(
                run.AlreadyRunning, match=f"It runs already from this folder .process {os.getpid()}"
            ),
            run._alone(),
        ):
            pass


def test_when_one_process_ends_the_others_do_too(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text(
        "# two\nshort: echo done; exec false\n\nlong: sleep 60 & exec sleep 61\n"
    )
    commands = supervisor.read_procfile(tmp_path / "Procfile")
    assert commands == {"short": "echo done; exec false", "long": "sleep 60 & exec sleep 61"}

    with supervisor.running(commands, {"PATH": os.defpath}, tmp_path, tmp_path / "log") as processes:
        assert supervisor.first_to_end(processes) == "short"
        assert supervisor.last_words("short", tmp_path / "log") == "done"
        group = processes["long"].pid

    assert processes["long"].poll() == -signal.SIGTERM
    alive = [process for process in psutil.process_iter() if process.status() != psutil.STATUS_ZOMBIE]
    assert [process.pid for process in alive if os.getpgid(process.pid) == group] == []
