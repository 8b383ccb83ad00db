"""Looking at documents: as pictures, by links that end, each view logged."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.services import jobs
from core.staff import StaffGroup
from merchants.enums import DocumentKind, PreviewState, Role
from merchants.models import DocumentView, StoredFile
from merchants.presentation import papers
from merchants.services import documents, people, signup
from tests.merchants.steps import CLAIRE, give_registration, pdf
from tests.web.personas import staff


@pytest.fixture
def document(merchant, owner):
    return give_registration(merchant, owner, timezone.now())


@pytest.fixture
def drawn(document):
    jobs.run_pending(reraise=True)
    return document


def portal(document, name="document", *args):
    return reverse(f"merchants:{name}", args=[document.public_id, *args])


def test_a_merchant_sees_the_pages_as_pictures_and_downloads_the_original(drawn, owner, sign_in):
    client = sign_in(owner)
    page = client.get(portal(drawn))
    shown = page.context["shown"]

    picture, original = client.get(shown.pages[0]), client.get(shown.files[0].url)

    assert (shown.page_count, [file.name for file in shown.files]) == (1, ["kbis.pdf"])
    assert picture["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(picture.content)).format == "WEBP"
    assert original.content.startswith(b"%PDF") and original["Content-Type"] == "application/pdf"
    assert original["Content-Disposition"] == 'attachment; filename="kbis.pdf"'
    for answer in (picture, original):
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    views = DocumentView.objects.order_by("pk").values_list("user", "kind", "number")
    assert list(views) == [(owner.pk, "page", 1), (owner.pk, "original", 1)]


def test_a_page_not_drawn_yet_is_asked_for_and_waited_for(document, owner, sign_in):
    page = sign_in(owner).get(portal(document))

    assert page.context["shown"].is_waiting and not page.context["shown"].pages
    assert "every 3s" in page.content.decode()
    jobs.run_pending(reraise=True)
    assert StoredFile.objects.get().preview == PreviewState.READY


@pytest.mark.parametrize("key", ["", "?key=x:y:z"])
def test_a_link_that_nobody_signed_leads_to_the_document_and_shows_nothing(drawn, owner, sign_in, key):
    answer = sign_in(owner).get(portal(drawn, "document_file", 1) + key)

    assert (answer.status_code, answer["Location"]) == (302, portal(drawn))
    assert not DocumentView.objects.exists()


def test_a_link_ends_after_ten_minutes(drawn, owner, sign_in):
    client = sign_in(owner)
    url = client.get(portal(drawn)).context["shown"].pages[0]

    with time_machine.travel(timezone.now() + timedelta(seconds=papers.LINK_SECONDS + 1), tick=False):
        assert client.get(url).status_code == 302


def test_a_link_is_of_one_person_and_one_part(drawn, owner, sign_in, make_member):
    url = sign_in(owner).get(portal(drawn)).context["shown"].pages[0]
    colleague = sign_in(make_member(Role.ADMINISTRATOR))

    assert colleague.get(url).status_code == 302
    assert sign_in(owner).get(url.replace("pages/1", "files/1")).status_code == 302
    assert sign_in(owner).get(url.replace("pages/1", "pages/9")).status_code == 302


def test_the_documents_of_a_person_are_for_those_who_lead(merchant, owner, sign_in, make_member):
    now = timezone.now()
    person = people.add_representative(merchant_id=merchant.pk, data=CLAIRE, by=owner, at=now)
    card = documents.receive(
        merchant_id=merchant.pk,
        kind=DocumentKind.IDENTITY,
        person_id=person.pk,
        file=pdf(),
        name="passeport.pdf",
        by=owner,
        at=now,
    )

    assert sign_in(owner).get(portal(card)).status_code == 200
    assert sign_in(make_member(Role.CATALOGUE)).get(portal(card)).status_code == 403


def test_a_reviewer_sees_the_pages_and_a_lead_who_looked(drawn, sign_in):
    reviewer = sign_in(staff("maurel@example.org", StaffGroup.REVIEWER))
    url = reverse("admin:merchants_document_change", args=[drawn.pk])
    page = reviewer.get(url)
    picture = reviewer.get(page.context["shown"].pages[0])

    lead = sign_in(staff("lead@example.org", StaffGroup.LEAD_REVIEWER)).get(url).content.decode()

    assert picture["Content-Type"] == "image/webp"
    assert "maurel@example.org" in lead or "Maurel" in lead
    assert DocumentView.objects.get().kind == "page"


def test_support_and_other_merchants_find_no_document(drawn, sign_in, make_user):
    support = sign_in(staff("support@example.org", StaffGroup.SUPPORT))
    stranger = make_user()
    signup.open_file(user_id=stranger.pk, at=timezone.now())

    assert support.get(reverse("admin:merchants_document_change", args=[drawn.pk])).status_code == 403
    assert support.get(reverse("admin:merchants_document_page", args=[drawn.public_id, 1])).status_code == 403
    for name, *more in (("document",), ("document_page", 1), ("document_file", 1)):
        assert sign_in(stranger).get(portal(drawn, name, *more)).status_code == 404
    assert not DocumentView.objects.exists()
