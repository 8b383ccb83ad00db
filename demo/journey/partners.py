"""The sales channel of the journey: a program that knows the public API and its own secret."""

from collections.abc import Iterator
from typing import Any

import requests

from demo.people import PartnerSignIn

TIMEOUT_SECONDS = 30


class ChannelClient:
    """Calls ``/api/v1/`` with a token got by client credentials."""

    def __init__(self, url: str, sign_in: PartnerSignIn) -> None:
        self.url = url.rstrip("/")
        self.session = requests.Session()
        answer = self.session.post(
            f"{self.url}/identity/o/api/token",
            data={
                "grant_type": "client_credentials",
                "client_id": sign_in.client_id,
                "client_secret": sign_in.secret,
            },
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **params: Any) -> Any:
        answer = self.session.get(f"{self.url}/api/v1/{path}", params=params, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Yield the results of a list, following its links."""
        page = self.get(path, **params)
        yield from page["results"]
        while page["next"]:
            answer = self.session.get(page["next"], timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            page = answer.json()
            yield from page["results"]

    def post(self, path: str, body: Any, *, key: str) -> requests.Response:
        """Answer the response whole: a repeated request and a refusal are for the caller to read."""
        return self.session.post(
            f"{self.url}/api/v1/{path}",
            json=body,
            headers={"Idempotency-Key": key},
            timeout=TIMEOUT_SECONDS,
        )
