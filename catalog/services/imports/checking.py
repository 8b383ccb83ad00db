"""Check one row of a file: from cells to values, with what is wrong in each."""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django_countries import countries
from stdnum import ean

from catalog.enums import Severity
from catalog.services.imports.fields import plain
from catalog.services.imports.numbers import NotANumber, check_price, parse_amount, parse_quantity

TITLE_MOST, TITLE_ADVISED, DESCRIPTION_MOST, SKU_MOST, BRAND_MOST = 200, 150, 20_000, 60, 100
_KEEP_CONTROLS = "\t\n\r"


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong, or worth knowing, about a field. Messages are in ``messages``."""

    field: str
    code: str
    severity: Severity = Severity.ERROR
    value: str = ""
    params: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """A row after its checks. ``values`` holds only what the file fills: what is absent is left as it is."""

    values: dict[str, Any]
    issues: list[Issue]

    @property
    def has_error(self) -> bool:
        return any(issue.severity == Severity.ERROR for issue in self.issues)


@dataclass(frozen=True, slots=True)
class Categories:
    """The category tree as files name it: ``by_name`` maps a plain name, or the code, to a key."""

    by_name: Mapping[str, int]
    labels: Mapping[str, str]

    def closest(self, name: str) -> str:
        near = get_close_matches(plain(name), self.by_name, n=1, cutoff=0.75)
        return self.labels[near[0]] if near else ""


class RowChecker:
    """Checks rows by one mapping. Where a row names no value, the constant of the mapping holds.

    ``source`` maps a field's code to the position of its column, ``constants`` to its text.
    """

    def __init__(
        self,
        *,
        source: Mapping[str, int],
        constants: Mapping[str, str],
        currency: str,
        categories: Categories,
    ) -> None:
        self.source, self.constants = source, constants
        self.currency, self.categories = currency, categories
        self.parsers: dict[str, Callable[[str], Any]] = {
            "sku": self._sku,
            "reference": self._sku,
            "title": self._title,
            "description": self._description,
            "brand": self._brand,
            "category": self._category,
            "gtin": self._gtin,
            "price": self._price,
            "quantity": lambda text: parse_quantity(text),
            "weight_g": lambda text: parse_quantity(text, most=2_000_000),
            "origin_country": self._country,
        }
        self.codes = [code for code in self.parsers if code in source or code in constants]
        self.issues: list[Issue] = []

    def check(self, cells: list[str], *, width: int) -> Checked:
        """Check a row's cells; ``width`` is the number of columns of the header."""
        self.issues = []
        values: dict[str, Any] = {}
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            self.issues.append(
                Issue("", "too_many_cells", params={"found": str(len(cells)), "expected": str(width)})
            )
            return Checked(values, self.issues)
        if len(cells) < width:
            self.issues.append(
                Issue(
                    "",
                    "too_few_cells",
                    Severity.WARNING,
                    params={"found": str(len(cells)), "expected": str(width)},
                )
            )
        for code in self.codes:
            self._read(code, cells, values)
        if "sku" not in values and not any(issue.field == "sku" for issue in self.issues):
            self.issues.append(Issue("sku", "missing"))
        return Checked(values, self.issues)

    def _read(self, code: str, cells: list[str], values: dict[str, Any]) -> None:
        index = self.source.get(code)
        text = cells[index].strip() if index is not None and index < len(cells) else ""
        text = text or self.constants.get(code, "")
        if not text:
            return
        bad = None if text.isprintable() else _control(text)
        if bad:
            self.issues.append(
                Issue(code, "control_character", value=visible(text), params={"character": bad})
            )
            return
        try:
            values[code] = self.parsers[code](text)
        except NotANumber as error:
            self.issues.append(Issue(code, error.code, value=visible(text), params=error.params))
        except _Refused as error:
            self.issues.append(Issue(code, error.code, value=visible(text), params=error.params))

    def _sku(self, text: str) -> str:
        if len(text) > SKU_MOST:
            raise _Refused("too_long", found=str(len(text)), most=str(SKU_MOST))
        return text

    def _title(self, text: str) -> str:
        title = " ".join(text.split())
        if len(title) > TITLE_MOST:
            raise _Refused("too_long", found=str(len(title)), most=str(TITLE_MOST))
        if len(title) > TITLE_ADVISED:
            self._warn("title", "long_title", title, found=str(len(title)), most=str(TITLE_ADVISED))
        return title

    def _description(self, text: str) -> str:
        if len(text) > DESCRIPTION_MOST:
            raise _Refused("too_long", found=str(len(text)), most=str(DESCRIPTION_MOST))
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _brand(self, text: str) -> str:
        if len(text) > BRAND_MOST:
            raise _Refused("too_long", found=str(len(text)), most=str(BRAND_MOST))
        return " ".join(text.split())

    def _category(self, text: str) -> int:
        found = self.categories.by_name.get(plain(text))
        if found is None:
            raise _Refused("unknown_category", closest=self.categories.closest(text))
        return found

    def _gtin(self, text: str) -> str:
        gtin = ean.compact(text)
        # Spreadsheets write long numbers as 3.25798E+12: the digits are lost, no guess brings them back.
        if re.fullmatch(r"\d([.,]\d+)?E\+\d+", gtin, re.IGNORECASE):
            raise _Refused("gtin_rounded")
        if not (gtin.isascii() and gtin.isdigit()):
            raise _Refused("gtin_not_digits")
        if len(gtin) not in {8, 12, 13, 14}:
            raise _Refused("gtin_length", found=str(len(gtin)))
        expected = ean.calc_check_digit(gtin[:-1])
        if gtin[-1] != expected:
            raise _Refused("gtin_check_digit", expected=expected)
        if gtin[0] == "2" and len(gtin) == 13:
            self._warn("gtin", "gtin_internal", gtin)
        return gtin

    def _price(self, text: str) -> str:
        amount = parse_amount(text)
        if amount.currency is not None and amount.currency != self.currency:
            raise _Refused("wrong_currency", found=amount.currency, expected=self.currency)
        return f"{check_price(amount.value, self.currency):f}"

    def _country(self, text: str) -> str:
        code = text.upper()
        if code not in countries.countries:
            code = str(countries.by_name(text, language="fr") or countries.by_name(text, language="en"))
        if not code:
            raise _Refused("unknown_country")
        return code

    def _warn(self, code: str, issue: str, value: str, **params: str) -> None:
        self.issues.append(Issue(code, issue, Severity.WARNING, visible(value), params))


class _Refused(Exception):
    def __init__(self, code: str, **params: str) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def _control(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in _KEEP_CONTROLS:
            return f"U+{ord(character):04X}"
    return ""


def visible(text: str) -> str:
    """Write a value so that it can be stored and shown: no control character, at most 200 characters."""
    shown = "".join(c if unicodedata.category(c) not in {"Cc", "Cs"} else "\ufffd" for c in text[:201])
    return shown if len(shown) <= 200 else shown[:199] + "…"


def is_price_drop(old: Decimal, new: Decimal) -> bool:
    """Tell whether a price falls by more than four fifths: rather a slip than an offer."""
    return new < old / 5
