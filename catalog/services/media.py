"""Pictures of products: taken in only when they are pictures, then made in the widths that pages need."""

import io
from datetime import datetime
from hashlib import sha256
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from catalog.models import Media, Product
from catalog.services import readiness
from core.models import User
from core.pictures import FORMATS, BadPicture, inspect
from core.services import jobs

MAX_BYTES = 20 * 2**20
MIN_WIDTH = 500
MOST = 12
WIDTHS = (160, 480, 1200)


@transaction.atomic
def add(
    *, merchant_id: int, product_id: int, file: IO[bytes], alt: str, language: str, by: User, at: datetime
) -> Media:
    """Take a picture in; its renditions follow. Raises ``BadPicture``.

    The same picture again is the same row.
    """
    product = Product.objects.for_merchant(merchant_id).select_for_update(no_key=True).get(pk=product_id)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadPicture(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 2**20}, reason="too_large"
        )
    digest = sha256(data).hexdigest()
    known: Media | None = product.media.filter(sha256=digest).first()
    if known is not None:
        return known
    if product.media.count() >= MOST:
        raise BadPicture(_("A product has at most %(most)s pictures.") % {"most": MOST}, reason="too_many")
    kind, width, height = inspect(data, least_width=MIN_WIDTH)
    media = Media(
        product=product,
        sha256=digest,
        width=width,
        height=height,
        alt_texts={language: alt} if alt else {},
        position=_next_position(product),
        created_at=at,
    )
    media.file.save(f"pictures/{media.public_id}.{FORMATS[kind]}", ContentFile(data), save=False)
    media.save()
    readiness.refresh(product_ids=[product.pk], at=at)
    jobs.enqueue("catalog.render_picture", by=by, media_id=media.pk)
    return media


def _next_position(product: Product) -> int:
    """Return the place behind the last picture, which is not the count once one was taken away."""
    last: int | None = product.media.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def render(*, media_id: int) -> None:
    """Make the WebP renditions: upright, without metadata. Safe to run again."""
    media = Media.objects.filter(pk=media_id).first()
    if media is None:
        return
    with media.file.open("rb") as file, Image.open(file, formats=list(FORMATS)) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    renditions: dict[str, str] = {}
    for width in WIDTHS:
        small = upright.copy()
        small.thumbnail((min(width, upright.width), 4 * width))
        buffer = io.BytesIO()
        small.save(buffer, "WEBP", quality=82)
        name = f"pictures/{media.public_id}-{width}.webp"
        media.file.storage.delete(name)
        renditions[str(width)] = media.file.storage.save(name, ContentFile(buffer.getvalue()))
    Media.objects.filter(pk=media_id).update(renditions=renditions)


@transaction.atomic
def remove(*, merchant_id: int, media_id: int, by: User, at: datetime) -> None:
    """Take a picture off its product; its files go after the transaction."""
    media = Media.objects.for_merchant(merchant_id).select_for_update(of=("self",)).get(pk=media_id)
    storage, names = media.file.storage, [media.file.name, *media.renditions.values()]
    product_id = media.product_id
    media.delete()
    readiness.refresh(product_ids=[product_id], at=at)
    transaction.on_commit(lambda: [storage.delete(name) for name in names] and None)
