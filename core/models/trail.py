"""Rows of history."""

from typing import ClassVar

import pghistory.models
import pgtrigger
from django.db import models

from core.models.base import OwnedQuerySet

ALLOW_TRUNCATE = "passerelle.allow_truncate"


class RefuseTruncate(pgtrigger.Trigger):
    """Refuse ``TRUNCATE``, which the row triggers of an append-only table do not see.

    Only a session with ``passerelle.allow_truncate`` set to ``on`` passes: the test database, whose tests
    with real transactions are cleaned by truncating.
    """

    def __init__(self) -> None:
        super().__init__(
            name="refuse_truncate",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
        )

    def get_func(self, model: models.Model) -> str:
        return (
            f"IF current_setting('{ALLOW_TRUNCATE}', true) = 'on' THEN RETURN NULL; END IF; "
            "RAISE EXCEPTION 'Cannot truncate append-only table %', TG_TABLE_NAME;"
        )


def append_only_triggers() -> list[pgtrigger.Trigger]:
    """Triggers for ``Meta.triggers`` of a table whose rows are never changed nor removed."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        RefuseTruncate(),
    ]


class TrailRow(pghistory.models.Event):
    """One version of a tracked row, written by a trigger of the database."""

    merchant_path: ClassVar[str | None] = None

    pgh_id = models.BigAutoField(primary_key=True)

    objects = models.Manager.from_queryset(OwnedQuerySet)()  # type: ignore[assignment,misc]

    class Meta:
        abstract = True
