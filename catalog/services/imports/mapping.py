"""Say which column fills which field; remembered for the merchant's next file with the same header."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.enums import ImportStatus
from catalog.models import Import, ImportMapping, Location, Market
from catalog.services.imports import receiving
from catalog.services.imports.fields import BY_CODE, COLUMN_FIELDS, propose, used
from catalog.services.imports.files import header_hash
from catalog.services.languages import LANGUAGES
from core.models import User
from core.refusals import Refusal
from core.services import jobs

Fields = dict[str, dict[str, str]]
OPEN = (ImportStatus.UPLOADED, ImportStatus.READY, ImportStatus.ANALYSING)


class BadMapping(Refusal):
    """The mapping cannot be used; ``fields`` in the details names the fields and why."""

    code = "bad_mapping"
    status = 422


class NotOpen(Refusal):
    """The import has been confirmed, cancelled, or is over: it takes no other mapping."""

    code = "import_not_open"


def proposal(*, received: Import) -> Fields:
    """Return the mapping in use, else the remembered one, else one from the names of the columns."""
    if received.fields:
        return dict(received.fields)
    remembered = (
        ImportMapping.objects.for_merchant(received.merchant_id)
        .filter(header_hash=header_hash(received.columns))
        .values_list("fields", flat=True)
        .first()
    )
    names = set(received.columns)
    if remembered:
        return {c: s for c, s in remembered.items() if "column" not in s or s["column"] in names}
    return {
        **propose(received.columns, receiving.sample(received, rows=50)),
        "market": {"constant": "FR"},
        "language": {"constant": "fr"},
    }


@transaction.atomic
def map_columns(*, merchant_id: int, import_id: int, fields: Fields, by: User, at: datetime) -> Import:
    """Take a mapping and ask for the dry run. Another mapping may be taken until the import is confirmed.

    Raises ``BadMapping`` and ``NotOpen``.
    """
    received: Import = Import.objects.for_merchant(merchant_id).select_for_update().get(pk=import_id)
    if received.status not in OPEN:
        raise NotOpen(_("This import is already decided. Send the file again."), status=received.status)
    received.fields = _checked(merchant_id, received.columns, fields)
    received.status = ImportStatus.ANALYSING
    received.next_line, received.analysed_at, received.failure = 0, None, ""
    received.rows.all().delete()
    received.issues.all().delete()
    received.save(update_fields=["fields", "status", "next_line", "analysed_at", "failure"])
    ImportMapping.objects.update_or_create(
        merchant_id=merchant_id,
        header_hash=header_hash(received.columns),
        defaults={"fields": received.fields},
    )
    jobs.enqueue(
        "catalog.analyse_import", by=by, import_id=received.pk, mapping=mapping_hash(received.fields)
    )
    return received


def mapping_hash(fields: Mapping[str, Mapping[str, str]]) -> str:
    """Name a mapping, so that a job for an older one knows that it is late."""
    return header_hash([f"{code}={sorted(source.items())}" for code, source in fields.items()])


def _checked(merchant_id: int, columns: list[str], fields: Fields) -> Fields:
    """Return the mapping without what is empty; raises ``BadMapping`` with the reasons by field."""
    kept: Fields = {}
    wrong: dict[str, str] = {}
    names = set(columns)
    for code, source in fields.items():
        column, constant = source.get("column", ""), str(source.get("constant", "")).strip()
        if code not in BY_CODE:
            wrong[code] = _("There is no such field.")
        elif column and column not in names:
            wrong[code] = _("The file has no column “%(name)s”.") % {"name": column}
        elif column and not BY_CODE[code].is_setting:
            kept[code] = {"column": column} | ({"constant": constant} if constant else {})
        elif constant:
            kept[code] = {"constant": constant[:500]}
    if "column" not in kept.get("sku", {}):
        wrong["sku"] = _("Choose the column that holds your SKUs.")
    if used(kept) <= {"sku", "market", "location", "language"}:
        wrong["title"] = _("Choose at least one column besides the SKU.")
    wrong |= _check_settings(merchant_id, kept)
    if wrong:
        raise BadMapping(_("Some columns still have to be chosen."), fields=wrong)
    return kept


def _check_settings(merchant_id: int, kept: Fields) -> dict[str, str]:
    wrong: dict[str, str] = {}
    market = kept.get("market", {}).get("constant", "")
    if "price" in kept and not Market.objects.filter(country=market).exists():
        wrong["market"] = _("Choose the market whose prices these are.")
    location = kept.get("location", {}).get("constant", "")
    if "quantity" in kept and not _location_exists(merchant_id, location):
        wrong["location"] = _("Choose where this stock lies.")
    language = kept.setdefault("language", {"constant": "fr"})["constant"]
    if language not in LANGUAGES:
        wrong["language"] = _("Choose one of the languages.")
    return wrong


def _location_exists(merchant_id: int, public_id: str) -> bool:
    locations = Location.objects.for_merchant(merchant_id).filter(closed_at__isnull=True)
    return public_id in {str(found) for found in locations.values_list("public_id", flat=True)}


def label_of(code: str) -> str:
    """Return a field's name in the reader's language."""
    return str(BY_CODE[code].label) if code in BY_CODE else ""


def column_of(fields: Fields, code: str) -> str:
    """Return the column that fills a field; empty when none does."""
    return fields.get(code, {}).get("column", "")


__all__ = ["COLUMN_FIELDS", "BadMapping", "NotOpen", "column_of", "label_of", "map_columns", "proposal"]
