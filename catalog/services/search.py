"""Find products by words, in any language, with the text search every PostgreSQL has.

Words are cut and folded here, for writing and for asking alike: case, accents and ligatures go, Chinese and
Japanese are cut character by character. The server sees only finished words, so it needs no dictionary.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.db import connection

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th"})
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 60
_MOST_WORDS = 400


def words(text: str) -> list[str]:
    """Cut a text into folded words: ``Crème brûlée n°2`` → ``creme brulee n 2``."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return [word[:_LONGEST] for word in _WORD.findall(_CJK.sub(r" \1 ", bare))]


def vector(*, titles: Iterable[str], codes: Iterable[str], brand: str = "") -> str:
    """Return a ``tsvector`` as PostgreSQL reads it: titles and codes weigh A, the brand B."""
    weights: dict[str, str] = dict.fromkeys(words(brand), "B")
    for text in (*titles, *codes):
        weights.update(dict.fromkeys(words(text), "A"))
    kept = list(weights.items())[:_MOST_WORDS]
    return " ".join(f"'{word}':{place}{weight}" for place, (word, weight) in enumerate(kept, start=1))


def query(text: str) -> str:
    """Return a ``tsquery``: all words, each as a beginning. Empty when the text holds no word."""
    return " & ".join(f"'{word}':*" for word in dict.fromkeys(words(text)[:12]))


def refresh(*, product_ids: Sequence[int]) -> None:
    """Write the search column of products anew, from their texts, codes and brand."""
    if not product_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.brand, p.reference,
                   ARRAY(SELECT t.title FROM catalog_producttext t WHERE t.product_id = p.id),
                   ARRAY(SELECT v.sku FROM catalog_variant v WHERE v.product_id = p.id),
                   ARRAY(SELECT v.gtin FROM catalog_variant v WHERE v.product_id = p.id AND v.gtin <> '')
            FROM catalog_product p WHERE p.id = ANY(%s)
            """,
            [list(product_ids)],
        )
        vectors = {
            pk: vector(titles=titles, codes=[reference, *skus, *gtins], brand=brand)
            for pk, brand, reference, titles, skus, gtins in cursor.fetchall()
        }
        cursor.execute(
            """
            UPDATE catalog_product AS p SET search = new.search::tsvector
            FROM unnest(%s::bigint[], %s::text[]) AS new (id, search)
            WHERE p.id = new.id AND p.search IS DISTINCT FROM new.search::tsvector
            """,
            [list(vectors), list(vectors.values())],
        )
