"""The languages that texts of the catalogue are written in."""

from babel import Locale
from django.utils.translation import get_language, to_locale

LANGUAGES = ("fr", "de", "en", "es", "it", "nl", "pl", "pt", "zh")


def name(language: str) -> str:
    """Return a language's name in the reader's: ``Allemand``."""
    shown: str = Locale.parse(to_locale(get_language() or "fr")).languages.get(language, language)
    return shown[:1].upper() + shown[1:]
