"""Trade families: what a merchant may plan to sell, and what the law asks of each.

The catalogue lies above and knows categories; each of its categories belongs to one family, and touches the
same waste streams (a test compares them). Streams are numbered as in the Code de l'environnement, article
L541-10-1, for every country.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# The countries where stores sell: the catalogue's markets.
MARKETS: Final = ("FR", "BE", "DE", "ES", "IT", "PL", "GB", "CN")
UNION: Final = frozenset(code.upper() for code in vat.MEMBER_STATES) - {"XI"}
HOME: Final = "FR"

STREAMS: Final[Mapping[str, "_StrPromise"]] = {
    "01": _("Household packaging"),
    "03": _("Graphic papers"),
    "05": _("Electrical and electronic equipment"),
    "06": _("Batteries"),
    "07": _("Chemicals"),
    "10": _("Furniture"),
    "11": _("Textiles and shoes"),
    "12": _("Toys"),
    "13": _("Sport and leisure goods"),
    "14": _("DIY and garden goods"),
}


@dataclass(frozen=True, slots=True)
class Family:
    """``categories`` are codes of the catalogue. Food is outside Regulation (EU) 2023/988 (article 2, 2)."""

    code: str
    label: "_StrPromise"
    streams: frozenset[str]
    categories: frozenset[str] = frozenset()
    needs_insurance: bool = False
    is_food: bool = False


def _family(code: str, label: "_StrPromise", streams: str, categories: str = "", **flags: bool) -> Family:
    return Family(code, label, frozenset(streams.split()), frozenset(categories.split()), **flags)


FAMILIES: Final[Mapping[str, Family]] = {
    family.code: family
    for family in (
        _family("home", _("Kitchen, tableware and decoration"), "01", "cuisine decoration"),
        _family("linen", _("Household linen"), "01 11", "linge-de-maison"),
        _family("furniture", _("Furniture"), "01 10", "meubles"),
        _family("candles", _("Candles and scents"), "01 07", "bougies"),
        _family("fashion", _("Clothes and shoes"), "01 11", "vetements chaussures"),
        _family("accessories", _("Leather goods and jewellery"), "01", "maroquinerie bijoux"),
        _family("beauty", _("Beauty and hygiene"), "01", "soins savons parfums"),
        _family(
            "food", _("Food and soft drinks"), "01", "epicerie-sucree epicerie-salee boissons", is_food=True
        ),
        _family("alcohol", _("Wines and spirits"), "01", "vins-et-alcools", is_food=True),
        _family(
            "supplements",
            _("Food supplements"),
            "01",
            "complements-alimentaires",
            is_food=True,
            needs_insurance=True,
        ),
        _family("toys", _("Toys and baby goods"), "01 12", "jouets puericulture", needs_insurance=True),
        _family("books", _("Books and stationery"), "01 03", "livres papeterie"),
        _family("garden", _("DIY and garden"), "01 14", "outils"),
        _family("plants", _("Seeds and plants"), "01", "graines-et-plantes"),
        _family("sport", _("Sport and cycling"), "01 13", "velo"),
        _family("electronics", _("Electrical and electronic goods"), "01 05 06", needs_insurance=True),
    )
}


def streams_of(families: Iterable[str]) -> list[str]:
    """Return the waste streams that the families touch, by number. Codes no longer known count for none."""
    touched = {stream for code in families if code in FAMILIES for stream in FAMILIES[code].streams}
    return sorted(touched)


def need_insurance(families: Iterable[str]) -> list[Family]:
    """Return the families for which the marketplace asks for product liability insurance."""
    return [f for code in families if (f := FAMILIES.get(code)) and f.needs_insurance]


def are_safety_regulated(families: Iterable[str]) -> bool:
    """Tell whether one of the families falls under the General Product Safety Regulation."""
    return any(not f.is_food for code in families if (f := FAMILIES.get(code)))


def abroad_in_union(markets: Iterable[str]) -> list[str]:
    """Return the markets of other member states."""
    return [country for country in markets if country in UNION and country != HOME]


def outside_union(markets: Iterable[str]) -> list[str]:
    return [country for country in markets if country not in UNION]
