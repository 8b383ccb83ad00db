import io
from datetime import timedelta
from hashlib import sha256

import pytest
from PIL import Image

from core import sealed
from merchants.enums import DocumentKind, DocumentState
from merchants.models import Document, DocumentView, StoredFile
from merchants.services import contents, documents, requirements, signup
from tests.merchants.conftest import AT
from tests.merchants.steps import give_registration, pdf


def picture(kind: str) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, kind)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize(
    ("file", "content_type", "pages"),
    [(pdf(3), "application/pdf", 3), (picture("JPEG"), "image/jpeg", 1), (picture("PNG"), "image/png", 1)],
)
def test_inspect_reads_the_type_from_the_content(file, content_type, pages):
    content = contents.inspect(file)

    assert (content.content_type, content.pages) == (content_type, pages)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", contents.Empty),
        (b"%PDF-1.7\n" + b"0" * contents.MAX_BYTES, contents.TooLarge),
        (b"hello, I am called kbis.pdf", contents.WrongType),
        (b"PK\x03\x04" + b"\0" * 400, contents.WrongType),
        (picture("GIF").getvalue(), contents.WrongType),
        (b"%PDF-1.7\nnothing that a PDF holds", contents.Broken),
        (pdf(2).getvalue()[:200], contents.Broken),
        (picture("PNG").getvalue()[:60], contents.Broken),
        (pdf(1, password="secret").getvalue(), contents.Encrypted),
        (pdf(21).getvalue(), contents.TooManyPages),
    ],
)
def test_what_cannot_be_read_is_refused_at_once_and_leaves_nothing(merchant, owner, data, refusal):
    with pytest.raises(refusal) as refused:
        documents.receive(
            merchant_id=merchant.pk,
            kind=DocumentKind.REGISTRATION,
            file=io.BytesIO(data),
            name="kbis.pdf",
            by=owner,
            at=AT,
        )

    assert len(refused.value.message) > 40
    assert not Document.objects.exists()


def test_a_document_dated_tomorrow_is_refused(merchant, owner):
    with pytest.raises(documents.WrongDate):
        give_registration(merchant, owner, AT, AT.date() + timedelta(days=1))

    assert not Document.objects.exists()


def test_receive_keeps_the_file_sealed_under_a_name_that_says_nothing(merchant, owner):
    document = give_registration(merchant, owner, AT)

    [stored] = documents.files_of(document)
    raw = stored.file.storage.open(stored.file.name).read()
    assert document.state == DocumentState.PENDING
    assert (documents.name_of(stored), stored.pages) == ("kbis.pdf", 1)
    assert stored.file.name.startswith(f"documents/{merchant.public_id}/") and "kbis" not in stored.file.name
    assert b"%PDF" not in raw and b"kbis" not in bytes(stored.original_name)
    assert documents.read(stored).startswith(b"%PDF")
    assert stored.sha256 == sha256(documents.read(stored)).hexdigest()


def test_a_destroyed_key_erases_the_files(merchant, owner):
    document = give_registration(merchant, owner, AT)

    sealed.destroy(merchant.data_key)

    [stored] = documents.files_of(document)
    assert documents.name_of(stored) is sealed.ERASED
    with pytest.raises(documents.NotThere):
        documents.read(stored)


def test_a_document_may_be_several_pictures_and_pages_are_counted_together(merchant, owner):
    kind = DocumentKind.IDENTITY
    document = documents.receive(
        merchant_id=merchant.pk,
        kind=kind,
        file=picture("JPEG"),
        name="recto.jpg",
        more=[documents.Upload(picture("PNG"), "verso.png")],
        by=owner,
        at=AT,
    )
    with pytest.raises(contents.TooManyPages):
        documents.receive(
            merchant_id=merchant.pk,
            kind=kind,
            file=pdf(20),
            name="a",
            more=[documents.Upload(picture("PNG"), "b")],
            by=owner,
            at=AT,
        )

    assert documents.names_of(documents.files_of(document)) == ["recto.jpg", "verso.png"]
    assert Document.objects.count() == 1


def test_one_file_serves_a_second_requirement(merchant, owner):
    first = give_registration(merchant, owner, AT)
    [stored] = documents.files_of(first)

    second = documents.attach(
        merchant_id=merchant.pk,
        file_ids=[stored.pk],
        facts=documents.Facts(DocumentKind.STATUTES),
        by=owner,
        at=AT,
    )

    first.refresh_from_db()
    assert documents.files_of(second) == [stored] == documents.files_of(first)
    assert (first.state, second.state) == (DocumentState.PENDING, DocumentState.PENDING)
    assert StoredFile.objects.count() == 1


def test_the_file_of_another_merchant_serves_nothing(merchant, owner, make_user):
    [stored] = documents.files_of(give_registration(merchant, owner, AT))
    stranger = make_user()
    other = signup.open_file(user_id=stranger.pk, at=AT)

    with pytest.raises(documents.NotThere):
        documents.attach(
            merchant_id=other.pk,
            file_ids=[stored.pk],
            facts=documents.Facts(DocumentKind.STATUTES),
            by=stranger,
            at=AT,
        )

    assert not Document.objects.for_merchant(other).exists()


def test_a_new_document_replaces_the_one_before(merchant, owner):
    first = give_registration(merchant, owner, AT)
    second = give_registration(merchant, owner, AT)

    first.refresh_from_db()
    assert (first.state, second.state) == (DocumentState.REPLACED, DocumentState.PENDING)


@pytest.mark.parametrize(("age", "reason"), [(92, "document_read"), (93, "document_too_old")])
def test_a_registration_document_of_over_92_days_is_too_old(merchant, owner, age, reason):
    give_registration(merchant, owner, AT, AT.date() - timedelta(days=age))

    item = requirements.compute(merchant_id=merchant.pk, at=AT).item("registration_document")
    assert item.finding.reason == reason


def test_too_old_is_said_with_the_fact_the_rule_and_the_remedy(merchant, owner):
    give_registration(merchant, owner, AT, AT.date() - timedelta(days=111))

    text = requirements.compute(merchant_id=merchant.pk, at=AT).item("registration_document").reason_text
    assert "22 juillet 2026" in text and "111 jours" in text and "92" in text and "10 août 2026" in text


def test_look_is_logged(merchant, owner):
    document = give_registration(merchant, owner, AT)

    documents.look(document=document, by=owner, at=AT, address="192.0.2.7", kind="page", number=2)

    view = DocumentView.objects.get()
    assert (view.document, view.user, view.viewed_at, view.address) == (document, owner, AT, "192.0.2.7")
    assert (view.kind, view.number) == ("page", 2)
