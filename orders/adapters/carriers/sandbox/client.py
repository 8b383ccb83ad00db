"""The sandbox carrier's way to Passerelle: HTTP, its own credentials, patience."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

TIMEOUT = 10
ATTEMPTS = 5
LONGEST_WAIT = 60.0
BATCH = 500


class GaveUp(Exception):
    """Passerelle did not answer as it should, again and again. The next round tries anew."""


class Client:
    """Calls the public API. A token that is no longer good is asked for anew; 429 and 5xx are waited out."""

    def __init__(
        self, base_url: str, client_id: str, secret: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.credentials = (client_id, secret)
        self.sleep = sleep
        self.session = requests.Session()
        self.token = ""

    def parcels(self, status: str) -> Iterator[dict[str, Any]]:
        """Yield the carrier's parcels in a state, page after page."""
        url: str | None = f"{self.base_url}/api/v1/parcels/?status={status}&limit=100"
        while url:
            page = self._call("GET", url)
            yield from page["results"]
            url = page["next"]

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send events in batches; answers one result per event."""
        results: list[dict[str, Any]] = []
        for start in range(0, len(events), BATCH):
            batch = {"events": events[start : start + BATCH]}
            results += self._call("POST", f"{self.base_url}/api/v1/tracking-events/", json=batch)["results"]
        return results

    def _call(self, method: str, url: str, **body: Any) -> dict[str, Any]:
        for attempt in range(ATTEMPTS):
            headers = {"Authorization": f"Bearer {self.token or self._new_token()}"}
            try:
                answer = self.session.request(method, url, headers=headers, timeout=TIMEOUT, **body)
            except (requests.ConnectionError, requests.Timeout):
                self.sleep(_pause(attempt))
                continue
            if answer.status_code == 401:
                self.token = ""
            elif answer.status_code == 429:
                self.sleep(_asked(answer) or _pause(attempt))
            elif answer.status_code >= 500:
                self.sleep(_pause(attempt))
            elif answer.ok:
                found: dict[str, Any] = answer.json()
                return found
            else:
                raise GaveUp(f"{method} {url}: {answer.status_code} {answer.text[:200]}")
        raise GaveUp(f"{method} {url}: no good answer in {ATTEMPTS} attempts")

    def _new_token(self) -> str:
        try:
            answer = self.session.post(
                f"{self.base_url}/identity/o/api/token",
                data={"grant_type": "client_credentials", "scope": "parcels:read tracking:write"},
                auth=self.credentials,
                timeout=TIMEOUT,
            )
        except (requests.ConnectionError, requests.Timeout) as error:
            raise GaveUp(f"no token: {error}") from error
        if not answer.ok:
            raise GaveUp(f"no token: {answer.status_code} {answer.text[:200]}")
        self.token = str(answer.json()["access_token"])
        return self.token


def _pause(attempt: int) -> float:
    return float(min(0.5 * 2.0**attempt, LONGEST_WAIT))


def _asked(answer: requests.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(min(float(text), LONGEST_WAIT)) if text.isdecimal() else 0.0
