"""Answers kept for callers that ask again."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from core.models.base import BaseModel


class IdempotencyKey(BaseModel):
    """The answer to a request that carried ``Idempotency-Key``, written with the effect it tells.

    The row is inserted in the transaction of the act, so it exists exactly when the effect does. That a
    request is still running is known by an advisory lock of that same transaction (``core.api.idempotency``),
    which PostgreSQL frees the moment the process or its connection dies: no lease can be wrong.
    """

    merchant_path: ClassVar[str | None] = None

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=2000)
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="core_idempotencykey_once")]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_created")]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"
