"""Asking a register over HTTP, whatever it answers: bounded in time, in size and in how often.

A register may be slow, send a page instead of data, a body without end, a redirect to who knows where. All of
that is one ``Fault``, told in words that can be kept as evidence.
"""

import json
import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NoReturn

import requests
from django.utils import timezone

from core.services import rates

logger = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 2.0
MAX_BYTES: Final = 5 * 1024 * 1024
CHUNK: Final = 64 * 1024
#: A page may wait that long for our own turn; a job comes again later.
PATIENCE_SECONDS: Final = 2.0
USER_AGENT: Final = "Passerelle"


class Fault(Exception):
    """The register gave no usable answer; the text says what happened, without addresses or people."""


@dataclass
class Client:
    """Asks one register. ``timeout`` is the seconds of silence allowed; a whole answer may take twice that.

    ``limit`` requests ``per`` that time leave this instance, all processes together; 0 is without limit.
    Redirects are not
    followed: an address that moved is for the operator to change, and none leads into our own network.
    """

    name: str
    url: str
    timeout: float = 5.0
    limit: int = 0
    per: timedelta = timedelta(seconds=1)
    headers: dict[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, **content: Any) -> tuple[int, Any]:
        """Return the status and the JSON of the answer, None without any; raises ``Fault``."""
        self._wait_for_turn()
        ends_at = time.monotonic() + 2 * self.timeout
        try:
            with self.session.request(
                method,
                self.url.rstrip("/") + path,
                headers={"Accept": "application/json", "User-Agent": USER_AGENT, **self.headers},
                timeout=(CONNECT_SECONDS, self.timeout),
                allow_redirects=False,
                stream=True,
                **content,
            ) as response:
                body = self._read(response, ends_at)
                return response.status_code, self._parse(body, response)
        except (requests.RequestException, OSError) as error:
            self.fail(type(error).__name__)

    def fail(self, what: str) -> NoReturn:
        logger.warning("register unavailable", extra={"register": self.name, "fault": what})
        raise Fault(what)

    def _wait_for_turn(self) -> None:
        left = PATIENCE_SECONDS if self.limit else 0.0
        while self.limit and (
            pause := rates.wait(f"register:{self.name}", limit=self.limit, length=self.per, at=timezone.now())
        ):
            if pause > left:
                self.fail("our own limit of requests")
            left -= pause
            time.sleep(pause)

    def _read(self, response: requests.Response, ends_at: float) -> bytes:
        body = b""
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > MAX_BYTES:
                self.fail("answer too large")
            if time.monotonic() > ends_at:
                self.fail("answer too slow")
        return body

    def _parse(self, body: bytes, response: requests.Response) -> Any:
        try:
            return _clean(json.loads(body, parse_constant=_refuse)) if body else None
        except (ValueError, RecursionError):
            if response.status_code == 200:
                self.fail("answer is not JSON")
            return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _clean(value: Any) -> Any:
    """Take out what PostgreSQL cannot keep in JSON: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode().replace("\x00", "")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return value
