"""Statements that PostgreSQL parses and plans once for each connection, for the hot paths.

``bulk_create`` compiles its statement anew each time, in more time than PostgreSQL takes to run it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, TypeVar

import psycopg
from django.db import connection, models
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper

M = TypeVar("M", bound=models.Model)
Prepare = Callable[[Any], Any]

#: Values of these are what psycopg takes; those of others are prepared by their field.
PLAIN = (
    models.CharField,
    models.UUIDField,
    models.DateTimeField,
    models.DecimalField,
    models.IntegerField,
    models.ForeignKey,
)
#: PostgreSQL takes 65,535.
PARAMETERS = 32_000


class _LoggedCursor(CursorDebugWrapper):
    """Logs statements with their values, which this kind of cursor does not keep."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        with self.debug_sql(self.db.ops.compose_sql(sql, params)):
            return CursorWrapper.execute(self, sql, params)


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """Give a cursor of the default connection that binds on the server, and so may prepare statements."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as raw:
        yield _LoggedCursor(raw, connection) if connection.queries_logged else CursorWrapper(raw, connection)


def insert(rows: list[M]) -> list[M]:
    """Write new rows of one model, in one statement up to some thousand rows, and give them their keys.

    Like ``bulk_create`` it calls no ``save`` and sends no signals; the key must be the database's to give.
    """
    if rows:
        step = PARAMETERS // len(rows[0]._meta.concrete_fields)
        for start in range(0, len(rows), step):
            _insert(rows[start : start + step])
    return rows


def _insert(rows: Sequence[M]) -> None:
    model = type(rows[0])
    columns, related = _columns(model)
    for name, key in related:
        for row in rows:
            # The row that it points to may have been written, and given its key, in the meantime.
            if getattr(row, key) is None and (other := row._state.fields_cache.get(name)):
                setattr(row, name, other)
    values = [
        prepare(getattr(row, name)) if prepare else getattr(row, name)
        for row in rows
        for name, prepare in columns
    ]
    with prepared_cursor() as cursor:
        cursor.execute(_statement(model, len(rows)), values)
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


@cache
def _columns(model: type[models.Model]) -> tuple[list[tuple[str, Prepare | None]], list[tuple[str, str]]]:
    """Return the columns with how their values are prepared, and the names of relations with their keys'."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = [(field.attname, None if isinstance(field, PLAIN) else _prepare(field)) for field in fields]
    return columns, [(field.name, field.attname) for field in fields if field.is_relation]


def _prepare(field: "models.Field[Any, Any]") -> Prepare:
    return lambda value: field.get_db_prep_save(value, connection)


@lru_cache(maxsize=256)
def _statement(model: type[models.Model], rows: int) -> str:
    quote, meta = connection.ops.quote_name, model._meta
    names = [quote(str(field.column)) for field in meta.concrete_fields if not field.primary_key]
    places = f"({', '.join(['%s'] * len(names))})"
    return (
        f"INSERT INTO {quote(meta.db_table)} ({', '.join(names)})"  # noqa: S608 - names of the model only
        f" VALUES {', '.join([places] * rows)} RETURNING {quote(str(meta.pk.column))}"
    )
