"""How many requests were made, where no Redis counts them."""

from typing import ClassVar

from django.db import models

from core.models.base import BaseModel


class RateCounter(BaseModel):
    """Requests of one caller of one kind in the window that runs now; one row each, overwritten by the next.

    The table is unlogged: a crash of the server empties it, which forgives, and counting costs no
    flush to disk.
    """

    merchant_path: ClassVar[str | None] = None

    bucket = models.CharField(max_length=160, primary_key=True)
    window_starts_at = models.DateTimeField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.bucket}: {self.used}"
