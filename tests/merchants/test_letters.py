"""What is written to a merchant's people is kept with the file, word for word, and goes with its key."""

import smtplib

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import sealed
from core.models import SentMail
from core.services import events, jobs
from merchants.enums import Role
from merchants.models import Letter
from merchants.services import letters, team
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.web.personas import staff


def send(merchant, to, **more):
    return letters.send(
        **{
            "merchant_id": merchant.pk,
            "kind": "merchant.submitted",
            "template": "merchants/submitted",
            "to": to,
            "language": "fr",
            "context": {"name": "Claire", "store": "Perdrelle", "url": "https://example.org/file/"},
            "key": "once",
            "at": AT,
            **more,
        }
    )


def test_a_letter_is_kept_as_it_went_out_and_goes_once(merchant, owner):
    letter = send(merchant, owner)

    assert send(merchant, owner) is None
    [sent] = mail.outbox
    [words] = letters.read([letter])
    assert (words.address, words.subject, words.text) == (owner.email, sent.subject, sent.body)
    assert (letter.recipient, letter.created_at, letter.attachments) == (owner, AT, [])


def test_a_server_that_refuses_leaves_nothing_kept(merchant, owner, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(merchant, owner)

    assert not Letter.objects.exists() and not SentMail.objects.exists()
    assert send(merchant, owner) is not None


def test_what_goes_with_a_letter_is_named_in_it(merchant, owner):
    attached = letters.Attachment("motifs.pdf", b"%PDF-1.7", "application/pdf")

    letter = send(merchant, owner, attachments=[attached])

    assert letter.attachments == ["motifs.pdf"]
    assert mail.outbox[0].attachments[0][1] == b"%PDF-1.7"


def test_an_invitation_is_kept_without_the_link_that_opens_it(merchant, owner):
    team.invite(
        merchant_id=merchant.pk, email="lou@example.fr", role=Role.ORDERS, by=owner, at=timezone.now()
    )
    events.relay_all()
    jobs.run_pending()

    [words] = letters.read(list(Letter.objects.for_merchant(merchant)))
    token = next(w for w in mail.outbox[0].body.split() if "/team/join/" in w).rstrip("/").split("/")[-1]
    assert words.address == "lou@example.fr" and words.letter.recipient is None
    assert token not in words.text and letters.HIDDEN in words.text


def test_a_kept_letter_never_changes_and_is_gone_with_the_key(merchant, owner):
    letter = send(merchant, owner)

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(kind="autre")
    sealed.destroy(merchant.data_key, at=AT)

    assert letters.read([letter])[0].text is sealed.ERASED


def test_owners_read_their_letters_and_the_desk_does_too(merchant, owner, make_member, sign_in):
    steps.submit(merchant, owner, timezone.now())
    events.relay_all()
    jobs.run_pending()
    letter = Letter.objects.get()
    address = reverse("merchants:letter", args=[letter.public_id])
    client = sign_in(owner)

    assert "dossier" in client.get(reverse("merchants:letters")).content.decode()
    page = client.get(address).content.decode()
    assert letters.read([letter])[0].text.splitlines()[2][:20] in page
    assert sign_in(make_member(Role.CATALOGUE)).get(address).status_code == 403
    desk = sign_in(staff("support@example.org", "support"))
    shown = desk.get(reverse("admin:merchants_letter_change", args=[letter.pk])).content.decode()
    assert letters.read([letter])[0].subject in shown


def test_the_list_of_letters_costs_the_same_with_one_and_three(merchant, owner, sign_in):
    client, counts = sign_in(owner), []
    for keys in (["a"], ["b", "c"]):
        for key in keys:
            send(merchant, owner, key=key)
        client.get(reverse("merchants:letters"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("merchants:letters")).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12
