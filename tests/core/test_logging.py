"""Logs: JSON, with the request's id, without personal data."""

import json
import logging

import pytest
from django.test import Client

from core.logging import ContextFilter, Formatter, request_id, scrub


def written(message: str, **extra: object) -> dict:
    record = logging.makeLogRecord({"name": "passerelle.test", "msg": message, "levelname": "INFO", **extra})
    ContextFilter().filter(record)
    return json.loads(Formatter().format(record))


def test_a_line_is_json_with_the_request_it_belongs_to() -> None:
    token = request_id.set("abc-123")
    try:
        line = written("Order accepted", order="0190")
    finally:
        request_id.reset(token)

    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "passerelle.test",
        "message": "Order accepted",
        "request_id": "abc-123",
        "order": "0190",
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail to marie.dupont+a@exemple.fr failed", "mail to [removed] failed"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189 refused", "IBAN [removed] refused"),
        ("IBAN FR7630006000011234567890189", "IBAN [removed]"),
        ("DETAIL:  Key (siret)=(73282932000074) already exists.", "DETAIL:  [removed]"),
        (
            "order 01935c2e-7a6c-7bbf-8c21-5b2f9d1a4e77 accepted",
            "order 01935c2e-7a6c-7bbf-8c21-5b2f9d1a4e77 accepted",
        ),
    ],
)
def test_personal_data_is_removed(text: str, kept: str) -> None:
    assert scrub(text) == kept


def test_a_trace_loses_personal_data_but_stays_json() -> None:
    try:
        raise ValueError("unique\nDETAIL:  Key (email)=(a@b.fr) already exists.\nCONTEXT:  more")
    except ValueError as error:
        line = written("failed", exc_info=(type(error), error, error.__traceback__))

    assert "a@b.fr" not in line["exc_info"]
    assert "Key (email)" not in line["exc_info"]
    assert "CONTEXT:  more" in line["exc_info"]


class TestRequestId:
    def test_a_well_formed_one_is_taken_and_answered(self, client: Client) -> None:
        answer = client.get("/healthz", headers={"X-Request-ID": "caller-0001"})

        assert answer["X-Request-ID"] == "caller-0001"

    @pytest.mark.parametrize(
        "bad", ["", "short", "x" * 65, "a b c d e f g", "line\tbreak99", "<script>alert"]
    )
    def test_another_is_replaced(self, client: Client, bad: str) -> None:
        answer = client.get("/healthz", headers={"X-Request-ID": bad})

        assert len(answer["X-Request-ID"]) == 32

    def test_it_ends_with_the_request(self, client: Client) -> None:
        client.get("/healthz", headers={"X-Request-ID": "caller-0001"})

        assert request_id.get() == ""

    def test_the_log_names_the_route_and_not_the_path(self, client: Client, caplog) -> None:
        with caplog.at_level("INFO", "passerelle.request"):
            client.get("/team/join/a-secret-token/?q=secret")

        (record,) = caplog.records
        assert "secret" not in Formatter().format(record)
        assert record.route == "team/join/<str:token>/"
