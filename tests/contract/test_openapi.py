"""The published document says what the code does."""

from io import StringIO

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from drf_spectacular.generators import EndpointEnumerator

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


def test_every_kind_of_request_has_a_limit_that_rate_limits_tells():
    views = [view.cls for *_names, view in EndpointEnumerator().get_api_endpoints()]
    scopes = {view.throttle_scope for view in views if hasattr(view, "throttle_scope")}

    assert {"offers", "orders"} <= scopes
    assert scopes <= settings.API_RATE_LIMITS.keys()


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


def test_bodies_say_what_is_refused_in_them():
    schemas = yaml.safe_load(generated())["components"]["schemas"]
    bodies = {name: schema for name, schema in schemas.items() if name.endswith("In")}

    assert {"OrderIn", "BatchOrdersIn", "PaymentToldIn", "TrackingEventsIn"} <= bodies.keys()
    assert {name for name, schema in bodies.items() if schema["additionalProperties"] is not False} == set()
    lines, price = bodies["OrderIn"]["properties"]["lines"], bodies["LineIn"]["properties"]["unit_price"]
    assert (lines["minItems"], lines["maxItems"]) == (1, 200)
    assert price["pattern"] == r"^\d{1,10}(\.\d{1,2})?$"
    assert bodies["TrackingEventIn"]["properties"]["event_id"]["minLength"] == 1
    assert "description" not in bodies["OrderIn"], "what it inherits is for who writes serializers"
