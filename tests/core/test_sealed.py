"""Sealed personal data."""

import base64

import pytest
from django.core.management import call_command

from core import sealed
from core.models import DataKey

pytestmark = pytest.mark.django_db
IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture(autouse=True)
def _no_cache():
    sealed._cache.forget()


def test_unseals_what_was_sealed_and_shows_none_of_it():
    key = sealed.new_key("merchant")

    blob = sealed.seal(key, IBAN)

    assert sealed.unseal(blob) == IBAN
    assert sealed.unseal(memoryview(blob)) == IBAN
    assert b"3000" not in blob
    assert sealed.seal(key, IBAN) != blob


def test_the_database_holds_no_open_key():
    key = sealed.new_key("merchant")

    raw = sealed._raw_keys([key.pk])[key.pk]

    assert raw is not None
    assert raw not in bytes(DataKey.objects.get(pk=key.pk).wrapped)


@pytest.mark.parametrize("place", [0, 4, 15, -1])
def test_altered_bytes_are_unreadable(place):
    blob = bytearray(sealed.seal(sealed.new_key("merchant"), IBAN))
    blob[place] ^= 1
    other = sealed.new_key("other")
    DataKey.objects.exclude(pk=other.pk)

    if place == 4:
        blob[:] = blob[:1] + other.pk.to_bytes(8, "big") + blob[9:]

    with pytest.raises(sealed.Unreadable):
        sealed.unseal(bytes(blob))


def test_a_destroyed_key_erases_at_once_though_it_was_in_use():
    key = sealed.new_key("merchant")
    blob = sealed.seal(key, IBAN)
    assert sealed.unseal(blob) == IBAN

    sealed.destroy(key)

    assert sealed.unseal(blob) is sealed.ERASED
    with pytest.raises(sealed.KeyDestroyed):
        sealed.seal(key, IBAN)
    key.refresh_from_db()
    assert key.wrapped is None
    assert key.destroyed_at is not None


def test_a_second_destruction_keeps_the_first_date():
    key = sealed.new_key("merchant")
    sealed.destroy(key)
    first = DataKey.objects.get(pk=key.pk).destroyed_at

    sealed.destroy(key)

    assert DataKey.objects.get(pk=key.pk).destroyed_at == first


def test_notices_within_the_trusted_moment_that_another_process_destroyed_a_key(monkeypatch):
    key = sealed.new_key("merchant")
    blob = sealed.seal(key, IBAN)
    DataKey.objects.filter(pk=key.pk).update(wrapped=None, destroyed_at=key.created_at)
    assert sealed.unseal(blob) == IBAN

    now = sealed.time.monotonic()
    monkeypatch.setattr(sealed.time, "monotonic", lambda: now + sealed.TRUST_SECONDS)

    assert sealed.unseal(blob) is sealed.ERASED


def test_many_rows_of_many_keys_cost_one_query(django_assert_num_queries):
    blobs = []
    for number in range(20):
        key = sealed.new_key("merchant")
        blobs += [sealed.seal(key, f"{number}-{row}") for row in range(5)]
    sealed._cache.forget()

    with django_assert_num_queries(1):
        texts = sealed.unseal_many(blobs)

    assert texts == [f"{number}-{row}" for number in range(20) for row in range(5)]


def test_rows_of_one_key_read_one_by_one_cost_one_query(django_assert_num_queries):
    key = sealed.new_key("merchant")
    blobs = [sealed.seal(key, str(row)) for row in range(50)]
    sealed._cache.forget()

    with django_assert_num_queries(1):
        texts = [sealed.unseal(blob) for blob in blobs]

    assert texts == [str(row) for row in range(50)]


def test_equal_texts_have_equal_fingerprints_that_need_the_key():
    assert sealed.fingerprint(IBAN) == sealed.fingerprint(IBAN)
    assert sealed.fingerprint(IBAN) != sealed.fingerprint(IBAN + " ")
    assert len(sealed.fingerprint(IBAN)) == 64
    assert DataKey.objects.filter(purpose=sealed.FINGERPRINT).count() == 1


def test_a_new_instance_key_keeps_texts_and_fingerprints(settings, capsys):
    blob, print_ = sealed.seal(sealed.new_key("merchant"), IBAN), sealed.fingerprint(IBAN)
    gone = sealed.new_key("gone")
    sealed.destroy(gone)
    settings.INSTANCE_KEYS_OLD = [settings.INSTANCE_KEY]
    settings.INSTANCE_KEY = base64.b64encode(bytes(range(32))).decode()

    call_command("rewrap_keys")
    call_command("rewrap_keys")

    settings.INSTANCE_KEYS_OLD = []
    sealed._cache.forget()
    assert capsys.readouterr().out.split("\n")[:2] == ["2 keys wrapped anew.", "0 keys wrapped anew."]
    assert sealed.unseal(blob) == IBAN
    assert sealed.fingerprint(IBAN) == print_


def test_without_the_instance_key_nothing_is_read(settings):
    blob = sealed.seal(sealed.new_key("merchant"), IBAN)
    sealed._cache.forget()
    settings.INSTANCE_KEY = base64.b64encode(bytes(32)).decode()

    with pytest.raises(sealed.Unreadable):
        sealed.unseal(blob)


def test_an_instance_key_of_another_size_is_refused(settings):
    settings.INSTANCE_KEY = base64.b64encode(b"short").decode()

    with pytest.raises(sealed.Unreadable, match="32 bytes"):
        sealed.new_key("merchant")
