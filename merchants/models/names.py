"""How names are indexed to be found by the beginnings of their words, without case and accents."""

from typing import Any, Final

from django.contrib.postgres.search import SearchVector
from django.db.models import CharField, F, Func, Value

_ACCENTED: Final = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ"
_PLAIN: Final = "AAAAAACEEEEIIIINOOOOOUUUUYY"
ACCENTED: Final = _ACCENTED + _ACCENTED.lower() + "-’'&."
#: What stands for each accented letter; a mark between words parts them.
PLAIN: Final = _PLAIN + _PLAIN.lower() + "     "


def plain(text: str) -> str:
    """Return the text as ``name_vector`` reads it."""
    return text.translate(str.maketrans(ACCENTED, PLAIN))


def name_vector(field: str) -> SearchVector:
    """Return the words of a name. PostgreSQL's core has no ``unaccent``; ``translate`` does for names."""
    translated: Any = Func(
        F(field), Value(ACCENTED), Value(PLAIN), function="translate", output_field=CharField()
    )
    return SearchVector(translated, config="simple")
