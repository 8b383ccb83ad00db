"""How a store is named, presents itself, takes returns back and closes for a while."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from core.pictures import BadPicture
from merchants.models import (
    Holiday,
    Merchant,
    ReturnsAddress,
    SafetyContact,
    StoreAddress,
    StorePage,
    StoreText,
)
from merchants.services import addresses, holidays, safety, signup, store_names, store_page, stores, support
from merchants.services.addresses import PostalAddress
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db
SHOP = PostalAddress("Savonnerie  Perdrelle", "3 rue des Lavandes", "04300", "Forcalquier")
ROME = PostalAddress("Perdrelle Italia", "1 via Appia", "00179", "Roma", "IT")


@pytest.fixture
def who(merchant, owner):
    return {"merchant_id": merchant.pk, "by": owner, "at": AT}


@pytest.fixture
def neighbour(make_user):
    user = make_user()
    return {"merchant_id": signup.open_file(user_id=user.pk, at=AT).pk, "by": user, "at": AT}


@pytest.mark.parametrize(
    "name", ["LES PETITS POTS", "Les Petits Pots", "Les pétits p0ts", "Lespetitspots!", "Les Petlts Pots"]
)
def test_a_name_that_looks_like_another_is_taken(who, neighbour, name) -> None:
    stores.name_store(name="Les petits pots", **who)

    with pytest.raises(stores.NameTaken):
        stores.name_store(name=name, **neighbour)

    assert Merchant.objects.get(pk=neighbour["merchant_id"]).store_name == ""


@pytest.mark.parametrize(
    "name",
    [
        "Passerelle",
        "PasserelIe Store",
        "P a s s e r e l l e",
        "Pаsserelle",
        "5upport",
        "Admin",
        "Ma\u200bison",
    ],
)
def test_a_name_that_passes_for_the_marketplace_is_refused(who, name) -> None:
    with pytest.raises(stores.WrongName):
        stores.name_store(name=name, **who)


def test_keys_tell_apart_what_people_tell_apart() -> None:
    names = ["Maison Roy", "Maison Rose", "Les 3 Chênes", "Les 4 Chênes", "L’Atelier", "Atelier"]

    assert len({store_names.key(name) for name in names}) == len(names)


def test_a_former_address_stays_with_its_store(who, neighbour) -> None:
    stores.name_store(name="Perdrelle", **who)
    stores.move(slug="Savonnerie Perdrelle", **who)

    assert Merchant.objects.get(pk=who["merchant_id"]).slug == "savonnerie-perdrelle"
    with pytest.raises(stores.WrongSlug):
        stores.move(slug="perdrelle", **neighbour)
    with pytest.raises(stores.WrongSlug):
        stores.move(slug="savonnerie-perdrelle", **neighbour)
    assert stores.move(slug="perdrelle", **who).slug == "perdrelle"
    assert StoreAddress.objects.for_merchant(who["merchant_id"]).count() == 2


@pytest.mark.parametrize("slug", ["", "é", "passerelle-store", "support", "//"])
def test_an_address_that_cannot_be_is_refused(who, slug) -> None:
    with pytest.raises(stores.WrongSlug):
        stores.move(slug=slug, **who)


def picture(width=300, height=200, kind="PNG", **options) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind, **options)
    return io.BytesIO(out.getvalue())


def test_a_logo_is_made_anew_without_metadata(who, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    exif = Image.Exif()
    exif[0x010E] = "Zqmarque GPS"

    page = store_page.set_logo(file=picture(900, 600, "JPEG", exif=exif), **who)

    data = page.logo.read()
    with Image.open(io.BytesIO(data)) as logo:
        assert (logo.format, logo.size) == ("WEBP", (400, 267))
    assert b"Zqmarque" not in data and not page.logo.name.endswith(".jpg")


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", picture(100, 100).getvalue()])
def test_what_is_no_logo_is_refused(who, settings, tmp_path, data) -> None:
    settings.MEDIA_ROOT = tmp_path

    with pytest.raises(BadPicture):
        store_page.set_logo(file=io.BytesIO(data), **who)

    assert not StorePage.objects.exclude(logo="").exists()


def test_a_large_file_is_refused_before_it_is_read_whole(who) -> None:
    with pytest.raises(store_page.LogoTooLarge):
        store_page.set_logo(file=io.BytesIO(b"0" * (store_page.MAX_BYTES + 1)), **who)


def test_another_logo_and_none(who, settings, tmp_path, django_capture_on_commit_callbacks) -> None:
    settings.MEDIA_ROOT = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        first = store_page.set_logo(file=picture(), **who).logo
        second = store_page.set_logo(file=picture(), **who).logo
    assert not first.storage.exists(first.name) and second.storage.exists(second.name)

    with django_capture_on_commit_callbacks(execute=True):
        store_page.remove_logo(**who)
        store_page.remove_logo(**who)
    assert not second.storage.exists(second.name) and StorePage.objects.get().logo == ""


def test_texts_by_language(who) -> None:
    store_page.set_text(language="fr", description="Savons.", **who)
    store_page.set_text(language="fr", description="Savons de Provence.", **who)
    store_page.set_text(language="de", description="Seifen.", **who)
    store_page.set_text(language="de", description=" ", **who)

    assert [(t.language, t.description) for t in StoreText.objects.all()] == [("fr", "Savons de Provence.")]
    for wrong in ({"language": "xx", "description": "a"}, {"language": "fr", "description": "a" * 2001}):
        with pytest.raises(store_page.WrongText):
            store_page.set_text(**wrong, **who)


def test_support_is_told_in_hours_and_languages(who) -> None:
    page = support.set_support(languages=["en", "fr", "xx"], hours="Mo-Fr  09:00-12:00; PH off", **who)

    assert (page.support_languages, page.support_hours) == (["fr", "en"], "Mo-Fr 09:00-12:00; PH off")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"languages": [], "hours": "Mo 09:00-10:00"}, support.LanguageMissing),
        ({"languages": ["fr"], "hours": "quand je peux"}, support.WrongHours),
        ({"languages": ["fr"], "hours": ""}, support.WrongHours),
        ({"languages": ["fr"], "hours": "off"}, support.NeverOpen),
    ],
    ids=["language", "words", "empty", "never"],
)
def test_support_that_nobody_can_reach_is_refused(who, given, refusal) -> None:
    with pytest.raises(refusal):
        support.set_support(**given, **who)

    assert not StorePage.objects.exists()


def test_returns_go_to_the_address_of_their_zone(who) -> None:
    addresses.set_returns(zone="default", address=SHOP, **who)
    addresses.set_returns(zone="union", address=ROME, **who)
    addresses.remove_returns(zone="union", **who)

    [row] = ReturnsAddress.objects.all()
    assert (row.zone, row.name) == ("default", "Savonnerie Perdrelle")
    with pytest.raises(addresses.StillNeeded):
        addresses.remove_returns(zone="default", **who)


@pytest.mark.parametrize(
    ("zone", "address", "field"),
    [
        ("default", PostalAddress("", "1 rue", "04300", "Gap"), "name"),
        ("default", PostalAddress("A", " ", "04300", "Gap"), "street"),
        ("default", PostalAddress("A", "1 rue", "4300", "Gap"), "postcode"),
        ("default", PostalAddress("A", "1 rue", "04300", "Gap", "ZZ"), "country"),
        ("union", PostalAddress("A", "1 road", "EC1", "London", "GB"), "country"),
        ("moon", SHOP, "zone"),
    ],
    ids=["name", "street", "postcode", "country", "outside", "zone"],
)
def test_a_wrong_address_is_refused_at_its_line(who, zone, address, field) -> None:
    with pytest.raises(addresses.WrongAddress) as refused:
        addresses.set_returns(zone=zone, address=address, **who)

    assert refused.value.details["field"] == field
    assert not ReturnsAddress.objects.exists()


def test_the_safety_contact_is_in_the_union(who) -> None:
    contact = safety.set_contact(role="manufacturer", address=ROME, email=" Safety@Example.it ", **who)
    assert (contact.country, contact.email) == ("IT", "safety@example.it")

    outside = PostalAddress("Maker", "1 road", "EC1", "London", "GB")
    with pytest.raises(safety.OutsideUnion):
        safety.set_contact(role="manufacturer", address=outside, email="a@example.org", **who)
    with pytest.raises(safety.WrongRole):
        safety.set_contact(role="friend", address=ROME, email="a@example.org", **who)
    with pytest.raises(stores.WrongEmail):
        safety.set_contact(role="importer", address=ROME, email="a@", **who)
    assert SafetyContact.objects.get().name == "Perdrelle Italia"


def test_a_holiday_begins_and_ends_by_itself(who) -> None:
    holiday = holidays.plan(starts_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=8), **who)

    def closed(**later):
        return holidays.current(AT + timedelta(**later)).exists()

    assert [closed(days=0), closed(days=1), closed(days=7), closed(days=8)] == [False, True, True, False]
    assert holidays.coming(merchant_id=who["merchant_id"], at=AT) == [holiday]


def test_a_holiday_ends_early_or_never_begins(who) -> None:
    first = holidays.plan(starts_at=AT - timedelta(hours=1), ends_at=AT + timedelta(days=8), **who)
    assert first.starts_at == AT
    later = {**who, "at": AT + timedelta(days=2)}
    holidays.end(holiday_id=first.pk, **later)
    first.refresh_from_db()
    assert first.ends_at == AT + timedelta(days=2)
    holidays.end(holiday_id=first.pk, **{**who, "at": AT + timedelta(days=5)})
    first.refresh_from_db()
    assert first.ends_at == AT + timedelta(days=2)

    second = holidays.plan(starts_at=AT + timedelta(days=20), ends_at=AT + timedelta(days=22), **who)
    holidays.end(holiday_id=second.pk, **later)
    assert not Holiday.objects.filter(pk=second.pk).exists()


@pytest.mark.parametrize(
    ("start", "end"), [(3, 2), (-9, -2), (0, 93), (400, 410)], ids=["backwards", "past", "long", "far"]
)
def test_impossible_holidays_are_refused(who, start, end) -> None:
    with pytest.raises(holidays.WrongDates):
        holidays.plan(starts_at=AT + timedelta(days=start), ends_at=AT + timedelta(days=end), **who)


def test_holidays_do_not_overlap_and_a_stranger_ends_none(who, neighbour) -> None:
    holiday = holidays.plan(starts_at=AT, ends_at=AT + timedelta(days=3), **who)

    with pytest.raises(holidays.Overlaps):
        holidays.plan(starts_at=AT + timedelta(days=2), ends_at=AT + timedelta(days=5), **who)
    with pytest.raises(Holiday.DoesNotExist):
        holidays.end(holiday_id=holiday.pk, **neighbour)
    holidays.plan(starts_at=AT, ends_at=AT + timedelta(days=3), **neighbour)
