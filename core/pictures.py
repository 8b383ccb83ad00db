"""Pictures that people send: taken in only when they are pictures, made anew without metadata."""

import io
import warnings
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.refusals import Refusal

MAX_PIXELS: Final = 50_000_000
FORMATS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


class BadPicture(Refusal):
    """The file is no picture that can be shown; ``reason`` tells programs why."""

    code = "bad_picture"
    status = 422


def inspect(data: bytes, *, least_width: int) -> tuple[str, int, int]:
    """Return format and size, from the head of the file and then from decoding it whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(FORMATS)) as picture:
                kind, (width, height) = picture.format or "", picture.size
                # The head says the size before any pixel is unpacked: a bomb stops here.
                if width * height > MAX_PIXELS:
                    raise BadPicture(
                        _("%(width)s × %(height)s pixels: the limit is %(limit)s million pixels.")
                        % {"width": width, "height": height, "limit": MAX_PIXELS // 10**6},
                        reason="too_many_pixels",
                    )
                picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(_("This picture has too many pixels."), reason="too_many_pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise BadPicture(
            _("This is not a picture, or it is damaged. Send a JPEG, PNG or WebP file."), reason="unreadable"
        ) from None
    if width < least_width:
        raise BadPicture(
            _("%(width)s pixels wide: the least is %(least)s.") % {"width": width, "least": least_width},
            reason="too_small",
        )
    return kind, width, height


def webp(data: bytes, largest: tuple[int, int]) -> bytes:
    """Return a picture that ``inspect`` let in, upright, no larger, as WebP without metadata."""
    with Image.open(io.BytesIO(data), formats=list(FORMATS)) as picture:
        has_alpha = "A" in picture.getbands() or "transparency" in picture.info
        upright = ImageOps.exif_transpose(picture).convert("RGBA" if has_alpha else "RGB")
    upright.thumbnail(largest)
    buffer = io.BytesIO()
    upright.save(buffer, "WEBP", quality=85)
    return buffer.getvalue()
