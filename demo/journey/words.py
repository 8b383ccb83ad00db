"""The words on the screen, in the language of whoever walks.

They belong to the pages: here they are only looked up, by what the code of the pages calls them.
"""

from django.utils.translation import gettext, ngettext, pgettext

LANGUAGE = "fr"


def say(words: str, context: str = "") -> str:
    """Answer the words as the page shows them."""
    return pgettext(context, words) if context else gettext(words)


def begin(one: str, many: str) -> str:
    """Answer how words begin that hold a figure: « Import 12 rows » is pressed as « Import »."""
    return ngettext(one, many, 2).partition("%(")[0].strip()
