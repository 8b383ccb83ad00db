"""Queries that Django compiles once a process and PostgreSQL plans once a connection, for the hot paths.

Compiling a query takes Django longer than PostgreSQL takes to answer it by a key.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BooleanField, Expression, F, Field, Func, QuerySet
from django.db.models.query import get_related_populators

from core.services.inserting import prepared_cursor

R = TypeVar("R")


class Given(Expression):
    """The place of a value that a prepared query is called with."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def one_of(field: str, name: str) -> Func:
    """Return the condition that a field has one of the values of a list that is given."""
    return Func(
        F(field),
        Given(name),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class Prepared(Generic[R]):
    """A query with places for values; called with them, it answers what the queryset would.

    ``build`` returns the queryset, of models (``select_related`` included) or of ``values_list``, with
    ``Given`` where a value will stand. Values go to the database as they are: give what the column takes.
    """

    def __init__(self, build: "Callable[[], QuerySet[Any, R]]") -> None:
        self._build = build

    def __call__(self, **values: Any) -> list[R]:
        sql, places, read = self._compiled
        bound = [values[place.name] if isinstance(place, Given) else place for place in places]
        with prepared_cursor() as cursor:
            cursor.execute(sql, bound)
            return read(cursor.fetchall())

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], Callable[[list[Any]], list[R]]]:
        queryset = self._build()
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, places = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        make = _maker(compiler) if queryset._fields is None else tuple  # type: ignore[attr-defined]

        def read(rows: Iterable[Any]) -> list[Any]:
            if converters:
                rows = compiler.apply_converters(rows, converters)
            return [make(row) for row in rows]

        return sql, places, read


def _maker(compiler: Any) -> Callable[[Any], Any]:
    """Return what makes a model of a row, and the related ones that were asked for with it."""
    info = compiler.klass_info
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:last]]
    # Django 6 asks for a fetch mode here.
    related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    model = info["model"]

    def make(row: Any) -> Any:
        made = model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for populator in related:
            populator.populate(row, made)
        return made

    return make
