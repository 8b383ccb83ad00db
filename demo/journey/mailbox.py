"""The mail of this machine, as the folder holds it: one file a message, the newest last."""

import re
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings

from demo.journey.steps import NotReached

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.2


def messages(to: str) -> list[EmailMessage]:
    """Answer what was sent to an address, the oldest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    parser = BytesParser(policy=policy.default)
    found = [parser.parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
    return [message for message in found if to in str(message["To"])]


def link(to: str, *, containing: str) -> str:
    """Wait for a mail whose text holds an address that contains some words; answer the newest such one."""
    return _newest(to, r"https?://\S+", f"a link to {containing}", containing)


def code(to: str) -> str:
    """Wait for a mail with a code on a line of its own; answer the newest such one."""
    return _newest(to, r"^\d{6}$", "a code")


def _newest(to: str, pattern: str, what: str, containing: str = "") -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        texts = [text_of(message) for message in messages(to)]
        found = [part for text in texts for part in re.findall(pattern, text, re.M) if containing in part]
        if found:
            return str(found[-1])
        if time.monotonic() > deadline:
            raise NotReached(f"no mail to {to} with {what} in {settings.EMAIL_FILE_PATH}")
        time.sleep(PAUSE_SECONDS)


def text_of(message: EmailMessage) -> str:
    """Answer the plain text of a message."""
    body = message.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body else ""
