"""The broker of a machine without one."""

from pathlib import Path

from kombu import Connection

from config import broker


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
