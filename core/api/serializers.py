"""Bodies that say exactly what they mean."""

from functools import cache, cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

STRICT_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...]], ...] = (
    (serializers.BooleanField, (bool,)),
    (serializers.IntegerField, (int,)),
    (serializers.FloatField, (int, float)),
    (serializers.DecimalField, (str,)),
    (serializers.CharField, (str,)),
    (serializers.ChoiceField, (str, int)),
    (serializers.UUIDField, (str,)),
    (serializers.DateField, (str,)),
    (serializers.DateTimeField, (str,)),
)


class StrictSerializer(serializers.Serializer[Any]):
    """Reads a JSON object without guessing: unknown fields and values of another JSON type are refused.

    Amounts are strings ("12.50"), since a JSON number loses its digits in many languages. A serializer
    that only writes needs no strictness and may derive from ``serializers.Serializer``.
    """

    default_error_messages = {
        "unknown_field": _("This field does not exist."),
        "wrong_type": _("This JSON type is not accepted here."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self._refuse_guesses(data)
        return super().to_internal_value(data)

    @cached_property
    def _known(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: field for name, field in self.fields.items() if not field.read_only}

    def _refuse_guesses(self, data: dict[str, Any]) -> None:
        errors: dict[str, list[Any]] = {}
        known = self._known
        for name, value in data.items():
            if name not in known:
                errors[name] = [self._error("unknown_field")]
            elif value is not None and not has_json_type(known[name], value):
                errors[name] = [self._error("wrong_type")]
        if errors:
            raise serializers.ValidationError(errors)

    def _error(self, code: str) -> Any:
        return ErrorDetail(str(self.error_messages[code]), code=code)


@cache
def _bound(kind: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    return kind()


def read(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return the validated body, or raise as ``is_valid(raise_exception=True)`` does.

    For hot paths: fields are copied once a process, not once a request, which takes longer than to use them.
    A serializer read in this way keeps no state of its own while it validates.
    """
    if not isinstance(data, dict):
        # Rare, and worded by the serializer itself.
        kind(data=data).is_valid(raise_exception=True)
    values: dict[str, Any] = _bound(kind).run_validation(data)
    return values


def show(kind: type[serializers.Serializer[Any]], instance: Any) -> dict[str, Any]:
    """Return what ``kind(instance).data`` holds, for hot paths: see ``read``."""
    shown: dict[str, Any] = _bound(kind).to_representation(instance)
    return shown


def has_json_type(field: serializers.Field[Any, Any, Any, Any], value: Any) -> bool:
    """Say whether a value has the JSON type under which the schema publishes the field."""
    for kind, types in STRICT_TYPES:
        if isinstance(field, kind):
            return isinstance(value, types) and (bool in types or not isinstance(value, bool))
    return True
