"""Requests made from the published document, right and wrong: every answer is one that the document promises.

Each kind of system sends them with a token of its own to a running server. The same ones are sent each
time, so that what passed passes. To look for what nobody thought of, send others and more of them:
``FUZZ_EXAMPLES=200 make test-slow ARGS="tests/contract/test_fuzzing.py --hypothesis-seed=random"``.
"""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
import yaml
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from partners.enums import SCOPES_OF_KIND
from tests.api import api_client
from tests.architecture.tenancy_world import World, make_world
from tests.contract import known

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DOCUMENT = yaml.safe_load((django_settings.BASE_DIR / "docs" / "openapi.yaml").read_text())
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
#: Requests with the scopes that the operation asks for, and without them.
EXAMPLES, EXAMPLES_OF_STRANGERS = int(os.environ.get("FUZZ_EXAMPLES", "60")), 1
NO_GOOD_TOKENS = (None, "Bearer unknown", "Basic dTpw", "Bearer")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    settings.API_RATE_LIMITS = {"default": 10**6}
    return known.complete(make_world())


@pytest.fixture
def number(request: pytest.FixtureRequest) -> int:
    asked = request.config.getoption("--hypothesis-seed")
    chosen = random.randrange(2**32) if asked == "random" else int(asked or 1)
    print(f"--hypothesis-seed={chosen}")  # noqa: T201
    return chosen


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        yield made


def operation_of(method: str, path: str) -> Any:
    return schemathesis.openapi.from_dict(DOCUMENT)[path][method.upper()]


def requests_for(operation: Any, path: str, world: World) -> st.SearchStrategy[Any]:
    """Right and wrong requests; where they name a row, mostly one that exists."""
    made = [operation.as_strategy(mode) for mode in GenerationMode]
    found = [row(world) for start, row in known.ROWS.items() if start in path]
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    if names and found:
        fixed = dict.fromkeys(names, str(world.order.public_id)) | {names[0]: str(found[0])}
        made += [operation.as_strategy(mode, path_parameters=fixed) for mode in GenerationMode] * 2
    words = known.words(world)
    return st.one_of([*made, *(cases.map(lambda case: known.told(case, words)) for cases in made)])


def send(cases: st.SearchStrategy[Any], check: Callable[[Any], None], *, examples: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def one(case: Any) -> None:
        check(case)

    one()


def is_promised(case: Any, answer: Any) -> None:
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400:
        problem = answer.json()
        assert answer.headers["content-type"] == ["application/problem+json"]
        assert problem["status"] == answer.status_code
        assert problem["code"]


def scopes_of(method: str, path: str) -> set[str]:
    security = DOCUMENT["paths"][path][method].get("security", [])
    return {scope for needed in security for scope in needed["oauth2"]}


def test_every_answer_is_one_that_the_document_promises(
    world: World, live_server: Any, number: int, session: requests.Session, subtests: pytest.Subtests
) -> None:
    tokens = {name: api_client(application).token for name, application in world.applications.items()}
    for method, path in OPERATIONS:
        cases = requests_for(operation_of(method, path), path, world)
        for name, application in world.applications.items():
            headers = {"Authorization": f"Bearer {tokens[name]}"}
            may = scopes_of(method, path) <= {str(scope) for scope in SCOPES_OF_KIND[application.kind]}

            def check(case: Any, headers: dict[str, str] = headers) -> None:
                is_promised(case, case.call(base_url=live_server.url, session=session, headers=headers))

            with subtests.test(method=method, path=path, application=name):
                send(
                    cases,
                    check,
                    examples=EXAMPLES if may and "other" not in name else EXAMPLES_OF_STRANGERS,
                    number=number,
                )


def test_without_a_good_token_everything_is_401(
    world: World, live_server: Any, number: int, session: requests.Session
) -> None:
    for method, path in OPERATIONS:
        if "security" not in DOCUMENT["paths"][path][method]:
            continue
        cases = requests_for(operation_of(method, path), path, world)
        for token in NO_GOOD_TOKENS:
            headers = {"Authorization": token} if token else {}

            def check(case: Any, headers: dict[str, str] = headers) -> None:
                answer = case.call(base_url=live_server.url, session=session, headers=headers)
                is_promised(case, answer)
                if answer.status_code == 401:
                    assert answer.headers["www-authenticate"][0].startswith("Bearer")
                else:
                    # What names no address of ours, or holds NUL, is refused before anybody is asked.
                    assert answer.json()["code"] in {"not_found", "malformed"}

            send(cases, check, examples=EXAMPLES_OF_STRANGERS, number=number)
