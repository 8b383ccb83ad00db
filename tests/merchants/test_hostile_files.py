"""Files made to do harm: refused in words, or taken for what they are; none is opened as anything else."""

import io
import struct
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from merchants.services import contents
from tests.merchants.steps import pdf


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """Write the head of a PNG that claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def pdf_that_unpacks_to(size: int) -> bytes:
    """Write a page whose content is small, and large once unpacked."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=100, height=100)
    content = StreamObject()
    content._data = zlib.compress(b"0" * size, 9)
    content[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (png(30_000, 30_000), contents.Bomb),
        (png(60_000, 60_000), contents.Bomb),
        (jpeg()[:2000], contents.Broken),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, contents.Broken),
        (b"\0\0\0\x18ftypheic" + b"\0" * 300, contents.Broken),
        (b"\0\0\0\x18ftypavif" + b"\0" * 300, contents.WrongType),
        (b"MZ" + b"\0" * 300, contents.WrongType),
        (b"<html><script>alert(1)</script>%PDF-1.7", contents.WrongType),
        (b"GIF89a/*" + pdf().getvalue(), contents.WrongType),
        (b"%PDF-1.7\n" + b"[" * 5000, contents.Broken),
        (pdf_that_unpacks_to(100_000_000), contents.Bomb),
        (pdf(21).getvalue(), contents.TooManyPages),
        (pdf(1, password="x").getvalue(), contents.Encrypted),
    ],
    ids=[
        *("png-30000", "png-60000", "jpeg-cut", "png-empty", "heic-empty", "avif", "exe", "html-pdf"),
        *("gif-pdf", "pdf-nested", "pdf-bomb", "21-pages", "password"),
    ],
)
def test_it_is_refused_with_the_reason(data, refusal):
    with pytest.raises(refusal) as refused:
        contents.inspect(io.BytesIO(data))

    assert len(refused.value.message) > 20


def test_a_jpeg_that_is_an_archive_too_is_a_jpeg():
    found = contents.inspect(io.BytesIO(jpeg() + b"PK\x03\x04" + b"\0" * 100))

    assert (found.content_type, found.pages) == ("image/jpeg", 1)
