"""Read a printed label as a carrier's scanner does."""

import re

import pypdfium2
import zxingcpp

DPI = 200


def barcodes(pdf: bytes) -> dict[str, str]:
    """Answer what the codes of the first page say, by kind (``code128``, ``qrcode``)."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=DPI / 72).to_pil()
    return {_kind(found): found.text for found in zxingcpp.read_barcodes(picture)}


def _kind(found: zxingcpp.Barcode) -> str:
    """Versions of the library write ``Code128``, ``CODE_128`` or ``Code 128``."""
    return re.sub(r"[^a-z0-9]", "", str(found.format).rpartition(".")[2].lower())
