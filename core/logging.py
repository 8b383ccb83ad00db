"""Logs: one JSON object a line, each with the request or task it belongs to, none with personal data."""

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What may stray into a message or a trace: the values PostgreSQL quotes, e-mail addresses, IBANs.
_PERSONAL = re.compile(
    r"(?<=DETAIL:  ).*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"
)


def scrub(text: str) -> str:
    """Replace what looks like a person's data by ``[removed]``."""
    return _PERSONAL.sub("[removed]", text)


def scrub_value(value: Any) -> Any:
    """Scrub every text within a value, however deep."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {key: scrub_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [scrub_value(inner) for inner in value]
    return value


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything from ``level`` on, as JSON lines on standard error."""
    console = {"class": "logging.StreamHandler", "formatter": "json", "filters": ["context"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "core.logging.ContextFilter"}},
        "formatters": {"json": {"()": "core.logging.Formatter"}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Replaces Django's own handlers; its line per refused request would repeat ours.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},
            # Every task received and done, with its arguments: too much, and too much about people.
            "celery": {"level": "WARNING"},
            "kombu": {"level": "ERROR"},
        },
    }


class ContextFilter(logging.Filter):
    """Puts the id of the request (or of the request that caused the task) on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or None
        return True


class Formatter(JsonFormatter):
    """Writes ``{"time", "level", "logger", "message", "request_id", …extra}`` with times in UTC."""

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{name}{message}{request_id}",
            style="{",
            timestamp="time",
            rename_fields={"levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: scrub_value(value) for key, value in super().process_log_record(log_data).items()}
