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
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        links = [url for message in messages(to) for url in re.findall(r"https?://\S+", text_of(message))]
        found = [url for url in links if containing in url]
        if found:
            return found[-1]
        if time.monotonic() > deadline:
            raise NotReached(f"no mail to {to} with a link to {containing} in {settings.EMAIL_FILE_PATH}")
        time.sleep(PAUSE_SECONDS)


def text_of(message: EmailMessage) -> str:
    """Answer the plain text of a message."""
    body = message.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body else ""
