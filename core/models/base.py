"""How rows are named and owned."""

import uuid
from typing import Any, ClassVar, Self

import uuid_utils.compat
from django.db import models
from django.utils import timezone


def new_public_id() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): unguessable, and ordered by time."""
    return uuid_utils.compat.uuid7()


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that may belong to a merchant."""

    def for_merchant(self, merchant: models.Model | int) -> Self:
        """Keep the merchant's own rows. A model that belongs to nobody refuses with ``TypeError``."""
        path = self.model.merchant_path
        if path is None:
            raise TypeError(f"{self.model.__name__} belongs to no merchant")
        return self.filter(**{path: merchant if isinstance(merchant, int) else merchant.pk})


class BaseModel(models.Model):
    """A table of ours.

    Each says to which merchant its rows belong: ``merchant_path`` is the lookup that leads from a row
    to the merchant, or None for tables that all share. A test refuses a model that does not say it.
    Tables of apps that know no merchants keep its key as a plain ``merchant_id``, a ``BigIntegerField``.
    """

    merchant_path: ClassVar[str | None]

    objects = models.Manager.from_queryset(OwnedQuerySet)()

    class Meta:
        abstract = True


class PublicModel(BaseModel):
    """A table whose rows are named outside by ``public_id``; the primary key stays inside."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
