"""Draw the pages of a file as pictures, in a process of its own: ``-m merchants.adapters.rasterizer TYPE``.

The file comes by standard input; each page leaves by standard output as a WebP picture behind its length (4
bytes, big-endian). What a page could do (scripts, forms, links, metadata, places) is not in a picture of it.
Memory and time are bounded by the system: a hostile file ends this process and nothing else.
"""

import io
import resource
import struct
import sys
from collections.abc import Iterator
from typing import Final

import pypdfium2
from pi_heif import register_heif_opener
from PIL import Image, ImageOps

#: Longest side of a page, in pixels: small print of an A4 page stays readable.
SIDE: Final = 1800
MAX_PAGES: Final = 20
MAX_PIXELS: Final = 60_000_000
MEMORY: Final = 2 * 2**30
CPU_SECONDS: Final = 60
LENGTH: Final = struct.Struct(">I")


def draw(data: bytes, content_type: str) -> Iterator[Image.Image]:
    """Draw each page, upright, its longest side at most ``SIDE``."""
    if content_type == "application/pdf":
        with pypdfium2.PdfDocument(data) as document:
            for number in range(min(len(document), MAX_PAGES)):
                page = document[number]
                scale = SIDE / max(*page.get_size(), 1)
                yield page.render(scale=min(scale, 4.0), may_draw_forms=False).to_pil().convert("RGB")
        return
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        picture.thumbnail((2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((SIDE, SIDE))
        yield upright


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    register_heif_opener(thumbnails=False)
    for page in draw(sys.stdin.buffer.read(), sys.argv[1]):
        # A picture made anew carries no metadata.
        bare = Image.new("RGB", page.size)
        bare.paste(page)
        out = io.BytesIO()
        bare.save(out, "WEBP", quality=80)
        sys.stdout.buffer.write(LENGTH.pack(out.tell()) + out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
