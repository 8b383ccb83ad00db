"""The hooks are off until they are configured, and then carry nobody's data."""

import sentry_sdk

from config import observability
from config.celery import _carry_request_id, _take_request_id, app
from core.logging import request_id


def test_nothing_is_started_without_its_variable() -> None:
    assert observability.start("web") == []
    assert not sentry_sdk.get_client().is_active()


def test_sentry_is_told_no_personal_data(settings) -> None:
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    sent = []
    try:
        assert observability.start("web") == ["sentry"]
        client = sentry_sdk.get_client()
        client.transport.capture_envelope = sent.append
        try:
            raise ValueError("no such person: marie@exemple.fr")
        except ValueError as error:
            sentry_sdk.capture_exception(error)

        (envelope,) = sent
        assert b"marie@exemple.fr" not in envelope.serialize()
        assert b"no such person" in envelope.serialize()
        assert client.options["send_default_pii"] is False
    finally:
        sentry_sdk.init()


def test_a_task_belongs_to_the_request_that_caused_it() -> None:
    token = request_id.set("caller-0001")
    headers: dict = {}
    _carry_request_id(headers=headers)
    request_id.reset(token)

    @app.task
    def noted() -> None: ...

    noted.push_request(id="task-1", **headers)
    try:
        _take_request_id(task=noted, task_id="task-1")
        assert request_id.get() == "caller-0001"
    finally:
        noted.pop_request()
        request_id.set("")
