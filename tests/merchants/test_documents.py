import io
from datetime import timedelta

import pytest
from PIL import Image

from merchants.enums import DocumentKind, DocumentState
from merchants.models import Document, DocumentView
from merchants.services import documents, requirements
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
    content = documents.inspect(file)

    assert (content.content_type, content.pages) == (content_type, pages)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", documents.Empty),
        (b"%PDF-1.7\n" + b"0" * documents.MAX_BYTES, documents.TooLarge),
        (b"hello, I am called kbis.pdf", documents.WrongType),
        (b"PK\x03\x04" + b"\0" * 400, documents.WrongType),
        (picture("GIF").getvalue(), documents.WrongType),
        (b"%PDF-1.7\nnothing that a PDF holds", documents.Broken),
        (pdf(2).getvalue()[:200], documents.Broken),
        (picture("PNG").getvalue()[:60], documents.Broken),
        (pdf(1, password="secret").getvalue(), documents.Encrypted),
        (pdf(21).getvalue(), documents.TooManyPages),
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


def test_receive_keeps_the_file_under_a_name_that_says_nothing(merchant, owner):
    document = give_registration(merchant, owner, AT)

    assert document.state == DocumentState.PENDING
    assert (document.original_name, document.pages) == ("kbis.pdf", 1)
    assert document.file.name.startswith(f"documents/{merchant.public_id}/")
    assert "kbis" not in document.file.name
    assert document.file.read().startswith(b"%PDF")


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

    documents.look(document=document, by=owner, at=AT, address="192.0.2.7")

    view = DocumentView.objects.get()
    assert (view.document, view.user, view.viewed_at, view.address) == (document, owner, AT, "192.0.2.7")
