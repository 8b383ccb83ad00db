"""What is inside a file that a merchant sends: read from its content, whatever its name says."""

import io
import warnings
from dataclasses import dataclass
from typing import IO, Any, Final

import filetype
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from pi_heif import register_heif_opener
from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from core.refusals import Refusal

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PAGES: Final = 20
MAX_PIXELS: Final = 60_000_000
TYPES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/heic": "heic"}
FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF"}

# Thumbnails and depth maps inside a photo are of no use here, and one more parser for hostile bytes.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class DocumentRefused(Refusal):
    code = "document_refused"
    status = 422


class Empty(DocumentRefused):
    code = "document_empty"
    default_message = _("The file is empty (0 bytes). Export or scan it again, then send it.")


class TooLarge(DocumentRefused):
    code = "document_too_large"
    default_message = _("The file is over 10 MB. Scan it in grey at 200 dpi, or send fewer pages.")


class Bomb(DocumentRefused):
    code = "document_bomb"
    default_message = _(
        "Opened, this file takes far more room than a document does. Print it to a new PDF, or take a photo "
        "of it, then send that."
    )


class WrongType(DocumentRefused):
    code = "document_wrong_type"
    default_message = _(
        "The content of this file is neither a PDF, nor a JPEG, PNG or HEIC picture, whatever its name says. "
        "Export it as PDF, or take a photo of it."
    )


class Encrypted(DocumentRefused):
    code = "document_encrypted"
    default_message = _(
        "This PDF is protected by a password: we could not read it. Print it to a PDF without password, "
        "then send that one."
    )


class Broken(DocumentRefused):
    code = "document_broken"
    default_message = _("This file is damaged: it does not open. Download or scan it again, then send it.")


class TooManyPages(DocumentRefused):
    code = "document_too_many_pages"


@dataclass(frozen=True, slots=True)
class Content:
    """What was found inside a file."""

    data: bytes
    content_type: str
    pages: int

    @property
    def extension(self) -> str:
        return TYPES[self.content_type]


def inspect(file: IO[bytes]) -> Content:
    """Read at most 10 MB and say what the content is.

    Raises ``Empty``, ``TooLarge``, ``WrongType``, ``Encrypted``, ``Broken``, ``Bomb`` or ``TooManyPages``.
    """
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise Empty
    if len(data) > MAX_BYTES:
        raise TooLarge
    kind = filetype.guess(data)
    mime = kind.mime if kind is not None else ""
    if mime not in TYPES:
        raise WrongType(found=mime)
    pages = _pdf_pages(data) if mime == "application/pdf" else _image(data, mime)
    return Content(data, mime, pages)


def check_page_count(pages: int) -> None:
    """Refuse more than 20 pages, in however many files."""
    if pages > MAX_PAGES:
        raise TooManyPages(
            ngettext_lazy(
                "The document has %(count)d page, the limit is %(limit)d. Send only the pages that are "
                "asked for.",
                "The document has %(count)d pages, the limit is %(limit)d. Send only the pages that are "
                "asked for.",
                pages,
            )
            % {"count": pages, "limit": MAX_PAGES},
            pages=pages,
        )


def _pdf_pages(data: bytes) -> int:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise Encrypted
        pages = len(reader.pages)
        check_page_count(pages)
        for page in reader.pages:
            _measure(page)
    except LimitReachedError as error:
        raise Bomb from error
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError, OSError) as error:
        raise Broken from error
    if pages == 0:
        raise Broken
    return pages


def _measure(page: Any) -> None:
    """Read what a page draws: its content, which the library unpacks within bounds, and pictures' sizes."""
    page.mediabox  # noqa: B018 - reads it
    contents = page.get_contents()
    if contents is not None:
        contents.get_data()
    resources = page.get("/Resources")
    drawn = resources.get_object().get("/XObject") if resources is not None else None
    for reference in drawn.get_object().values() if drawn is not None else ():
        found = reference.get_object()
        if found.get("/Subtype") == "/Image" and int(found["/Width"]) * int(found["/Height"]) > MAX_PIXELS:
            raise Bomb


def _image(data: bytes, mime: str) -> int:
    try:
        with warnings.catch_warnings():
            # Ours is the limit; Pillow's own only warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[FORMATS[mime]]) as picture:
                # The head says the size before any pixel is unpacked.
                if picture.width * picture.height > MAX_PIXELS:
                    raise Bomb(_("The picture has over 60 million pixels. Take it again with less detail."))
                if mime == "image/png":
                    picture.verify()
                else:
                    # An eighth of the size costs little, and reads a JPEG to its end.
                    picture.draft("RGB", (picture.width // 8, picture.height // 8))
                    picture.load()
    except Image.DecompressionBombError as error:
        raise Bomb from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise Broken from error
    return 1
