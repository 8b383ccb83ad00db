"""The trail as a file that somebody else can check: JSON lines, chained by hash, signed as a whole.

Every line is one JSON object with sorted keys. The first says what the file is; then one line a version, in
the order they were written in each table; the last is the seal. Each line but the first holds in
``previous`` the SHA-256 (hexadecimal) of the line before it, so none can be changed, removed, added or
moved. The seal signs (Ed25519, base64) the SHA-256 of the line before it. Its key is derived from the
instance's key (HKDF-SHA256), and the public half stands in the file: whoever knows it needs no secret to
check. Values that are sealed stay ciphertext in base64: a file never shows what the destruction of a key
has erased.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TextIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core.models import TrailRow

FORMAT: Final = "passerelle-trail-1"
CHUNK: Final = 2000


class Forged(Exception):
    """The file is not what this instance wrote; the text says where it breaks."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file that holds says of itself."""

    lines: int
    made_at: str
    public_key: str


def history_models() -> list[type[models.Model]]:
    """Return the models of all tables of history, by name."""
    found = [model for model in apps.get_models() if issubclass(model, TrailRow)]
    return sorted(found, key=lambda model: model._meta.label)


def write(out: TextIO, *, at: datetime, since: datetime | None = None, merchant_id: int | None = None) -> int:
    """Write the versions kept since a moment (all), of one merchant (everybody's), and return how many."""
    previous = _put(out, {"format": FORMAT, "made_at": at, "since": since, "merchant_id": merchant_id})
    count = 0
    for row in _rows(since, merchant_id):
        previous = _put(out, {**row, "previous": previous})
        count += 1
    key = _signing_key(settings.INSTANCE_KEY)
    seal = {
        "lines": count,
        "previous": previous,
        "public_key": _public(key),
        "signature": b64encode(key.sign(previous.encode())).decode(),
    }
    _put(out, {"seal": seal})
    return count


def verify(lines: Iterable[str]) -> Checked:
    """Check a file written here; ``Forged`` names the first line that does not hold.

    Files signed before the instance's key was changed are checked with ``INSTANCE_KEYS_OLD``.
    """
    head: dict[str, Any] | None = None
    previous, count = "", 0
    for number, line in enumerate(lines, 1):
        said = _read(line, number)
        if head is None:
            if said.get("format") != FORMAT:
                raise Forged(f"line 1: not a file of the format {FORMAT}")
            head = said
        elif head.get("sealed"):
            raise Forged(f"line {number}: stands after the seal")
        elif "seal" in said:
            head["sealed"] = _check_seal(said["seal"], previous, count, number)
            continue
        else:
            if said.get("previous") != previous:
                raise Forged(f"line {number}: does not follow the line before it")
            count += 1
        previous = _hash(line)
    if head is None or not head.get("sealed"):
        raise Forged("the seal is missing: the file is cut off")
    return Checked(count, str(head["made_at"]), head["sealed"])


def _check_seal(seal: dict[str, Any], previous: str, count: int, number: int) -> str:
    if seal.get("previous") != previous or seal.get("lines") != count:
        raise Forged(f"line {number}: the seal does not follow the lines before it")
    for instance_key in (settings.INSTANCE_KEY, *settings.INSTANCE_KEYS_OLD):
        key = _signing_key(instance_key)
        if _public(key) == seal.get("public_key"):
            try:
                key.public_key().verify(b64decode(seal["signature"]), previous.encode())
            except (InvalidSignature, ValueError) as error:
                raise Forged(f"line {number}: the signature is wrong") from error
            return _public(key)
    raise Forged(f"line {number}: signed by a key that is not this instance's")


def _rows(since: datetime | None, merchant_id: int | None) -> Iterator[dict[str, Any]]:
    for model in history_models():
        if merchant_id is not None and getattr(model, "merchant_path", None) is None:
            continue
        rows: Any = model._default_manager.select_related("pgh_context").order_by("pgh_id")
        if merchant_id is not None:
            rows = rows.for_merchant(merchant_id)
        if since is not None:
            rows = rows.filter(pgh_created_at__gte=since)
        fields = [field for field in model._meta.concrete_fields if not field.name.startswith("pgh_")]
        for row in rows.iterator(CHUNK):
            context = row.pgh_context
            yield {
                "table": model._meta.label,
                "id": row.pgh_id,
                "at": row.pgh_created_at,
                "act": row.pgh_label,
                "object": row.pgh_obj_id,
                "context": context.metadata if context else {},
                "row": {field.attname: _plain(getattr(row, field.attname)) for field in fields},
            }


def _plain(value: Any) -> Any:
    return b64encode(bytes(value)).decode() if isinstance(value, bytes | memoryview) else value


def _put(out: TextIO, said: dict[str, Any]) -> str:
    line = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    out.write(f"{line}\n")
    return _hash(line)


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise Forged(f"line {number}: cannot be read") from error
    if not isinstance(said, dict):
        raise Forged(f"line {number}: cannot be read")
    return said


def _hash(line: str) -> str:
    return hashlib.sha256(line.rstrip("\n").encode()).hexdigest()


def _signing_key(instance_key: str) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=FORMAT.encode())
    return Ed25519PrivateKey.from_private_bytes(derived.derive(b64decode(instance_key)))


def _public(key: Ed25519PrivateKey) -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode()
