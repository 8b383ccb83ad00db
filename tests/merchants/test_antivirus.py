"""The antivirus: ClamAV's own daemon with a signature of ours, and daemons that misbehave."""

import os
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchants.adapters import antivirus

MARK = b"passerelle-antivirus-test-7f3a"
CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PATIENCE_SECONDS = 60


def read_stream(connection: socket.socket) -> bytes:
    """Read what INSTREAM sends, as clamd does."""
    file = connection.makefile("rb")
    assert file.read(10) == b"zINSTREAM\0"
    data = b""
    while length := struct.unpack(">I", file.read(4))[0]:
        data += file.read(length)
    return data


@pytest.fixture
def daemon() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Start a server that answers as the test says; gives its address."""
    servers = []

    def start(answer: Callable[[socket.socket], None]) -> str:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                answer(self.request)

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"tcp://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def saying(words: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        read_stream(connection)
        connection.sendall(words)

    return answer


def test_the_whole_file_is_sent_in_pieces(daemon):
    seen = []

    def answer(connection: socket.socket) -> None:
        seen.append(read_stream(connection))
        connection.sendall(b"stream: OK\0")

    data = os.urandom(3 * antivirus.PIECE + 7)
    assert antivirus.scan(data, daemon(answer)) == antivirus.Verdict()
    assert seen == [data]


def test_malware_is_named(daemon):
    assert antivirus.scan(b"x", daemon(saying(b"stream: Win.Test FOUND\0"))).threat == "Win.Test"


@pytest.mark.parametrize(
    "words", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK, or so\0", b"\xff\xfe\0"]
)
def test_what_is_no_verdict_is_none(daemon, words):
    with pytest.raises(antivirus.ScannerUnavailable):
        antivirus.scan(b"x", daemon(saying(words)))


def test_a_daemon_that_hangs_up_or_is_away_is_unavailable(daemon, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()[1]
    for url in (
        daemon(lambda connection: None),
        f"tcp://127.0.0.1:{nobody}",
        f"unix://{tmp_path}/none.ctl",
        "ftp://x",
    ):
        with pytest.raises(antivirus.ScannerUnavailable):
            antivirus.scan(b"x" * 10**6, url)


def test_a_daemon_that_never_answers_is_left(daemon, monkeypatch):
    monkeypatch.setattr(antivirus, "ANSWER_SECONDS", 0.2)
    held = threading.Event()

    with pytest.raises(antivirus.ScannerUnavailable):
        antivirus.scan(b"x", daemon(lambda connection: bool(held.wait(5)) or None))
    held.set()


def listens(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        return knock.connect_ex(str(address)) == 0


@pytest.fixture(scope="module")
def clamd(tmp_path_factory) -> Iterator[str]:
    """Debian's clamd, with one signature of our own and nothing else."""
    if CLAMD is None:
        pytest.skip("clamd is not installed (Debian: apt-get install clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    signatures = folder / "db"
    signatures.mkdir()
    (signatures / "ours.ndb").write_text(f"Passerelle.Test:0:*:{MARK.hex()}\n")
    control, settings = folder / "clamd.ctl", folder / "clamd.conf"
    settings.write_text(
        f"Foreground yes\nLocalSocket {control}\nDatabaseDirectory {signatures}\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength 12M\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not listens(control) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    try:
        assert process.poll() is None, process.stderr.read()
        assert listens(control)
        yield f"unix://{control}"
    finally:
        process.terminate()
        process.wait(10)


def test_clamd_finds_what_its_signatures_name_and_nothing_else(clamd):
    found = antivirus.scan(b"%PDF-1.4 " + MARK + b" %%EOF", clamd)

    assert found.threat.startswith("Passerelle.Test")
    assert antivirus.scan(b"%PDF-1.4 nothing to see %%EOF", clamd) == antivirus.Verdict()
