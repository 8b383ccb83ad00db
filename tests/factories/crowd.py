"""Many merchants at once, in a few statements: copies of one that the services made, with all it has."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, models

from core.models import DataKey
from merchants.models import (
    Appeal,
    Application,
    Company,
    Decision,
    Document,
    DocumentPart,
    Letter,
    Measure,
    Merchant,
    Note,
    RiskAssessment,
    StoredFile,
    Trait,
)

#: The key of copy ``n``; a merchant's second row of a kind comes a million later.
KEY = "1000000 * (1 + {place}) + n"
SIREN = "(100000000 + n)::text"
COUNTRY = "CASE n % 30 WHEN 3 THEN 'RE' WHEN 4 THEN 'MC' WHEN 5 THEN 'BE' ELSE 'FR' END"
STATUS = "CASE WHEN n % 20 = 0 THEN 'in_review' WHEN n % 50 = 1 THEN 'proposed' ELSE 'submitted' END"
CHANGES: dict[type[models.Model], dict[str, str]] = {
    Merchant: {
        "store_name": "'Maison ' || (ARRAY['Épeire','Lande','Corne','Sorgue'])[1 + n % 4] || ' ' || n",
        "name_key": "'maison' || n",
        "slug": "'maison-' || n",
        "country": COUNTRY,
    },
    Company: {
        "siren": SIREN,
        "siret": f"{SIREN} || '00014'",
        "legal_name": "'ATELIER ' || (ARRAY['VERRE','CHANVRE','CUIR'])[1 + n % 3] || ' ' || n",
        "legal_form_code": "(ARRAY['5710','5710','5499','1000','9220'])[1 + n % 5]",
        "country": COUNTRY,
    },
    Application: {
        "status": STATUS,
        "due_at": "due_at + (n - 2000) * interval '7 minutes'",
        "submitted_at": "submitted_at - n * interval '1 minute'",
        "assigned_to_id": "CASE WHEN n % 20 = 0 THEN {reviewer} END",
        "held_since": "CASE WHEN n % 20 = 0 THEN submitted_at END",
        "held_until": "CASE WHEN n % 20 = 0 THEN submitted_at + n * interval '1 minute' END",
        "proposed_by_id": "CASE WHEN n % 50 = 1 THEN {reviewer} END",
        "proposed_at": "CASE WHEN n % 50 = 1 THEN submitted_at END",
    },
    RiskAssessment: {
        "points": "n % 120",
        "codes": "CASE WHEN n % 97 = 0 THEN '[\"young_company\"]'::jsonb ELSE '[]'::jsonb END",
    },
    Trait: {"fingerprint": "CASE WHEN n % 500 = 7 THEN fingerprint ELSE md5(fingerprint || n) END"},
    Measure: {
        "status": "CASE WHEN n % 100 = 3 THEN 'proposed' ELSE status END",
        "reason": "(ARRAY['unsafe_product','fraud','counterfeit'])[1 + n % 3]",
    },
    Appeal: {"decide_until": "decide_until + n % 40"},
}
#: What belongs to a merchant, in the order of its foreign keys.
OWNED = (
    *(Company, Application, RiskAssessment, Trait, StoredFile, Document, DocumentPart),
    *(Decision, Note, Letter, Measure, Appeal),
)


def make_crowd(like: Merchant, count: int, *, reviewer: int, first: int = 1) -> None:
    """Add merchants like this one: whatever rows of ``OWNED`` it has, each copy has too.

    Their sealed texts stay sealed under the key of the first; lists read none of them.
    """
    span = (first, first + count - 1)
    own = {"public_id": "gen_random_uuid()", "data_key_id": KEY.format(place=0)}
    copy(DataKey, like.data_key_id, span, {"id": KEY.format(place=0), **own})
    places: dict[tuple[type[models.Model], int], int] = {(Merchant, like.pk): 0}
    copy(Merchant, like.pk, span, {"id": KEY.format(place=0), **own, **CHANGES[Merchant]})
    for model in OWNED:
        rows = model._default_manager.filter(**{f"{model.merchant_path}": like}).order_by("pk")
        for place, pk in enumerate(rows.values_list("pk", flat=True)):
            places[model, pk] = place
            changes = {
                name: text.replace("{reviewer}", str(reviewer))
                for name, text in CHANGES.get(model, {}).items()
            }
            copy(
                model,
                pk,
                span,
                {"id": KEY.format(place=place), **own, **dict(_links(model, pk, places)), **changes},
            )


def _links(
    model: type[models.Model], pk: int, places: Mapping[tuple[type[models.Model], int], int]
) -> Iterator[tuple[str, str]]:
    """Let a copy point to the copies of what the row points to."""
    row = model._default_manager.filter(pk=pk).values().get()
    for field in model._meta.local_concrete_fields:
        if (
            field.related_model
            and (place := places.get((field.related_model, row[field.attname]))) is not None
        ):
            yield field.column, KEY.format(place=place)


def copy(model: type[models.Model], pk: int, span: tuple[int, int], changes: Mapping[str, Any]) -> None:
    """Insert copies of a row; ``changes`` are expressions over ``n``, the number of the copy."""
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), [f.column for f in model._meta.local_concrete_fields]
    values = ", ".join(str(changes.get(name, f"row.{quote(name)}")) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, columns))}) SELECT {values}"
            f" FROM {table} AS row, generate_series({span[0]}, {span[1]}) AS n WHERE row.id = {pk}"
        )
