"""Mails: text and twin, language, once only."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from core.models.mail import SentMail
from core.services import mail as mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, settings: Any) -> None:
    """A mail of the tests' own, in a folder of templates beside the real ones."""
    folder = tmp_path / "email" / "tests"
    folder.mkdir(parents=True)
    (folder / "hello.subject.txt").write_text("Hello\n{{ name }}\n")
    (folder / "hello.txt").write_text("First.\n\n\n\nOpen: https://example.org/a?b=1&c=2\n\n[code] 123456\n")
    first, *others = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], tmp_path]}, *others]


def send(**more: Any) -> bool:
    return mails.send(
        **{
            "template": "tests/hello",
            "to": ["a@example.org"],
            "language": "fr",
            "context": {"name": "Ana"},
            **more,
        }
    )


def test_send_writes_one_message_an_address() -> None:
    send(to=["a@example.org", "b@example.org"])

    assert [message.to for message in mail.outbox] == [["a@example.org"], ["b@example.org"]]
    assert {message.subject for message in mail.outbox} == {"Hello Ana"}


def test_text_and_html_say_the_same() -> None:
    send()

    [message] = mail.outbox
    assert message.body == "First.\n\nOpen: https://example.org/a?b=1&c=2\n\n123456\n"
    html = str(message.alternatives[0][0])
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert ">Open</a>" in html
    assert ">123456<" in html
    assert "[code]" not in html


def test_html_escapes_what_people_typed() -> None:
    assert "<script>" not in mails.html_of("Hello", "I am <script>")


def test_the_same_key_sends_once() -> None:
    assert send(key="event-1:approved") is True
    assert send(key="event-1:approved") is False
    assert send(key="event-2:approved") is True

    assert len(mail.outbox) == 2


def test_a_server_that_refuses_leaves_the_key_free(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken, pytest.raises(ConnectionRefusedError):
        broken.setattr(EmailBackend, "send_messages", refuse)
        send(key="event-1:approved")

    assert not SentMail.objects.exists()
    assert send(key="event-1:approved") is True
