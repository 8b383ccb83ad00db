"""How bodies are read."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.utils.json import strict_constant

MAX_DEPTH = 32
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, at most 32 levels deep, without NaN, NUL or half a character.

    Unreadable bodies raise ``ParseError`` (400); readable ones with characters that cannot be stored
    raise ``ValidationError`` (422) pointing at them.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read()
        try:
            data = json.loads(codecs.decode(raw, "utf-8"), parse_constant=strict_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON in UTF-8.")) from error
        if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _depth_exceeds(data, MAX_DEPTH):
            raise ParseError(
                _("The body is nested more than %(levels)d levels deep.") % {"levels": MAX_DEPTH}
            )
        if SUSPECT.search(raw):
            _refuse_unstorable(data)
        return data


def _depth_exceeds(data: Any, limit: int) -> bool:
    level = [data]
    for _depth in range(limit + 1):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return any(isinstance(node, dict | list) for node in level)


def _refuse_unstorable(data: Any) -> None:
    errors: Any = None
    for path, text in _strings(data, ()):
        if not _is_storable(text):
            errors = [ErrorDetail(_("This text holds characters that cannot be kept."), code="characters")]
            for step in reversed(path):
                errors = {_printable(step): errors}
            raise ValidationError(errors)


def _printable(step: str | int) -> str:
    return str(step).encode("utf-8", "replace").decode().replace("\x00", "?")


def _is_storable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _strings(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield (*path, key), key
            yield from _strings(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _strings(value, (*path, index))
