"""The broker of a machine without one, and RabbitMQ where there is one."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import OperationalError

from config import broker
from config.celery import app
from core.logging import request_id

RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"


def connect(folder: Path) -> Connection:
    for name in ("messages", "control"):
        (folder / name).mkdir(exist_ok=True)
    options = {
        "data_folder_in": folder / "messages",
        "data_folder_out": folder / "messages",
        "control_folder": folder / "control",
    }
    return Connection("filesystem://", transport_options=options)


def test_our_transport_is_the_one_of_filesystem_addresses(tmp_path):
    broker.install()

    with connect(tmp_path) as connection:
        assert isinstance(connection.transport, broker.Transport)


def test_a_message_is_whole_as_soon_as_a_worker_can_see_it(tmp_path, monkeypatch):
    broker.install()
    seen: list[tuple[list[str], int]] = []

    rename = Path.rename

    def look_and_rename(source, target):
        seen.append(([path.name for path in tmp_path.glob("messages/*.msg")], source.stat().st_size))
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", look_and_rename)
    with connect(tmp_path) as connection:
        queue = connection.SimpleQueue("jobs")
        queue.put({"job": "42"})
        told = queue.get(timeout=5)

    assert told.payload == {"job": "42"}
    visible_before, written_before = seen[0]
    assert visible_before == []
    assert written_before > len('{"job": "42"}')


@pytest.fixture
def rabbitmq() -> Iterator[Connection]:
    connection = Connection(RABBITMQ, connect_timeout=2)
    try:
        connection.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError) as error:
        pytest.skip(f"no RabbitMQ at 127.0.0.1:5672: {error}")
    with connection:
        yield connection


def test_a_task_sent_over_amqp_is_received_once_with_its_arguments_and_request(
    rabbitmq: Connection, socket_enabled: None
) -> None:
    name = f"test-{uuid.uuid4()}"
    exchange = Exchange(name, auto_delete=True, durable=False)
    queue = Queue(name, exchange, routing_key=name, auto_delete=True, durable=False)
    bound = queue(rabbitmq.default_channel)
    bound.declare()
    token = request_id.set("req-amqp")
    try:
        sent = app.send_task("core.run_job", args=[42], queue=queue, connection=rabbitmq)
    finally:
        request_id.reset(token)

    received = rabbitmq.SimpleQueue(queue).get(timeout=5)
    received.ack()

    assert received.headers["task"] == "core.run_job"
    assert received.headers["id"] == sent.id
    assert received.headers["request_id"] == "req-amqp"
    assert received.payload[0] == [42]
    assert bound.get() is None
    bound.delete()
