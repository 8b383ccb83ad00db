"""Countries and languages are named in the reader's language."""

import pytest
from django.utils import translation

from core.web.components.names import country_name, currency_name, language_name


@pytest.mark.parametrize(
    ("language", "names"),
    [("fr", ("Allemagne", "néerlandais", "polonais")), ("en", ("Germany", "Dutch", "Polish"))],
)
def test_codes_are_named(language, names):
    with translation.override(language):
        assert (country_name("DE"), language_name("nl"), language_name("pl-PL")) == names


@pytest.mark.parametrize("code", ["", "!!", "zz-top-99"])
def test_what_nobody_knows_stays_a_code(code):
    assert (country_name(code), language_name(code)) == (code, code)


def test_a_currency_begins_like_a_title():
    with translation.override("fr"):
        assert (currency_name("EUR"), currency_name("GBP"), currency_name("???")) == (
            "Euro",
            "Livre sterling",
            "???",
        )
