"""Countries and languages are named in the reader's language."""

import pytest
from django.utils import translation

from core.web.components.names import browser_name, country_name, currency_name, language_name


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


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130 "
            "Safari/537.36 Edg/130.0.0.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.10", "curl/8.10"),
        ("", ""),
    ],
)
def test_a_browser_is_named_with_its_system(user_agent, name):
    assert browser_name(user_agent) == name
