"""How a store presents itself: logo, description, policies."""

from datetime import datetime
from typing import IO, Final
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import pictures
from core.models import User
from core.refusals import Refusal
from merchants.models import StorePage, StoreText
from merchants.services import stores
from merchants.services.support import LANGUAGES

MAX_BYTES: Final = 5 * 2**20
MIN_WIDTH: Final = 200
SIZE: Final = 400
LONGEST: Final = {"description": 2000, "returns_policy": 4000, "contact_policy": 1000}


class WrongText(Refusal):
    """``field`` names the text."""

    code = "wrong_store_text"
    status = 422


class LogoTooLarge(Refusal):
    code = "logo_too_large"
    status = 422
    default_message = _("The file is over 5 MB. A logo of 400 pixels is enough.")


@transaction.atomic
def set_text(
    *,
    merchant_id: int,
    language: str,
    description: str,
    returns_policy: str = "",
    contact_policy: str = "",
    by: User,
    at: datetime,
) -> StoreText | None:
    """Write how the store presents itself in a language; three empty texts take the language away.

    Plain text: it is shown escaped. ``WrongText`` when one is too long or the language is not offered.
    """
    merchant = stores.lock(merchant_id)
    texts = {
        "description": description.strip(),
        "returns_policy": returns_policy.strip(),
        "contact_policy": contact_policy.strip(),
    }
    if language not in LANGUAGES:
        raise WrongText(_("Choose a language in the list."), field="language")
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            raise WrongText(
                _("%(count)d characters: the limit is %(limit)d.")
                % {"count": len(text), "limit": LONGEST[name]},
                field=name,
            )
    row: StoreText | None = None
    if any(texts.values()):
        row, _created = StoreText.objects.update_or_create(
            merchant=merchant, language=language, defaults=texts
        )
    else:
        StoreText.objects.for_merchant(merchant_id).filter(language=language).delete()
    stores.changed(merchant, "store_page", by=by, at=at)
    return row


@transaction.atomic
def set_logo(*, merchant_id: int, file: IO[bytes], by: User, at: datetime) -> StorePage:
    """Take a logo in, made anew as WebP without metadata. ``BadPicture``, ``LogoTooLarge``."""
    merchant = stores.lock(merchant_id)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise LogoTooLarge
    pictures.inspect(data, least_width=MIN_WIDTH)
    small = pictures.webp(data, (SIZE, SIZE))
    page, _created = StorePage.objects.get_or_create(merchant=merchant)
    former, storage = page.logo.name, page.logo.storage
    page.logo.save(f"logos/{uuid4().hex}.webp", ContentFile(small), save=False)
    page.save(update_fields=["logo"])
    if former:
        transaction.on_commit(lambda: storage.delete(former))
    stores.changed(merchant, "store_page", by=by, at=at)
    return page


@transaction.atomic
def remove_logo(*, merchant_id: int, by: User, at: datetime) -> None:
    """Take the logo away; its file goes after the transaction."""
    merchant = stores.lock(merchant_id)
    page = StorePage.objects.for_merchant(merchant_id).exclude(logo="").first()
    if page is None:
        return
    former, storage = page.logo.name, page.logo.storage
    page.logo = ""
    page.save(update_fields=["logo"])
    transaction.on_commit(lambda: storage.delete(former))
    stores.changed(merchant, "store_page", by=by, at=at)
