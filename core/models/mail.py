"""Mails that must be sent once."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from core.models.base import BaseModel


class SentMail(BaseModel):
    """A mail that went out, known by the digest of its key: neither address nor text stays here."""

    merchant_path: ClassVar[str | None] = None

    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.digest
