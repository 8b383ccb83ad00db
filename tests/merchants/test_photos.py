"""Photos as telephones take them: a HEIC picture that knows its place and its camera."""

import io
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.services import jobs
from merchants.models import Document
from merchants.services import contents
from tests.merchants.steps import give_company

pytestmark = pytest.mark.django_db
#: 320 x 200, left half red, right half blue; its EXIF names a camera, a moment and a place (GPS).
PHOTO = Path(__file__).parent / "data" / "photo.heic"
GPS, CAMERA = 0x8825, 0x010F


def test_a_heic_photo_is_read_for_what_it_is():
    content = contents.inspect(io.BytesIO(PHOTO.read_bytes()))

    assert (content.content_type, content.extension, content.pages) == ("image/heic", "heic", 1)


def test_the_preview_of_a_heic_photo_shows_it_and_does_not_say_where_it_was_taken(merchant, owner, sign_in):
    with Image.open(PHOTO) as sent:
        assert sent.getexif()[CAMERA] == "Appareil" and sent.getexif().get_ifd(GPS)
    give_company(merchant, owner, timezone.now())
    client = sign_in(owner)
    with PHOTO.open("rb") as photo:
        answer = client.post(
            reverse("merchants:registration"),
            {"photo": photo, "issued_on": timezone.localdate().isoformat()},
        )
    assert answer.status_code == 302
    jobs.run_pending(reraise=True)

    page = client.get(reverse("merchants:document", args=[Document.objects.get().public_id]))
    [address] = page.context["shown"].pages
    preview = Image.open(io.BytesIO(client.get(address).content))

    assert (preview.format, preview.size) == ("WEBP", (320, 200))
    red, blue = preview.getpixel((40, 100)), preview.getpixel((280, 100))
    assert red[0] > 150 > red[2] and blue[2] > 150 > blue[0]
    assert not preview.getexif() and not {"exif", "xmp", "icc_profile"} & set(preview.info)
    # What was sent is kept as it came.
    original = client.get(page.context["shown"].files[0].url)
    assert original.content == PHOTO.read_bytes()
