"""The published document says what the code does."""

from io import StringIO

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from tests.api import ApiClient


def generated() -> str:
    out = StringIO()
    call_command("spectacular", lang="en", validate=True, fail_on_warn=True, stdout=out)
    return out.getvalue()


def test_the_committed_document_is_that_of_the_code():
    """When this fails: make openapi, and read the difference as a partner would."""
    assert generated() == (settings.BASE_DIR / "docs" / "openapi.yaml").read_text()


def test_every_operation_tells_its_scopes_and_its_problems():
    document = yaml.safe_load(generated())

    assert document["openapi"] == "3.1.1"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"], (method, path)
            assert "oauth2" in operation.get("security", [{"oauth2": []}])[0], (method, path)
            assert ("401" in operation["responses"]) == ("security" in operation), (method, path)
            assert "429" in operation["responses"], (method, path)


@pytest.mark.django_db
def test_the_document_is_served_to_everybody():
    response = ApiClient().get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"})

    assert (response.status_code, response.json()["info"]["title"]) == (200, "Passerelle")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/docs/", "/api/v1/docs/?script=", "/api/v1/reference/"])
def test_the_pages_of_the_documentation_need_no_exception_from_the_policy(client, path):
    response = client.get(path, headers={"accept": "text/html"})
    policy = response.headers["Content-Security-Policy"]

    assert response.status_code == 200
    assert "unsafe" not in policy
    assert "https://" not in response.content.decode()
    if "script=" not in path:
        assert "<style" not in response.content.decode()
        assert "<script>" not in response.content.decode()
