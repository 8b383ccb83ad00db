"""Store names as they are compared: two that a buyer could take for one another have one key.

After the skeletons of Unicode UTS #39, reduced to what a store's name in Latin letters may be confused with.
"""

import re
import unicodedata
from typing import Final

# Names that would pass for the marketplace's own voice.
_RESERVED: Final = (
    "passerelle",
    "support",
    "admin",
    "administration",
    "service client",
    "customer service",
    "aide",
    "help",
    "official store",
    "boutique officielle",
)
# Letters of other alphabets and digits, each beside the Latin letter that it looks like.
_LOOKS: Final = str.maketrans(
    "абвгԁеѕіјкӏмпорсԛтухѡуαβγεηικνορτυχω015|ı",
    "abbrdesijklmnopcqtyxwyabyenikvoptuxwolsll",
)


def key(name: str) -> str:
    """Return what is equal for names that look alike: no accent, case, space, sign; 0 as o, i and 1 as l."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKS)
    letters = "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))
    return letters.replace("rn", "m").replace("vv", "w").replace("i", "l")[:100]


def is_reserved(name: str) -> bool:
    """Tell whether the name would pass for the marketplace itself."""
    own = key(name)
    return own in _KEYS or own.startswith(_KEYS[0])


def mixes_alphabets(name: str) -> bool:
    """Tell whether Latin letters stand beside Cyrillic or Greek ones."""
    alphabets = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    return len(alphabets & {"LATIN", "CYRILLIC", "GREEK"}) > 1 or bool(
        re.search(r"[\u200b-\u200f\u2060\ufeff]", name)
    )


_KEYS: Final = tuple(key(name) for name in _RESERVED)
