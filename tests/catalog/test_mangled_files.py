"""Files of the shapes merchants send, cut anywhere or re-encoded: read or refused, never half written."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

import catalog
from catalog.enums import ImportStatus
from catalog.models import Import, Listing, Price, Product, ProductText, Variant
from catalog.services.imports import deciding, mapping
from core.services import jobs
from tests.catalog.conftest import AT, counts

pytestmark = pytest.mark.django_db

OWN = "".join(
    (Path(catalog.__file__).parent / "demo" / "catalogue.csv")
    .read_text(encoding="utf-8-sig")
    .splitlines(True)[:9]
)
# The header of a public catalogue of food: commas, quotes around commas, addresses, no price nor stock.
FOOD = (
    "gs1_prefix_country,ean13,product_name,ingredients,image_url\n"
    'FR,9520000000011,"Confiture de cassis, 370 g","Cassis, sucre, pectine. ""Sans colorant"".",\n'
    "FR,9520000000028,Terrine de canard,,https://pictures.example/1/front_fr.jpg\n"
    'FR,9520000000035,Crème brûlée,"Crème,\nœufs, sucre",https://pictures.example/2/front_fr.jpg\n'
)
ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "mac_roman",
    "cp850",
    "utf-7",
]
PRICE = {"constant": "4,90"}


def workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Produits")
        for line, row in enumerate(OWN.splitlines()):
            sheet.write_row(line, 0, row.split(";"))
    return buffer.getvalue()


WORKBOOK = workbook()


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Return a file written in some encoding, cut at both ends, with a few bytes overwritten."""
    source = draw(st.sampled_from([OWN, FOOD, None]))
    encoding = draw(st.sampled_from(ENCODINGS))
    data = bytearray(WORKBOOK if source is None else source.encode(encoding, errors="replace"))
    for place in draw(st.lists(st.integers(0, len(data) - 1), max_size=3)):
        data[place] = draw(st.integers(0, 255))
    start = draw(st.sampled_from([0, 0, 0, 1, 3, 60]))
    return bytes(data[start : draw(st.integers(0, len(data)))])


def fields_of(received: Import) -> mapping.Fields:
    """Return what the page would propose, and constants for what the file does not have."""
    fields = mapping.proposal(received=received)
    taken = {source.get("column") for source in fields.values()}
    free = [column for column in received.columns if column not in taken]
    for code in ("sku", "title"):
        if not fields.get(code) and free:
            fields[code] = {"column": free.pop(0)}
    fields.setdefault("price", PRICE)
    fields.setdefault("category", {"constant": "Linge de maison"})
    fields.pop("quantity", None)
    return fields | {"market": {"constant": "FR"}, "language": {"constant": "fr"}}


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Product, Variant, ProductText, Price, Listing))


def walk(browser: Client, import_of: Callable[[], Import | None], data: bytes, by: object) -> None:
    """Send a file as the page does, map it, try it, confirm it; at each step nothing is half done."""
    answer = browser.post(
        reverse("catalog:import_new"), {"file": SimpleUploadedFile("catalogue.csv", data)}, follow=False
    )
    received = import_of()
    if received is None:
        assert answer.status_code == 422
        assert answer.context["form"].errors["file"]
        return
    assert answer.status_code == 302
    assert browser.get(answer["Location"]).status_code == 200
    try:
        mapping.map_columns(
            merchant_id=received.merchant_id,
            import_id=received.pk,
            fields=fields_of(received),
            by=by,
            at=AT,
        )
    except mapping.BadMapping as refusal:
        assert refusal.details["fields"]
        assert written() == (0, 0, 0, 0, 0)
        return
    jobs.run_pending(reraise=True)
    received.refresh_from_db()
    assert written() == (0, 0, 0, 0, 0)
    assert received.status in (ImportStatus.READY, ImportStatus.FAILED)
    assert browser.get(reverse("catalog:import", args=[received.public_id])).status_code == 200
    if received.status == ImportStatus.FAILED:
        return
    promised = counts(received)
    assert sum(promised) == received.rows_total
    try:
        deciding.confirm(merchant_id=received.merchant_id, import_id=received.pk, by=by, at=AT)
    except deciding.NothingToWrite:
        assert promised[0] == 0
        return
    jobs.run_pending(reraise=True)
    received.refresh_from_db()
    assert received.status in (ImportStatus.COMPLETE, ImportStatus.PARTIAL)
    assert counts(received) == promised
    products, variants, *_rest = written()
    assert (products, variants) == (promised[0], promised[0])
    report = browser.get(reverse("catalog:import", args=[received.public_id]))
    assert report.status_code == 200


@hypothesis(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(data=OWN.encode("utf-8-sig"))
@example(data=FOOD.encode("utf-16"))
@example(data=FOOD.encode()[:-20])
@example(data=OWN.encode("utf-16-le")[:-1])
@example(data=OWN.encode()[: OWN.encode().index("é".encode()) + 1])
@example(data=WORKBOOK)
@example(data=WORKBOOK[:-30])
@given(data=mangled())
def test_a_mangled_file_is_written_as_promised_or_refused(client, merchant, manager, data):
    client.force_login(manager)

    with transaction.atomic():
        walk(client, Import.objects.for_merchant(merchant).first, data, manager)
        transaction.set_rollback(True)
