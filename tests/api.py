"""Connected applications for tests of the API."""

import base64
from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.utils import timezone

from partners.enums import SCOPES_OF_KIND, ApplicationKind
from partners.models import Application
from partners.services import credentials

TOKEN_URL = "/identity/o/api/token"


class ApiClient(Client):
    """A client that speaks JSON with a token obtained as partners do: with client credentials, over HTTP."""

    def __init__(self, token: str | None = None, **defaults: Any) -> None:
        headers = {"accept": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        super().__init__(headers=headers, raise_request_exception=False, **defaults)
        self.token = token

    def send(self, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> Any:
        """Send a JSON body with headers such as ``idempotency_key="a"``."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.generic(
            method,
            path,
            body if isinstance(body, bytes) else _json(body),
            content_type="application/json",
            headers=names,
        )


def _json(body: Any) -> bytes:
    import json

    return b"" if body is None else json.dumps(body).encode()


def make_application(kind: str = ApplicationKind.CHANNEL, **fields: Any) -> Application:
    return Application.objects.create(kind=kind, **{"name": "Canal Nord", **fields})


def issue(application: Application, scopes: Iterable[str] | None = None) -> credentials.Issued:
    return credentials.issue(
        application_id=application.pk,
        scopes=SCOPES_OF_KIND[ApplicationKind(application.kind)] if scopes is None else scopes,
        name="test",
        by=None,
        at=timezone.now(),
    )


def ask_token(client_id: str, secret: str, **data: str) -> Any:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return Client().post(
        TOKEN_URL,
        {"grant_type": "client_credentials", **data},
        headers={"authorization": f"Basic {basic}"},
    )


def api_client(application: Application, scopes: Iterable[str] | None = None) -> ApiClient:
    """Return a client that speaks for an application, with all scopes it may have unless told."""
    issued = issue(application, scopes)
    return ApiClient(ask_token(issued.client_id, issued.secret).json()["access_token"])
