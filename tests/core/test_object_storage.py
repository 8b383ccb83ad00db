"""Object storage: the real client against a small server that speaks S3."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.files.base import ContentFile
from django.utils.module_loading import import_string

from config.documents import storage as entry


class Bucket(BaseHTTPRequestHandler):
    """Keeps objects in memory; refuses who does not sign."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, bytes] = {}

    def _answer(self, status: int, body: bytes = b"", length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("ETag", '"x"')
        self.end_headers()
        self.wfile.write(body)

    def _is_signed(self) -> bool:
        return "Credential=KEY/" in self.headers.get("Authorization", "")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_signed():
            self.kept[self.path] = body
        self._answer(200 if self._is_signed() else 403)

    def do_GET(self) -> None:
        found = self.kept.get(self.path)
        missing = b"<Error><Code>NoSuchKey</Code></Error>"
        self._answer(404 if found is None else 200, missing if found is None else found)

    def do_HEAD(self) -> None:
        found = self.kept.get(self.path)
        self._answer(404 if found is None else 200, length=0 if found is None else len(found))

    def do_DELETE(self) -> None:
        self.kept.pop(self.path, None)
        self._answer(204)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def storage() -> Iterator[object]:
    Bucket.kept = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = entry(f"s3://KEY:SE%2FCRET@127.0.0.1:{server.server_address[1]}/papers?tls=0")
    assert made["OPTIONS"]["secret"] == "SE/CRET"
    yield import_string(made["BACKEND"])(**made["OPTIONS"])
    server.shutdown()
    server.server_close()


def test_a_file_is_kept_read_measured_and_deleted(storage):
    name = storage.save("documents/a/b", ContentFile(b"sealed"))

    assert list(Bucket.kept) == [f"/papers/{name}"]
    assert storage.exists(name) and storage.size(name) == 6
    assert storage.open(name).read() == b"sealed"
    storage.delete(name)
    assert not storage.exists(name)
    for ask in (storage.open, storage.size):
        with pytest.raises(FileNotFoundError):
            ask(name)


def test_a_name_is_never_written_twice(storage):
    first, second = (storage.save("a", ContentFile(text)) for text in (b"1", b"2"))

    assert first != second and storage.open(first).read() == b"1"


@pytest.mark.parametrize("url", ["https://host/bucket", "s3://host", "s3:///bucket"])
def test_an_address_that_says_too_little_is_refused_at_start(url):
    with pytest.raises(ValueError, match="DOCUMENTS_URL"):
        entry(url)


def test_without_address_documents_lie_on_disk():
    assert entry("") == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
