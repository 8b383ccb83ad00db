"""Lines under the bell of the portal. Their words are registered by the app that tells them."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from merchants.models import Notification

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Words for values of the line's ``data``, where a sentence alone does not do.
Words = Callable[[Mapping[str, Any]], str]
_texts: dict[str, "str | _StrPromise | Words"] = {}


def register(kind: str, text: "str | _StrPromise | Words") -> None:
    """Say in what words a kind is shown: lazy text with ``%(name)s`` for values of the line's ``data``, or a
    function of them that is called in the reader's language.
    """
    _texts[kind] = text


def notify(
    *,
    merchant_id: int,
    kind: str,
    url: str = "",
    data: Mapping[str, Any] | None = None,
    event_id: uuid.UUID | None = None,
) -> None:
    """Add a line for all members of the merchant. A second call for the same event changes nothing."""
    line = Notification(merchant_id=merchant_id, kind=kind, url=url, data=dict(data or {}), event_id=event_id)
    Notification.objects.bulk_create([line], ignore_conflicts=event_id is not None)


def text_of(line: Notification) -> str:
    """Return what the line says, in the language of the reader."""
    words = _texts.get(line.kind, _("Something changed in your store."))
    if callable(words):
        return words(line.data)
    text = str(words)
    try:
        return str(text % line.data)
    except KeyError:
        return text


@transaction.atomic
def mark_read(*, merchant_id: int, at: datetime) -> int:
    """Mark every unread line of the merchant as read; returns how many."""
    return Notification.objects.for_merchant(merchant_id).filter(read_at=None).update(read_at=at)
