"""What the published OpenAPI document says beside what the views say themselves."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api.idempotency import HEADER, MAX_LENGTH
from core.api.serializers import StrictSerializer

PROBLEM = {
    "type": "object",
    "description": "What went wrong, as RFC 9457 says it.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Address of a page that explains the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; new ones may come."},
        "detail": {"type": "string", "description": "For people, in the language of Accept-Language."},
        "request_id": {"type": ["string", "null"], "description": "Quote it when asking for help."},
        "details": {"type": "object", "additionalProperties": True, "description": "Facts of a refusal."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body."},
                    "parameter": {"type": "string", "description": "Name of a parameter of the address."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
ALWAYS = {400: "Cannot be read", 406: "Only JSON is answered", 429: "Too many requests"}
WITH_TOKEN = {401: "No valid token", 403: "The token lacks a scope, or the application may not do this"}
WITH_BODY = {413: "Body too large", 415: "Not JSON", 422: "Values that cannot be accepted"}
RATE_LIMIT_HEADERS = {
    "RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Left in this minute.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the next.", "schema": {"type": "integer"}},
}


class ApiSchema(AutoSchema):
    """Adds ``Idempotency-Key`` where ``core.api.idempotency.idempotent`` asks for it.

    Also the problems that the view alone knows: its ``also_answers``, status to meaning; and of bodies what
    is refused in them, which the library leaves out.
    """

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation: Any = super().get_operation(*args, **kwargs)
        for status, meaning in getattr(self.view, "also_answers", {}).items() if operation else ():
            operation["responses"].setdefault(str(status), _problem(meaning))
        return operation

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        handler = getattr(self.view, self.method.lower(), None)
        if rule := getattr(handler, "idempotency", None):
            parameters.append(
                OpenApiParameter(
                    HEADER,
                    {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": "^[ -~]+$"},
                    OpenApiParameter.HEADER,
                    required=rule == "required",
                    description="New for each act, the same when it is repeated. Kept 48 hours.",
                )
            )
        return parameters

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema: Any = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        kind = serializer if isinstance(serializer, type) else type(serializer)
        if issubclass(kind, StrictSerializer):
            _tell_strictness(kind, schema)
        return schema


def _tell_strictness(kind: type[StrictSerializer], schema: dict[str, Any]) -> None:
    schema["additionalProperties"] = False
    if not kind.__dict__.get("__doc__"):
        # The one it inherits is for who writes serializers.
        schema.pop("description", None)
    for name, field in kind().fields.items():
        told = schema["properties"][name]
        if isinstance(field, serializers.ListSerializer):
            fewest, most = getattr(field, "min_length", None), getattr(field, "max_length", None)
            bounds = {"minItems": fewest if field.allow_empty else max(fewest or 0, 1), "maxItems": most}
            told.update({key: bound for key, bound in bounds.items() if bound is not None})
        elif isinstance(field, serializers.CharField) and not field.allow_blank:
            told.setdefault("minLength", 1)
        elif isinstance(field, serializers.DecimalField) and field.min_value is not None:
            told["pattern"] = rf"^\d{{1,{field.max_whole_digits}}}(\.\d{{1,{field.decimal_places}}})?$"


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say of each operation which problems it answers, and how much it may be asked."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result.get("paths", {}).items():
        for operation in operations.values():
            _complete(path, operation)
    return result


def _complete(path: str, operation: dict[str, Any]) -> None:
    known = dict(ALWAYS)
    if operation.get("security"):
        known |= WITH_TOKEN
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                response.setdefault("headers", {}).update(RATE_LIMIT_HEADERS)
    if "{" in path:
        known[404] = "Not there, or not yours"
    if "requestBody" in operation:
        known |= WITH_BODY
    if any(parameter["name"] == HEADER for parameter in operation.get("parameters", [])):
        known[409] = "The state forbids it, or the key is in use"
    for status, meaning in sorted(known.items()):
        operation["responses"].setdefault(str(status), _problem(meaning))


def _problem(meaning: str) -> dict[str, Any]:
    return {
        "description": meaning,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
