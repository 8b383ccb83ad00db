"""Personal data, encrypted at rest so that destroying one key erases them all, in history and backups too.

A text is sealed with AES-256-GCM under a data key (``DataKey``, one per merchant or purpose); the data key is
wrapped in the same way by the instance's key, which is not in the database. Layouts, integers big-endian:

- sealed text: version (1 byte), key's pk (8), nonce (12), ciphertext and tag; the first two authenticated;
- wrapped key: version (1), first 4 bytes of the instance's key's SHA-256, nonce (12), ciphertext and tag.

Unwrapped keys are kept in the process for ``TRUST_SECONDS``, so that a list of a merchant's rows costs one
query. The trade: a key destroyed by another process may still be used here that long; one destroyed here,
not at all. ``unseal_many`` reads rows of many keys with one query.
"""

import hashlib
import hmac
import secrets
import struct
import threading
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.keys import DataKey
from core.refusals import Refusal

VERSION: Final = 1
HEADER: Final = struct.Struct(">BQ")
NONCE: Final = 12
TRUST_SECONDS: Final = 1.0
CACHE_SIZE: Final = 2000
FINGERPRINT: Final = "fingerprint"
SECOND_FACTOR: Final = "second factor"


class Erased(str):
    """What stands where a text was erased."""

    __slots__ = ()


ERASED: Final = Erased("—")


class KeyDestroyed(Refusal):
    code = "key_destroyed"
    status = 410
    default_message = _("These data have been erased.")


class Unreadable(Exception):
    """Sealed bytes that were altered, or wrapped by an instance's key we do not have."""


class _Cache:
    """The last used data keys, unwrapped, each trusted for a moment."""

    def __init__(self) -> None:
        self._keys: OrderedDict[int, tuple[bytes | None, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, pk: int) -> tuple[bool, bytes | None]:
        with self._lock:
            raw, until = self._keys.get(pk, (None, 0.0))
            return until > time.monotonic(), raw

    def put(self, pk: int, raw: bytes | None) -> None:
        with self._lock:
            self._keys[pk] = (raw, time.monotonic() + TRUST_SECONDS)
            self._keys.move_to_end(pk)
            while len(self._keys) > CACHE_SIZE:
                self._keys.popitem(last=False)

    def forget(self, pk: int | None = None) -> None:
        with self._lock:
            if pk is None:
                self._keys.clear()
            else:
                self._keys.pop(pk, None)


_cache = _Cache()


def new_key(purpose: str) -> DataKey:
    """Create a data key, for instance one per merchant."""
    return DataKey.objects.create(purpose=purpose, wrapped=new_wrapped())


def new_wrapped() -> bytes:
    """Make a data key, wrapped as it is stored; for migrations, which have their own model of ``DataKey``."""
    return _wrap(secrets.token_bytes(32))


def shared_key(purpose: str) -> DataKey:
    """Return the key of a purpose that has one for all (the table allows no second), made at first use."""
    key = DataKey.objects.filter(purpose=purpose).first()
    if key is None:
        DataKey.objects.bulk_create([DataKey(purpose=purpose, wrapped=new_wrapped())], ignore_conflicts=True)
        key = DataKey.objects.get(purpose=purpose)
    return key


def seal(key: DataKey | int, text: str) -> bytes:
    """Encrypt a text under the key, for a ``SealedField``. A destroyed key raises ``KeyDestroyed``."""
    return seal_bytes(key, text.encode())


def seal_bytes(key: DataKey | int, data: bytes) -> bytes:
    """Encrypt the content of a file under the key. A destroyed key raises ``KeyDestroyed``."""
    pk = key if isinstance(key, int) else key.pk
    raw = _raw_keys([pk])[pk]
    if raw is None:
        raise KeyDestroyed
    header, nonce = HEADER.pack(VERSION, pk), secrets.token_bytes(NONCE)
    return header + nonce + AESGCM(raw).encrypt(nonce, data, header)


def unseal(blob: bytes | memoryview) -> str:
    """Decrypt; ``ERASED`` when the key was destroyed. Altered bytes raise ``Unreadable``."""
    return unseal_many([blob])[0]


def unseal_many(blobs: Sequence[bytes | memoryview]) -> list[str]:
    """Decrypt many, in their order, with at most one query whatever their number and keys."""
    sealed = [bytes(blob) for blob in blobs]
    keys = _raw_keys(_key_of(blob) for blob in sealed)
    opened = (_open(blob, keys[_key_of(blob)]) for blob in sealed)
    return [ERASED if data is None else data.decode() for data in opened]


def unseal_bytes(blob: bytes) -> bytes | None:
    """Decrypt the content of a file; None when the key was destroyed. Altered bytes raise ``Unreadable``."""
    pk = _key_of(blob)
    return _open(blob, _raw_keys([pk])[pk])


def destroy(key: DataKey | int, *, at: datetime | None = None) -> None:
    """Erase all that the key sealed, for ever. A second call changes nothing.

    Backups made before still hold the wrapped key: they must not outlive the promised delay of erasure.
    """
    pk = key if isinstance(key, int) else key.pk
    DataKey.objects.filter(pk=pk, destroyed_at=None).update(wrapped=None, destroyed_at=at or timezone.now())
    _cache.forget(pk)


def fingerprint(text: str) -> str:
    """Return a keyed hash (HMAC-SHA256, 64 hex digits) by which equal texts are found without reading them.

    Its key is a data key of its own, made at first use: changing the instance's key changes no fingerprint.
    Normalize the text before.
    """
    return fingerprint_many([text])[0]


def fingerprint_many(texts: Sequence[str]) -> list[str]:
    """Return the fingerprints of many texts, in their order, with one query."""
    raw = _unwrap(bytes(shared_key(FINGERPRINT).wrapped or b""))
    return [hmac.new(raw, text.encode(), hashlib.sha256).hexdigest() for text in texts]


@transaction.atomic
def rewrap() -> int:
    """Wrap every data key by the present ``INSTANCE_KEY``; returns how many were wrapped by an older one.

    Keep the older keys in ``INSTANCE_KEYS_OLD`` until it has run. Sealed texts are not touched.
    """
    current = _key_id(_instance_keys()[0])
    changed = []
    for key in DataKey.objects.select_for_update().filter(destroyed_at=None).order_by("pk"):
        wrapped = bytes(key.wrapped or b"")
        if wrapped[1:5] != current:
            key.wrapped = _wrap(_unwrap(wrapped))
            changed.append(key)
    DataKey.objects.bulk_update(changed, ["wrapped"], batch_size=500)
    return len(changed)


def _raw_keys(pks: Iterable[int]) -> dict[int, bytes | None]:
    """Return the unwrapped keys, None for those destroyed or unknown; one query for what is not trusted."""
    found: dict[int, bytes | None] = {}
    missing = []
    for pk in set(pks):
        trusted, raw = _cache.get(pk)
        if trusted:
            found[pk] = raw
        else:
            missing.append(pk)
    if missing:
        wrapped = dict(DataKey.objects.filter(pk__in=missing).values_list("pk", "wrapped"))
        for pk in missing:
            blob = wrapped.get(pk)
            raw = None if blob is None else _unwrap(bytes(blob))
            _cache.put(pk, raw)
            found[pk] = raw
    return found


def _key_of(blob: bytes) -> int:
    if len(blob) < HEADER.size + NONCE or blob[0] != VERSION:
        raise Unreadable("not sealed by us")
    return int(HEADER.unpack_from(blob)[1])


def _open(blob: bytes, raw: bytes | None) -> bytes | None:
    if raw is None:
        return None
    header, nonce, body = (
        blob[: HEADER.size],
        blob[HEADER.size : HEADER.size + NONCE],
        blob[HEADER.size + NONCE :],
    )
    try:
        return AESGCM(raw).decrypt(nonce, body, header)
    except InvalidTag as error:
        raise Unreadable("altered since it was sealed") from error


def _wrap(raw: bytes) -> bytes:
    instance_key = _instance_keys()[0]
    head, nonce = bytes([VERSION]) + _key_id(instance_key), secrets.token_bytes(NONCE)
    return head + nonce + AESGCM(instance_key).encrypt(nonce, raw, head)


def _unwrap(wrapped: bytes) -> bytes:
    head, nonce, body = wrapped[:5], wrapped[5 : 5 + NONCE], wrapped[5 + NONCE :]
    for instance_key in _instance_keys():
        if _key_id(instance_key) == head[1:]:
            try:
                return AESGCM(instance_key).decrypt(nonce, body, head)
            except InvalidTag as error:
                raise Unreadable("wrapped key altered") from error
    raise Unreadable("wrapped by an instance's key that is not among INSTANCE_KEY and INSTANCE_KEYS_OLD")


def _instance_keys() -> list[bytes]:
    keys = [b64decode(key) for key in (settings.INSTANCE_KEY, *settings.INSTANCE_KEYS_OLD)]
    if any(len(key) != 32 for key in keys):
        raise Unreadable("INSTANCE_KEY must be 32 bytes in base64")
    return keys


def _key_id(instance_key: bytes) -> bytes:
    return hashlib.sha256(instance_key).digest()[:4]
