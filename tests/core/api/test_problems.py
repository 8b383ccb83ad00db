"""Every error is a problem document, and nothing a caller sends is an error of ours."""

import json

import pytest

from core.models import DataKey

KEYS = "/api/v1/try/keys/"


def problem(response, status, code):
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"/problems/{code}/"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body


def post(api, body, key="a", **headers):
    return api.send(KEYS, body, idempotency_key=key, **headers)


def test_an_unknown_address_is_404(api):
    problem(api.get("/api/v1/nowhere/"), 404, "not_found")


def test_an_unknown_address_outside_the_api_stays_a_page(client, db):
    assert client.get("/nowhere/").headers["Content-Type"].startswith("text/html")


def test_a_method_that_does_not_exist_is_405(api):
    response = api.send(KEYS, {}, method="PUT")

    problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_only_json_is_answered(api):
    problem(api.get(KEYS, headers={"accept": "text/xml"}), 406, "not_acceptable")


def test_an_unexpected_error_tells_nothing_of_itself(api, caplog):
    response = post(api, {"purpose": "x", "fails": "before"})

    body = problem(response, 500, "internal_error")
    assert "broken before" not in json.dumps(body)
    assert "Unexpected error in the API" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"purpose": NaN}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"9" * 5000,
    ],
    ids=["half", "nan", "not utf-8", "200000 deep", "40 deep", "5000 digits"],
)
def test_what_cannot_be_read_is_400(api, body):
    problem(post(api, body), 400, "malformed")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"purpose": "a\\u0000b"}', "/purpose", "characters"),
        (b'{"purpose": "a\\ud800b"}', "/purpose", "characters"),
        ({"purpose": 12}, "/purpose", "wrong_type"),
        ({"purpose": True}, "/purpose", "wrong_type"),
        ({"purpose": ["a"]}, "/purpose", "wrong_type"),
        ({"purpose": None}, "/purpose", "null"),
        ({"purpose": "x" * 41}, "/purpose", "max_length"),
        ({}, "/purpose", "required"),
        (None, "/purpose", "required"),
        ({"purpose": "a", "porpoise": "b"}, "/porpoise", "unknown_field"),
        ({"purpose": "a", "fails": "never"}, "/fails", "invalid_choice"),
        ([], "", "invalid"),
        ("text", "", "invalid"),
    ],
)
def test_what_cannot_be_accepted_is_422_and_pointed_at(api, body, pointer, code):
    found = problem(post(api, body), 422, "validation_failed")

    assert [(error["pointer"], error["code"]) for error in found["errors"]] == [(pointer, code)]
    assert found["errors"][0]["message"]
    assert not DataKey.objects.exists()


def test_a_pair_of_escapes_that_makes_a_character_is_accepted(api):
    assert post(api, b'{"purpose": "\\ud83d\\ude9a"}').json()["purpose"] == "🚚"


def test_a_nul_in_the_address_is_400(api):
    problem(api.get(f"{KEYS}?cursor=%00"), 400, "malformed")
    problem(api.get(f"{KEYS}%00/"), 400, "malformed")


def test_another_content_type_is_415(api):
    response = api.post(KEYS, "purpose=a", content_type="text/plain", headers={"idempotency-key": "a"})

    problem(response, 415, "unsupported_media_type")


def test_a_body_beyond_the_limit_is_413_and_says_the_limit(api, settings):
    settings.API_MAX_BODY_BYTES = 100

    found = problem(post(api, {"purpose": "x" * 100}), 413, "payload_too_large")

    assert found["details"] == {"limit": 100}


def test_a_refusal_carries_its_facts(api):
    found = problem(post(api, {"purpose": "order", "fails": "refuses"}), 409, "no_room")

    assert found["details"] == {"purpose": "order"}
