"""The texts of products, language by language."""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.enums import TextStatus
from catalog.models import Product, ProductText
from catalog.services import readiness, search
from core.models import User
from core.refusals import Refusal
from core.services.copying import copy_rows


class NoSource(Refusal):
    """A translation needs the source text that it translates."""

    code = "no_source_text"


class UnknownProduct(Refusal):
    """A product is not this merchant's."""

    code = "unknown_product"
    status = 404


class NothingToAccept(Refusal):
    """There is no text in that language."""

    code = "no_text"
    status = 404


@dataclass(frozen=True, slots=True)
class NewText:
    """A product's texts in one language. ``description`` or ``bullets`` None: left as they are."""

    product_id: int
    language: str
    title: str
    description: str | None = None
    bullets: Sequence[str] | None = None
    is_machine_made: bool = False


@dataclass(frozen=True, slots=True)
class _Whole:
    product_id: int
    language: str
    title: str
    description: str
    bullets: list[str]
    status: str
    source_hash: str
    is_machine_made: bool


_FIELDS: tuple[str, ...] = (
    "product_id",
    "language",
    "title",
    "description",
    "bullets",
    "slug",
    "status",
    "source_hash",
)
_FIELDS += ("is_machine_made", "updated_at")

_UPDATE = """
UPDATE catalog_producttext AS t
SET title = new.title, description = new.description, bullets = new.bullets::jsonb, slug = new.slug,
    status = new.status, source_hash = new.source_hash, is_machine_made = new.is_machine_made,
    accepted_by_id = NULL, accepted_at = NULL, updated_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::text[], %s::boolean[])
    AS new (product_id, language, title, description, bullets, slug, status, source_hash, is_machine_made)
WHERE t.product_id = new.product_id AND t.language = new.language
"""

_OUTDATE = """
UPDATE catalog_producttext AS t SET status = 'outdated', updated_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new (product_id, language, source_hash)
WHERE t.product_id = new.product_id AND t.language <> new.language AND t.source_hash <> new.source_hash
  AND t.status <> 'outdated'
"""


def source_hash(title: str, description: str, bullets: Sequence[str]) -> str:
    """Name a source text: translations keep the hash of what they were made from."""
    whole = json.dumps([title, description, list(bullets)], ensure_ascii=False, separators=(",", ":"))
    return sha256(whole.encode()).hexdigest()


@transaction.atomic
def write_many(
    *,
    merchant_id: int,
    texts: Iterable[NewText],
    at: datetime,
    search_is_written: Container[int] = (),
) -> int:
    """Write texts, in a fixed number of statements; answers how many were new or changed.

    A text in the product's source language that changes makes its translations outdated. A machine's text
    is not published before ``accept``. A product is locked while its texts change. Raises ``UnknownProduct``
    and ``NoSource``. Products in ``search_is_written`` hold these texts in their search column already.
    """
    wanted = {(text.product_id, text.language): text for text in texts}
    product_ids = sorted({product_id for product_id, _language in wanted})
    if not product_ids:
        return 0
    sources = dict(
        Product.objects.for_merchant(merchant_id)
        .filter(pk__in=product_ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", "source_language")
    )
    if len(sources) != len(product_ids):
        raise UnknownProduct(_("This product does not exist."))
    languages = {*(language for _pk, language in wanted), *sources.values()}
    standing = {
        (text.product_id, text.language): text
        for text in ProductText.objects.filter(product_id__in=product_ids, language__in=languages)
    }
    new, changed = _sort_out(wanted, sources, standing)
    copy_rows(ProductText, _FIELDS, (_row(text, at) for text in new))
    with connection.cursor() as cursor:
        if changed:
            cursor.execute(_UPDATE, [at, *_columns(changed)])
        told = [text for text in changed if text.language == sources[text.product_id]]
        if told:
            cursor.execute(
                _OUTDATE,
                [
                    at,
                    [text.product_id for text in told],
                    [text.language for text in told],
                    [text.source_hash for text in told],
                ],
            )
    touched = {text.product_id for text in (*new, *changed)}
    search.refresh(product_ids=sorted(pk for pk in touched if pk not in search_is_written))
    return len(new) + len(changed)


def _sort_out(
    wanted: dict[tuple[int, str], NewText],
    sources: dict[int, str],
    standing: dict[tuple[int, str], ProductText],
) -> tuple[list[_Whole], list[_Whole]]:
    """Complete each wanted text from what stands, and keep what is new and what differs."""
    new: list[_Whole] = []
    changed: list[_Whole] = []
    hashes: dict[int, str] = {}
    # The source first: its translations are made from what it says now.
    for key, text in sorted(wanted.items(), key=lambda item: item[0][1] != sources[item[0][0]]):
        product_id, language = key
        old = standing.get(key)
        whole = text.title, _description(text, old), _bullets(text, old)
        if language == sources[product_id]:
            hashes[product_id] = source_hash(*whole)
        elif product_id not in hashes:
            source = standing.get((product_id, sources[product_id]))
            if source is None:
                raise NoSource(_("Write the source text before its translation."))
            hashes[product_id] = source_hash(source.title, source.description, source.bullets)
        status = TextStatus.MACHINE if text.is_machine_made else TextStatus.HUMAN
        complete = _Whole(
            product_id, language, *whole, status, hashes[product_id], is_machine_made=text.is_machine_made
        )
        if old is None:
            new.append(complete)
        elif (old.title, old.description, old.bullets) != whole or old.status == TextStatus.OUTDATED:
            changed.append(complete)
    return new, changed


def _description(text: NewText, old: ProductText | None) -> str:
    if text.description is not None:
        return text.description
    return old.description if old else ""


def _bullets(text: NewText, old: ProductText | None) -> list[str]:
    if text.bullets is not None:
        return list(text.bullets)
    return old.bullets if old else []


def _row(text: _Whole, at: datetime) -> tuple[object, ...]:
    return (
        text.product_id,
        text.language,
        text.title,
        text.description,
        text.bullets,
        slugify(text.title)[:200],
        text.status,
        text.source_hash,
        text.is_machine_made,
        at,
    )


def _columns(texts: Sequence[_Whole]) -> list[list[object]]:
    rows = [
        (
            text.product_id,
            text.language,
            text.title,
            text.description,
            json.dumps(text.bullets),
            slugify(text.title)[:200],
            text.status,
            text.source_hash,
            text.is_machine_made,
        )
        for text in texts
    ]
    return [list(column) for column in zip(*rows, strict=True)]


@transaction.atomic
def write(
    *,
    merchant_id: int,
    product_id: int,
    language: str,
    title: str,
    description: str,
    bullets: Sequence[str],
    at: datetime,
) -> None:
    """Write one text by hand; see ``write_many``."""
    write_many(
        merchant_id=merchant_id,
        texts=[NewText(product_id, language, title, description, bullets)],
        at=at,
    )
    readiness.refresh(product_ids=[product_id], at=at)


@transaction.atomic
def accept(*, merchant_id: int, product_id: int, language: str, by: User, at: datetime) -> ProductText:
    """Say that a text holds for the source as it reads now: a machine's, an outdated one, or one written.

    Raises ``NothingToAccept``, ``UnknownProduct``.
    """
    product = (
        Product.objects.for_merchant(merchant_id).select_for_update(no_key=True).filter(pk=product_id).first()
    )
    if product is None:
        raise UnknownProduct(_("This product does not exist."))
    texts: dict[str, ProductText] = {text.language: text for text in product.texts.all()}
    text: ProductText | None
    text, source = texts.get(language), texts.get(product.source_language)
    if text is None or source is None:
        raise NothingToAccept(_("There is no text in this language yet."))
    text.status = TextStatus.REVIEWED
    text.source_hash = source_hash(source.title, source.description, source.bullets)
    text.accepted_by, text.accepted_at, text.updated_at = by, at, at
    text.save(update_fields=["status", "source_hash", "accepted_by", "accepted_at", "updated_at"])
    readiness.refresh(product_ids=[product_id], at=at)
    return text
