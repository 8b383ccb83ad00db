"""Mail for a machine without a mail server: one ``.eml`` file a message."""

import itertools
import logging
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone

log = logging.getLogger("passerelle.mail")
_numbers = itertools.count(1)


class FolderBackend(BaseEmailBackend):
    """Writes each message under ``EMAIL_FILE_PATH``, named by time so that the newest sorts last."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        sent = 0
        for message in email_messages:
            if not message.recipients():
                continue
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{next(_numbers):04}.eml"
            (folder / name).write_bytes(message.message().as_bytes())
            log.info("mail written", extra={"file": str(folder / name)})
            sent += 1
        return sent
