"""ClamAV's daemon, asked over its socket (``CLAMAV_URL``) with the command INSTREAM of clamd(8).

``zINSTREAM\\0``, then pieces, each behind its length (4 bytes, big-endian), then a length of zero; the answer
ends with a NUL: ``stream: OK``, ``stream: <name> FOUND``, or words that end with ``ERROR``.
"""

import socket
import struct
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 60.0
PIECE: Final = 64 * 1024
MAX_ANSWER: Final = 4096
LENGTH: Final = struct.Struct(">I")


class ScannerUnavailable(Exception):
    """Nobody answers, or not in words that say whether the file is clean. Ask again later."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``threat`` names the malware found; empty, none was."""

    threat: str = ""


def scan(data: bytes, url: str) -> Verdict:
    """Have the daemon at ``url`` (``tcp://host:port`` or ``unix:///path``) read a file.

    Raises ``ScannerUnavailable`` for every fault, never a verdict by default.
    """
    try:
        with _connect(url) as connection:
            connection.settimeout(ANSWER_SECONDS)
            _send(connection, data)
            answer = _receive(connection)
    except (OSError, ValueError) as error:
        raise ScannerUnavailable(f"{type(error).__name__}: {error}") from error
    return _understood(answer)


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError("CLAMAV_URL must be tcp://host:port or unix:///path")
    return socket.create_connection((parts.hostname, parts.port or 3310), CONNECT_SECONDS)


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(b"zINSTREAM\0")
    try:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            connection.sendall(LENGTH.pack(len(piece)) + piece)
        connection.sendall(LENGTH.pack(0))
    except (BrokenPipeError, ConnectionResetError):
        # It stopped reading because it has something to say: its limit, for instance.
        return


def _receive(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER:
        piece = connection.recv(MAX_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _understood(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict()
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(answer.removeprefix("stream: ").removesuffix(" FOUND")[:200])
    raise ScannerUnavailable(f"clamd said {answer[:200]!r}")
