"""Logs: one JSON object a line, each with the request or task it belongs to, none with personal data."""

import logging
import re
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What may stray into a message or a trace: the values PostgreSQL quotes, e-mail addresses, IBANs.
_PERSONAL = re.compile(
    r"(?P<detail>(?<=DETAIL:  ).*)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"
)


def scrub(text: str) -> str:
    """Replace what looks like a person's data by ``[removed]``."""
    return _PERSONAL.sub("[removed]", text)


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

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))
