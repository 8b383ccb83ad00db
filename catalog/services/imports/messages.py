"""What each issue of a file says, and how to mend it, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_MESSAGES: dict[str, tuple[str | Promise, str | Promise]] = {
    "missing": (_("Nothing is written here."), _("Fill the cell: this field is required.")),
    "missing_title": (_("A new product needs a title."), _("Fill the title, or remove the row.")),
    "duplicate_sku": (_("Already used on line %(first)s."), _("Keep one of the two lines.")),
    "duplicate_cell": (
        _("Line %(first)s gives this product another value."),
        _("Write the same value on both lines."),
    ),
    "too_long": (_("%(found)s characters; the limit is %(most)s."), _("Shorten it to %(most)s.")),
    "long_title": (
        _("%(found)s characters: several markets cut titles at %(most)s."),
        _("Say what matters first."),
    ),
    "too_many_cells": (
        _("%(found)s cells for %(expected)s columns."),
        _("Put texts that hold the separator between quotes."),
    ),
    "too_few_cells": (
        _("%(found)s cells for %(expected)s columns: the row ends early."),
        _("What is missing is left as it is in the catalogue."),
    ),
    "broken_quotes": (
        _("A quotation mark is opened and not closed properly."),
        _("Double the quotation marks inside texts, and close each cell."),
    ),
    "cell_too_long": (
        _("A cell holds more than 131,072 characters."),
        _("Close its quotation marks, or shorten it."),
    ),
    "control_character": (
        _("It holds an invisible character (%(character)s)."),
        _("Type the text again, without pasting."),
    ),
    "not_a_number": (_("This is not a number."), _("Write digits only, such as 1234,50.")),
    "ambiguous_number": (
        _("%(value)s can be read as thousands or as decimals."),
        _("Write it without thousands separator, with two decimals."),
    ),
    "price_not_positive": (_("A price is more than zero."), _("Write the price, VAT included.")),
    "number_too_large": (_("This number is too large."), _("Check the column and the decimal mark.")),
    "too_many_decimals": (
        _("%(currency)s has %(decimals)s decimals; there are more."),
        _("Round the price."),
    ),
    "not_whole": (_("A quantity is a whole number."), _("Remove the decimals.")),
    "negative": (_("A quantity is not negative."), _("Write 0 when nothing is left.")),
    "wrong_currency": (
        _("The price is in %(found)s, the market is in %(expected)s."),
        _("Write it in %(expected)s, or choose the market where %(found)s is used."),
    ),
    "unknown_category": (_("This category is unknown."), _("Choose a category of the list.")),
    "unknown_country": (_("This country is unknown."), _("Write its two letters, such as FR.")),
    "gtin_rounded": (
        _("The spreadsheet has rounded this code: digits are lost."),
        _("Format the column as text and paste the codes again."),
    ),
    "gtin_not_digits": (_("A GTIN holds digits only."), _("Read the code again under the bars.")),
    "gtin_length": (
        _("%(found)s digits; a GTIN has 8, 12, 13 or 14."),
        _("Leading zeros may have been lost: format the column as text."),
    ),
    "gtin_check_digit": (
        _("The check digit is wrong."),
        _("Read the code again: with these digits before it, the last one is %(expected)s."),
    ),
    "gtin_internal": (
        _("Codes that begin with 2 are for use inside a shop: channels refuse them."),
        _("Use the maker's GTIN, or leave the cell empty."),
    ),
    "price_drop": (
        _("The price falls by %(percent)s %%."),
        _("Check the decimal mark; you will be asked to confirm."),
    ),
    "translations_outdated": (
        _("Translations that will be marked outdated: %(count)s."),
        _("Read them again after the import."),
    ),
    "other_reference": (
        _("This SKU belongs to the product %(known)s."),
        _("Write this reference, or another SKU."),
    ),
    "archived": (
        _("This product is archived."),
        _("Take it out of the archive before you change it."),
    ),
    "below_reserved": (
        _("%(reserved)s are reserved for orders."),
        _("Write at least this number, or send the orders first."),
    ),
}
_LETTER_O = (_("It holds the letter O instead of a zero."), _("Replace the letter by a zero."))
_CHARACTER = _("It holds “%(character)s”, which is not part of a number.")
_CLOSEST = _("Perhaps “%(closest)s”?")


def problem(code: str, params: Mapping[str, str]) -> str:
    """Say what is wrong."""
    if code == "not_a_number" and params.get("character") in {"O", "o"}:
        return str(_LETTER_O[0])
    if code == "not_a_number" and params.get("character"):
        return str(_CHARACTER) % params
    return str(_MESSAGES[code][0]) % params


def remedy(code: str, params: Mapping[str, str]) -> str:
    """Say how to mend it."""
    if code == "not_a_number" and params.get("character") in {"O", "o"}:
        return str(_LETTER_O[1])
    if code == "unknown_category" and params.get("closest"):
        return str(_CLOSEST) % params
    return str(_MESSAGES[code][1]) % params


def codes() -> frozenset[str]:
    """Return every code that an issue can have."""
    return frozenset(_MESSAGES)
