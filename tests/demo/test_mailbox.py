"""The mail of a machine without a mail server, as a person reads it."""

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from demo.journey import mailbox
from demo.journey.steps import NotReached


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "core.mail.FolderBackend", str(tmp_path)


def send(to, text):
    EmailMessage("Confirmez votre adresse", text, to=[to]).send()


def test_the_newest_link_of_an_address_is_found_whatever_accents_stand_around_it():
    send("claire@example.org", "Déjà périmé : http://localhost/accounts/confirm-email/a/")
    send("claire@example.org", "Confirmez ici : http://localhost/accounts/confirm-email/b/")
    send("hugo@example.org", "http://localhost/accounts/confirm-email/c/")

    found = mailbox.link("claire@example.org", containing="confirm-email")

    assert found == "http://localhost/accounts/confirm-email/b/"


def test_the_newest_code_of_an_address_is_found():
    send("claire@example.org", "Voici :\n\n123456\n")
    send("claire@example.org", "Voici :\n\n654321\n\nLe 111111 de la rue n’en est pas un.")
    send("hugo@example.org", "Voici :\n\n999999\n")

    assert mailbox.code("claire@example.org") == "654321"


def test_a_mail_that_does_not_come_is_said_by_its_address(monkeypatch):
    monkeypatch.setattr(mailbox, "PATIENCE_SECONDS", 0)

    with pytest.raises(NotReached, match=r"no mail to claire@example\.org"):
        mailbox.link("claire@example.org", containing="confirm-email")


def test_the_newest_mail_is_printed_readably(capsys):
    send("claire@example.org", "Première")
    send("claire@example.org", "L’été, à Forcalquier")

    call_command("demo_mail", "claire@example.org")

    assert capsys.readouterr().out.strip() == "Confirmez votre adresse\n\nL’été, à Forcalquier"


def test_without_mail_the_command_says_so():
    with pytest.raises(CommandError, match="No mail to nobody@example"):
        call_command("demo_mail", "nobody@example.org")
