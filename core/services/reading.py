"""Reading with few statements: queries compiled once a process and planned once a connection, several
querysets in one round trip, several counts in one statement.

Compiling a query takes Django longer than PostgreSQL takes to answer it by a key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
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
        with prepared_cursor() as cursor:
            cursor.execute(sql, _bound(places, values))
            return read(cursor.fetchall())

    def bind(self, **values: Any) -> "Bound[R]":
        """Return the query with its values, to be read with others by ``fetch``."""
        sql, places, read = self._compiled
        return Bound(sql, _bound(places, values), read)

    @cached_property
    def _compiled(self) -> "_Compiled":
        return _compile(self._build())


@dataclass(slots=True)
class Bound(Generic[R]):
    """A prepared query with its values; ``rows`` are there once ``fetch`` has read it."""

    sql: str
    values: list[Any]
    read: Callable[[Iterable[Any]], list[R]]
    rows: list[R] = field(default_factory=list)


def fetch(*queries: "QuerySet[Any, Any] | Bound[Any]") -> None:
    """Evaluate queries in one round trip: each then holds its rows, a queryset as if it had been iterated.

    They go as one command of several statements, so what is asked of a person's page costs one wait for the
    network. Of models (``select_related`` included, annotations left out) or of ``values_list``; what they
    prefetch is read when they are used.
    """
    asked = [(query, _compile_or_none(query)) for query in queries]
    compiled = [one for _query, one in asked if one is not None]
    found: list[list[Any]] = []
    if compiled:
        with connection.cursor() as cursor:
            cursor.execute(";\n".join(one[0] for one in compiled), [v for one in compiled for v in one[1]])
            for _sql, _values, read in compiled:
                found.append(read(cursor.fetchall()))
                cursor.nextset()
    rows = iter(found)
    for query, one in asked:
        answer = [] if one is None else next(rows)
        if isinstance(query, Bound):
            query.rows = answer
        else:
            query._result_cache = answer


def count(querysets: "Sequence[QuerySet[Any, Any]]", *, most: int) -> list[int]:
    """Count querysets, each up to ``most``, in one statement."""
    parts, values, places = [], [], []
    for place, queryset in enumerate(querysets):
        try:
            sql, bound = queryset.order_by().values("pk")[:most].query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - Django compiled it
        values += bound
        places.append(place)
    found = [0] * len(querysets)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            for place, number in zip(places, cursor.fetchone(), strict=True):
                found[place] = number
    return found


_Compiled = tuple[str, Sequence[Any], Callable[[Iterable[Any]], list[Any]]]


def _bound(places: Sequence[Any], values: dict[str, Any]) -> list[Any]:
    return [values[place.name] if isinstance(place, Given) else place for place in places]


def _compile(queryset: "QuerySet[Any, Any]") -> _Compiled:
    """Return the statement of a queryset, its values, and what makes its results of the rows."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, values = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    make = _maker(compiler) if queryset._fields is None else tuple  # type: ignore[attr-defined]

    def read(rows: Iterable[Any]) -> list[Any]:
        if converters:
            rows = compiler.apply_converters(rows, converters)
        return [make(row) for row in rows]

    return sql, values, read


def _compile_or_none(query: "QuerySet[Any, Any] | Bound[Any]") -> _Compiled | None:
    if isinstance(query, Bound):
        return query.sql, query.values, query.read
    try:
        return _compile(query)
    except EmptyResultSet:
        return None


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
