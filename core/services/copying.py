"""Many rows into one table: ``COPY``, the quickest way PostgreSQL has."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from core import audit


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows, each a sequence of values in the order of ``fields``; returns how many.

    ``fields`` are names of the model's fields (or ``merchant_id`` for a foreign key's value). Values are what
    Django would give the column: they are prepared by the field but not validated. Columns left out must have
    a default in the database or allow null: defaults written in Python are not applied. Triggers fire, so
    history and the outbox follow, with the acting person. Must be in a transaction: all rows or none.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("copy_rows belongs in the transaction of a service")
    columns = [_field(model, name) for name in fields]
    names = [sql.Identifier(str(field.column)) for field in columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(names)
    )
    count = 0
    with connection.cursor() as cursor:
        audit.copy_context(cursor)
        with connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([_prepared(field, value) for field, value in zip(columns, row, strict=True)])
                count += 1
    return count


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    for field in model._meta.concrete_fields:
        if name in (field.name, field.attname):
            return field
    raise ValueError(f"{model.__name__} has no column {name}")


def _prepared(field: "models.Field[Any, Any]", value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return Jsonb(value)
    if isinstance(value, models.Model):
        value = value.pk
    return field.get_db_prep_save(value, connection)
