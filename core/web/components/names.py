"""Names of what has a code: countries, languages, currencies, in the reader's language."""

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name
from django.utils.translation import get_language, to_locale
from django_countries import countries


def country_name(code: str) -> str:
    """Return the name of a country (ISO 3166-1, two letters); the code itself when nobody knows it."""
    return str(countries.name(code) or code)


def currency_name(code: str) -> str:
    """Return the name of a currency (ISO 4217), as a title begins; the code itself when nobody knows it."""
    name = get_currency_name(code, locale=to_locale(get_language() or "fr"))
    return name[:1].upper() + name[1:]


def language_name(code: str) -> str:
    """Return the name of a language (BCP 47, such as ``nl`` or ``fr-BE``); the code itself when unknown."""
    try:
        name = Locale.parse(code, sep="-").get_language_name(Locale.parse(get_language() or "en", sep="-"))
    except (UnknownLocaleError, ValueError):
        return code
    return name or code
