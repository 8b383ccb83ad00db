"""The life of the embedded server. One cluster for the module: creating it is the slow part."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("embedded") / "pg"
    yield folder
    embedded.destroy(folder)


@pytest.fixture
def running(folder: Path):
    embedded.start(folder, durable=False)
    yield folder
    embedded.stop(folder)


def ask(folder: Path, question: str):
    with psycopg.connect(embedded.url(folder, "postgres")) as connection:
        return connection.execute(question).fetchone()[0]


def test_it_sorts_and_lowers_as_unicode_asks(running: Path) -> None:
    assert ask(running, "SELECT lower('ÉTÉ')") == "été"
    assert ask(running, "SHOW server_encoding") == "UTF8"


def test_it_listens_on_no_network_address(running: Path) -> None:
    assert ask(running, "SHOW listen_addresses") == ""


def test_starting_twice_keeps_the_server(running: Path) -> None:
    first = embedded.postmaster(running)

    embedded.start(running)

    assert embedded.postmaster(running) == first


def test_stop_leaves_no_process_and_keeps_the_data(folder: Path) -> None:
    embedded.start(folder, durable=False)
    with psycopg.connect(embedded.url(folder, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    pid = embedded.postmaster(folder)

    embedded.stop(folder)

    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    embedded.start(folder, durable=False)
    assert ask(folder, "SELECT answer FROM kept") == 42
    embedded.stop(folder)


def test_stop_without_server_does_nothing(folder: Path) -> None:
    embedded.stop(folder)

    assert embedded.postmaster(folder) is None


def test_a_pid_file_that_names_another_process_harms_nobody(folder: Path) -> None:
    embedded.start(folder, durable=False)
    embedded.stop(folder)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (embedded._home(folder) / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n")
    try:
        embedded.stop(folder)
        assert stranger.poll() is None

        embedded.start(folder, durable=False)
        assert embedded.postmaster(folder) != stranger.pid
        embedded.stop(folder)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_it_starts_again_after_it_was_killed(folder: Path) -> None:
    embedded.start(folder, durable=False)
    os.kill(embedded.postmaster(folder), signal.SIGKILL)

    embedded.start(folder, durable=False)

    assert ask(folder, "SELECT 1") == 1
    embedded.stop(folder)


def test_a_deep_checkout_listens_under_tmp() -> None:
    deep = Path("/srv") / ("x" * 60) / ("y" * 60) / "pg"

    assert len(str(embedded.socket_folder(deep) / ".s.PGSQL.5432")) <= embedded.SOCKET_PATH_LIMIT


def test_a_server_that_cannot_start_says_why_in_one_sentence(folder: Path) -> None:
    embedded.start(folder, durable=False)
    embedded.stop(folder)
    version = embedded._home(folder) / "data" / "PG_VERSION"
    version.write_text("9\n")
    try:
        with pytest.raises(embedded.EmbeddedError, match=r"PostgreSQL did not answer .*incompatible"):
            embedded.start(folder)
    finally:
        version.write_text("18\n")
