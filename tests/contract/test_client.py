"""A client generated from the document is imported and used against a running server."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.api import ask_token, issue, make_application


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_generated_client_speaks_to_the_server(live_server, tmp_path, monkeypatch):
    package = tmp_path / "passerelle_client"
    subprocess.run(
        [
            Path(sys.executable).with_name("openapi-python-client"),
            "generate",
            "--path",
            settings.BASE_DIR / "docs" / "openapi.yaml",
            "--meta",
            "none",
            "--output-path",
            package,
        ],
        check=True,
    )
    monkeypatch.syspath_prepend(tmp_path)
    client_class = importlib.import_module("passerelle_client").AuthenticatedClient
    me = importlib.import_module("passerelle_client.api.api.me")
    issued = issue(make_application(), ["offers:read"])
    token = ask_token(issued.client_id, issued.secret).json()["access_token"]

    with client_class(base_url=live_server.url, token=token) as client:
        found = me.sync(client=client)
    with client_class(base_url=live_server.url, token="wrong") as client:
        refused = me.sync_detailed(client=client)

    assert (found.name, [str(scope) for scope in found.scopes]) == ("Canal Nord", ["offers:read"])
    assert refused.status_code == 401
    assert refused.parsed.code == "invalid_token"
