"""Mail to people: one text written by us, an HTML twin made from it or from its own template.

``templates/email/<template>.subject.txt`` and ``.txt`` must exist, ``.html`` may. Without it the HTML is the
text in our frame: paragraphs stay paragraphs, an address alone on its line becomes a button, a line of the
form ``[code] 123456`` a code to copy.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation

from core.models.mail import SentMail

_ADDRESS = re.compile(r"(?:(?P<label>[^\n:]+?)[ \u00a0]?:\s+)?(?P<url>https?://\S+)")
_CODE = re.compile(r"\[code\]\s*(?P<code>\S+)")


@dataclass(frozen=True)
class Block:
    """One paragraph of a mail: ``kind`` is text, button or code."""

    kind: str
    text: str
    label: str = ""


def send(
    *, template: str, to: Sequence[str], language: str, context: Mapping[str, Any], key: str = ""
) -> bool:
    """Send ``email/<template>`` to each address of ``to`` alone, in that language.

    With a ``key`` (an event's id and what for) the same mail is sent once however often this is called;
    returns False when it had been sent. The key is kept in the same transaction: a server that refuses leaves
    nothing kept, raises, and a later try sends.
    """
    return post(compose(template=template, to=to, language=language, context=context, key=key), key=key)


def post(messages: Sequence[EmailMultiAlternatives], *, key: str = "") -> bool:
    """Send what was composed; once for a key, as ``send`` does."""
    with transaction.atomic():
        if key and not _first_time(key):
            return False
        for message in messages:
            message.send()
    return True


def compose(
    *, template: str, to: Sequence[str], language: str, context: Mapping[str, Any], key: str = ""
) -> list[EmailMultiAlternatives]:
    """Render the mail without sending it: one message an address."""
    with translation.override(language):
        whole = {"public_url": settings.PUBLIC_URL, **context}
        subject = " ".join(render_to_string(f"email/{template}.subject.txt", whole).split())
        text = tidy(render_to_string(f"email/{template}.txt", whole))
        html = _html(template, subject, text, whole)
    return [message(subject, text, html, address, key) for address in to]


def message(subject: str, text: str, html: str, to: str, key: str = "") -> EmailMultiAlternatives:
    """Put subject, text and HTML into a message; a key names it, so that mail servers know a repetition."""
    headers = {"Auto-Submitted": "auto-generated"}
    if key:
        digest = hashlib.sha256(f"{key}:{to}".encode()).hexdigest()[:32]
        headers["Message-ID"] = f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('>')}>"
    mail = EmailMultiAlternatives(subject, plain(text), settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def html_of(subject: str, text: str) -> str:
    """Return the HTML twin of a text, in the active language."""
    language = translation.get_language() or "fr"
    context = {"subject": subject, "blocks": blocks(text), "language": language}
    return render_to_string("email/from_text.html", {**context, "public_url": settings.PUBLIC_URL})


def blocks(text: str) -> list[Block]:
    """Split a text into what its HTML twin shows."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        paragraph = paragraph.strip()
        if match := _ADDRESS.fullmatch(paragraph):
            found.append(Block("button", match["url"], (match["label"] or "").strip()))
        elif match := _CODE.fullmatch(paragraph):
            found.append(Block("code", match["code"]))
        elif paragraph:
            found.append(Block("text", paragraph))
    return found


def tidy(text: str) -> str:
    """Take away the blank lines that template tags leave; one between paragraphs stays."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def plain(text: str) -> str:
    """Return the text as its reader sees it: codes without their mark."""
    return re.sub(r"^\[code\]\s*", "", text, flags=re.M)


def _html(template: str, subject: str, text: str, context: Mapping[str, Any]) -> str:
    language = translation.get_language() or "fr"
    try:
        return render_to_string(
            f"email/{template}.html", {**context, "subject": subject, "language": language}
        )
    except TemplateDoesNotExist:
        return html_of(subject, text)


def _first_time(key: str) -> bool:
    digest = hashlib.sha256(key.encode()).hexdigest()
    _kept, created = SentMail.objects.get_or_create(digest=digest)
    return created
