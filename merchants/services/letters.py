"""Mails to the people of a merchant, kept with its file word for word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from core import sealed
from core.models import User
from core.services import mail
from merchants.models import Letter, Merchant

#: With the pauses of core.services.backoff, an hour at most, about a week of a silent mail server.
ATTEMPTS: Final = 180
#: What stands in a kept letter where a secret was.
HIDDEN: Final = "[…]"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; the file itself is kept where it belongs, the letter names it."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as it reads."""

    letter: Letter
    address: str
    subject: str
    text: str


def send(
    *,
    merchant_id: int,
    kind: str,
    template: str,
    to: User | str,
    language: str,
    context: Mapping[str, Any],
    key: str = "",
    attachments: Sequence[Attachment] = (),
    hidden: Sequence[str] = (),
    at: datetime | None = None,
) -> Letter | None:
    """Mail ``email/<template>`` to a person, or to an address that has none yet, and keep what was written.

    With a ``key`` it goes once however often this is called; None when it had gone. A server that refuses
    leaves nothing kept, raises, and a later try sends. ``hidden`` are secrets, such as links that open
    without signing in: they are sent and not kept.
    """
    address = to if isinstance(to, str) else to.email
    [message] = mail.compose(template=template, to=[address], language=language, context=context, key=key)
    for attachment in attachments:
        message.attach(attachment.name, attachment.content, attachment.content_type)
    text = str(message.body)
    for secret in hidden:
        text = text.replace(secret, HIDDEN)
    key_id = Merchant.objects.values_list("data_key_id", flat=True).get(pk=merchant_id)
    with transaction.atomic():
        if not mail.post([message], key=key):
            return None
        letter: Letter = Letter.objects.create(
            merchant_id=merchant_id,
            kind=kind,
            recipient=None if isinstance(to, str) else to,
            address=sealed.seal(key_id, address),
            language=language,
            subject=sealed.seal(key_id, str(message.subject)),
            text=sealed.seal(key_id, text),
            attachments=[attachment.name for attachment in attachments],
            created_at=at or timezone.now(),
        )
    return letter


def read(letters: Sequence[Letter]) -> list[Words]:
    """Return letters as they read, in their order, with at most one statement; erased ones as ``ERASED``."""
    texts = sealed.unseal_many([blob for one in letters for blob in (one.address, one.subject, one.text)])
    return [Words(one, *texts[3 * n : 3 * n + 3]) for n, one in enumerate(letters)]
