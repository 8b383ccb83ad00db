"""Lists that page alike: ``limit``, an opaque ``cursor``, ``next`` and ``previous``."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

if TYPE_CHECKING:
    from rest_framework.views import APIView

DEFAULT_LIMIT = 25
MAX_LIMIT = 100


class CursorPagination(BasePagination):
    """Pages by position in an order, so that rows coming or going meanwhile neither repeat nor hide others.

    The view says ``ordering``, a tuple of its columns such as ``("-placed_at", "public_id")``: none
    nullable, the last one unique (``public_id`` is added when it is missing). A cursor is signed,
    holds the values of the last row seen, and is of use only for the order it was made in.
    """

    ordering: Sequence[str] = ("-created_at",)
    limit_description = gettext_lazy("How many to answer, 1 to 100; 25 unless told.")
    cursor_description = gettext_lazy("Where to go on: taken from “next” or “previous”, never made.")

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        self.request = request
        self.order = _with_tie_breaker(getattr(view, "ordering", None) or self.ordering)
        self.limit = _limit_of(request)
        backwards, position = self._read_cursor(request)

        order = _reversed(self.order) if backwards else self.order
        rows = queryset.order_by(*order)
        if position is not None:
            rows = rows.filter(_after(order, position))
        found = list(rows[: self.limit + 1])
        more = len(found) > self.limit
        self.page = found[: self.limit]
        if backwards:
            self.page.reverse()
        self.has_next = backwards or more
        self.has_previous = more if backwards else position is not None
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self._link(forward=True), "previous": self._link(forward=False), "results": data}
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        return [
            {
                "name": "limit",
                "in": "query",
                "description": str(self.limit_description),
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            },
            {
                "name": "cursor",
                "in": "query",
                "description": str(self.cursor_description),
                "schema": {"type": "string"},
            },
        ]

    def _link(self, *, forward: bool) -> str | None:
        if not (self.has_next if forward else self.has_previous) or not self.page:
            return None
        row = self.page[-1] if forward else self.page[0]
        cursor = signing.dumps(
            {"o": ",".join(self.order), "b": not forward, "p": _position(row, self.order)}, salt="api.cursor"
        )
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _read_cursor(self, request: Request) -> tuple[bool, list[Any] | None]:
        raw = request.query_params.get("cursor")
        if raw is None:
            return False, None
        try:
            cursor = signing.loads(raw, salt="api.cursor")
        except signing.BadSignature:
            cursor = {}
        if cursor.get("o") != ",".join(self.order):
            raise _wrong("cursor", _("This cursor is not one we gave for this list."))
        return cursor["b"], cursor["p"]


def first_page(request: Request) -> str:
    """Return the address of a list without its cursor."""
    return remove_query_param(request.build_absolute_uri(), "cursor")


def _limit_of(request: Request) -> int:
    raw = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 3 and 1 <= int(raw) <= MAX_LIMIT):
        raise _wrong("limit", _("The limit is a whole number from 1 to %(max)d.") % {"max": MAX_LIMIT})
    return int(raw)


def _wrong(parameter: str, message: str) -> ValidationError:
    return ValidationError({parameter: [ErrorDetail(message, code="invalid")]})


def _with_tie_breaker(ordering: Sequence[str]) -> tuple[str, ...]:
    names = [name.lstrip("-") for name in ordering]
    if "public_id" in names:
        return tuple(ordering)
    sign = "-" if ordering[-1].startswith("-") else ""
    return (*ordering, f"{sign}public_id")


def _reversed(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _position(row: Model, order: Sequence[str]) -> list[Any]:
    return [_plain(_value(row, name.lstrip("-"))) for name in order]


def _value(row: Any, name: str) -> Any:
    for step in name.split("__"):
        row = getattr(row, step)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _after(order: Sequence[str], position: Sequence[Any]) -> Q:
    """Rows behind a position. The leading bound stands apart so that an index on the order is used."""
    condition = Q()
    for name, value in reversed(list(zip(order, position, strict=True))):
        column, beyond = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        strict = Q(**{f"{column}__{beyond}": value})
        condition = (strict | Q(**{column: value}) & condition) if condition else strict
    lead, bound = order[0], position[0]
    return Q(**{f"{lead.lstrip('-')}__{'lte' if lead.startswith('-') else 'gte'}": bound}) & condition
