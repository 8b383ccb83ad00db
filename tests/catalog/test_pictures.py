"""Pictures of products: taken in, made smaller, shown to their merchant only."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from catalog.models import Media
from core.services import jobs
from merchants.enums import Role
from tests.factories import make_member, make_merchant, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def variant(merchant):
    return make_offer(merchant, "TR-1", published=False)


def page(browser, name, *args):
    return browser.get(reverse(f"catalog:{name}", args=args))


def png(width=600, height=400):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return SimpleUploadedFile("photo.png", buffer.getvalue(), "image/png")


def test_a_picture_is_taken_in_and_made_smaller(browser, variant):
    address = reverse("catalog:media", args=[variant.product.public_id])

    browser.post(address, {"file": png(), "alt": "Torchon plié"})
    browser.post(address, {"file": png(), "alt": "La même"})
    jobs.run_pending(reraise=True)

    media = Media.objects.get()
    assert (media.width, media.height, media.alt_texts) == (600, 400, {"fr": "Torchon plié"})
    assert sorted(media.renditions, key=int) == ["160", "480", "1200"]
    shown = page(browser, "picture", media.public_id, 480)
    with Image.open(io.BytesIO(shown.getvalue())) as made:
        assert (made.format, made.size) == ("WEBP", (480, 320))
    browser.post(reverse("catalog:media_remove", args=[variant.product.public_id, media.public_id]))
    assert not Media.objects.exists()


def test_a_picture_stands_last_whatever_was_taken_away(browser, variant):
    address = reverse("catalog:media", args=[variant.product.public_id])
    for width in (600, 601, 602):
        browser.post(address, {"file": png(width)})
    first = Media.objects.order_by("position").first()
    browser.post(reverse("catalog:media_remove", args=[variant.product.public_id, first.public_id]))

    browser.post(address, {"file": png(603)})

    assert list(Media.objects.order_by("position", "pk").values_list("width", "position")) == [
        (601, 1),
        (602, 2),
        (603, 3),
    ]


def test_a_picture_of_another_merchant_is_not_found(browser, client, variant):
    browser.post(reverse("catalog:media", args=[variant.product.public_id]), {"file": png()})
    jobs.run_pending(reraise=True)
    media = Media.objects.get()
    client.force_login(make_member(make_merchant(), Role.OWNER))

    assert page(client, "picture", media.public_id, 160).status_code == 404


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"broken" * 50),
        SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("a.html", b"<script>alert(1)</script>"),
        "small",
        "bomb",
    ],
)
def test_what_is_no_picture_is_refused(browser, variant, file):
    if file == "small":
        file = png(100, 100)
    elif file == "bomb":
        buffer = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
        file = SimpleUploadedFile("bomb.png", buffer.getvalue())

    response = browser.post(reverse("catalog:media", args=[variant.product.public_id]), {"file": file})

    assert response.status_code == 422
    assert not Media.objects.exists()
