"""Pictures of the pages of a file, drawn by a process that may die of it."""

import subprocess
import sys
from typing import Final

from django.conf import settings

from merchants.adapters.rasterizer import LENGTH

SECONDS: Final = 90


class CannotDraw(Exception):
    """The file could not be drawn: damaged, hostile, or too much work."""


def draw(data: bytes, content_type: str) -> list[bytes]:
    """Return a WebP picture a page, without metadata. Raises ``CannotDraw``."""
    command = [sys.executable, "-m", "merchants.adapters.rasterizer", content_type]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, the type is one of four
            command, input=data, capture_output=True, timeout=SECONDS, check=False, cwd=settings.BASE_DIR
        )
    except subprocess.TimeoutExpired as error:
        raise CannotDraw("out of time") from error
    if done.returncode:
        raise CannotDraw(done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200])
    return _split(done.stdout)


def _split(stream: bytes) -> list[bytes]:
    pages, place = [], 0
    while place < len(stream):
        [length] = LENGTH.unpack_from(stream, place)
        place += LENGTH.size
        pages.append(stream[place : place + length])
        place += length
    return pages
