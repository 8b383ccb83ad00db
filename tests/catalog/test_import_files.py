"""Files of every kind: what is read, and what is refused with which reason."""

import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from catalog.services.imports import files, messages, numbers
from catalog.services.imports.fields import propose

TEXT = "SKU;Désignation;Prix\nA1;Thé glacé d’été;12,90\nA2;Crème brûlée;1,50\n"


def inspect(data):
    return files.inspect(io.BytesIO(data if isinstance(data, bytes) else data.encode()))


def rows(data):
    file = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return list(files.read(file, files.detect(file)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators_are_found(encoding, separator):
    text = TEXT.replace(";", separator) if separator != "," else TEXT.replace(",", ".").replace(";", ",")

    table = inspect(text.encode(encoding))

    assert table.columns == ["SKU", "Désignation", "Prix"]
    assert (table.dialect.separator, table.rows) == (separator, 2)
    assert rows(text.encode(encoding))[1].cells[1] == "Thé glacé d’été"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"sku;title\n", "no_rows"),
        (b"sku;title;SKU\n1;2;3\n", "duplicate_header"),
        (b"%PDF-1.7\n%\xe2\xe3", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "not_a_table"),
        (b"sku;title\nA\x00B;x\n", "binary"),
        (bytes(range(256)) * 40, "binary"),
        (b"PK\x03\x04broken", "damaged"),
        ((";".join(f"c{i}" for i in range(600)) + "\nx\n").encode(), "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(data, reason):
    with pytest.raises(files.UnreadableFile) as refused:
        inspect(data)

    assert refused.value.details["reason"] == reason
    assert refused.value.message


def test_a_zip_that_is_no_workbook_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")

    with pytest.raises(files.UnreadableFile):
        inspect(buffer.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(files, "MAX_XLSX_UNPACKED", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_000)

    with pytest.raises(files.UnreadableFile) as refused:
        inspect(buffer.getvalue())

    assert refused.value.details["reason"] == "too_large"


def test_a_workbook_is_read_with_long_numbers_whole():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Produits")
        sheet.write_row(0, 0, ["sku", "ean", "prix"])
        sheet.write_row(1, 0, ["A1", 3257985793152, 12.9])

    assert inspect(buffer.getvalue()).dialect.sheet == "Produits"
    assert rows(buffer.getvalue())[1].cells == ["A1", "3257985793152", "12.9"]


def test_a_quote_that_is_never_closed_is_told_and_the_others_are_read():
    found = rows('sku;title\nA1;"two"x\nA2;fine\n')

    assert [(row.line, row.problem) for row in found] == [(1, ""), (2, "broken_quotes"), (3, "")]


def test_a_cell_of_ten_megabytes_is_told_and_the_others_are_read():
    found = rows("sku;title\nA1;" + "x" * 10_000_000 + "\nA2;fine\n")

    assert [(row.line, row.problem) for row in found] == [(1, ""), (2, "cell_too_long"), (3, "")]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
def test_formulas_are_neutralized_and_come_back(cell):
    assert files.neutralize(cell) == "'" + cell
    assert files.restore(files.neutralize(cell)) == cell


@given(st.text())
def test_neutralizing_is_undone_exactly(cell):
    if not (cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") and len(cell) > 1):
        assert files.restore(files.neutralize(cell)) == cell


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(data):
    try:
        inspect(data)
    except files.UnreadableFile as refused:
        assert refused.details["reason"]


@given(st.decimals(min_value="0.01", max_value="9999999", places=2))
def test_amounts_are_read_in_french_and_in_english(amount):
    english = f"{amount:,.2f}"
    french = english.replace(",", "\u202f").replace(".", ",")

    assert numbers.parse_amount(english).value == amount
    assert numbers.parse_amount(f"{french}\u00a0€") == numbers.Amount(amount, "EUR")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "ambiguous_number"),
        ("129,9O", "not_a_number"),
        ("abc", "not_a_number"),
        ("12,", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("١٢", "not_a_number"),
    ],
)
def test_what_is_no_number_is_refused(text, code):
    with pytest.raises(numbers.NotANumber) as refused:
        numbers.parse_amount(text)

    assert refused.value.code == code
    assert messages.problem(code, refused.value.params)
    assert messages.remedy(code, refused.value.params)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_not_one(text):
    try:
        assert isinstance(numbers.parse_amount(text).value, Decimal)
    except numbers.NotANumber as error:
        assert error.code in messages.codes()


def test_columns_are_proposed_in_several_languages():
    assert propose(["Artikelnummer", "Bezeichnung", "Preis", "Menge"]) == {
        "sku": {"column": "Artikelnummer"},
        "title": {"column": "Bezeichnung"},
        "price": {"column": "Preis"},
        "quantity": {"column": "Menge"},
    }
