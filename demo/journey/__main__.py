"""``make journey``: start Passerelle beside whatever runs, walk the journey, end it.

Everything is real: web, worker, beat and database are those of ``make run``, on a port and in a folder of
their own (``var/journey/server``). Exit code 0 when it arrived.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "journey" / "server"
READY_SECONDS = 900


def main(arguments: list[str]) -> int:
    port = _free_port()
    environment = {
        **os.environ,
        "VAR_DIR": str(VAR),
        "PORT": str(port),
        "DEMO_SIZE": "small",
        "SANDBOX_CARRIER_SPEED": os.environ.get("SANDBOX_CARRIER_SPEED", "20000"),
    }
    subprocess.run([sys.executable, "-m", "config.run", "reset"], cwd=ROOT, env=environment, check=True)
    log = VAR / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if not _ready(server, port):
            print(f"Passerelle did not start; its log is {log}.", file=sys.stderr)  # noqa: T201
            return 1
        command = [sys.executable, "manage.py", "journey", "--url", f"http://localhost:{port}", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _ready(server: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
