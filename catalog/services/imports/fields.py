"""Which fields a catalogue file can fill, and the names that other programs give their columns."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours. ``synonyms`` are column names in several languages, written as ``plain`` leaves them.

    A field that ``is_setting`` holds for the whole file and is never read from a column.
    """

    code: str
    label: str | Promise
    help: str | Promise
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    is_setting: bool = False


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


FIELDS: tuple[Field, ...] = (
    Field(
        "sku",
        _("SKU"),
        _("Your own code of what is sold, unique in your catalogue."),
        _words(
            "sku codearticle refarticle referencearticle artikelnummer artnr sellersku "
            "itemsku referencia codicearticolo shopsku offersku itemnumber productid id"
        ),
        is_required=True,
    ),
    Field(
        "reference",
        _("Product reference"),
        _("Rows with the same reference are variants of one product. Without it, each SKU is a product."),
        _words(
            "reference ref parentsku productreference referenceproduit itemgroupid handle "
            "variantgroup groupedevariantes codemodele modele"
        ),
    ),
    Field(
        "title",
        _("Title"),
        _("In your source language. At most 200 characters."),
        _words(
            "title titre titel titulo titolo tytul name nom nombre nome nazwa productname "
            "nomduproduit nomproduit libelle designation intitule itemname produktname "
            "produkttitel bezeichnung denominazione producttitle postname"
        ),
    ),
    Field(
        "description",
        _("Description"),
        _("In your source language."),
        _words(
            "description descriptif beschreibung descripcion descrizione opis bodyhtml "
            "productdescription descriptionlongue descriptionproduit ingredients details "
            "texte"
        ),
    ),
    Field(
        "brand", _("Brand"), "", ("brand", "marque", "marke", "marca", "vendor", "hersteller", "fabricant")
    ),
    Field(
        "category",
        _("Category"),
        _("Its name in French or English, or its code."),
        _words(
            "category categorie kategorie categoria kategoria rayon producttype famille "
            "productcategory categorieproduit googleproductcategory"
        ),
    ),
    Field(
        "gtin",
        _("GTIN (barcode)"),
        _("8, 12, 13 or 14 digits; the check digit is verified."),
        _words(
            "gtin ean ean13 gtin13 gtin14 upc barcode codebarre codebarres codeean strichcode "
            "codigodebarras codiceabarre isbn eancode externalproductid"
        ),
    ),
    Field(
        "price",
        _("Price, VAT included"),
        _("In the currency of the market chosen below: 1 234,50 or 1,234.50."),
        _words(
            "price prix preis precio prezzo cena prixttc prixdevente tarif tarifttc "
            "sellingprice standardprice verkaufspreis pvp variantprice prixpublic pvttc"
        ),
    ),
    Field(
        "quantity",
        _("Stock on hand"),
        _("A whole number, at the location chosen below."),
        _words(
            "quantity quantite qte qty stock menge bestand cantidad quantita ilosc "
            "existencias giacenza inventory enstock stockdisponible disponible available"
        ),
    ),
    Field(
        "weight_g",
        _("Weight in grams, packed"),
        "",
        _words(
            "weight weightg poids poidsg poidsengrammes gewicht gewichtg peso pesog "
            "variantgrams grams grammes waga"
        ),
    ),
    Field(
        "origin_country",
        _("Country of origin"),
        _("Two letters: FR, PT, IT."),
        _words(
            "origin origine paysdorigine countryoforigin herkunftsland paisdeorigen madein "
            "origincountry fabriqueen paesediorigine"
        ),
    ),
    Field("market", _("Market of the prices"), "", is_setting=True),
    Field("location", _("Location of the stock"), "", is_setting=True),
    Field("language", _("Language of the texts"), "", is_setting=True),
)
BY_CODE: dict[str, Field] = {field.code: field for field in FIELDS}
COLUMN_FIELDS = tuple(field for field in FIELDS if not field.is_setting)

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def plain(name: str) -> str:
    """Write a column name without case, accents, spaces, signs: ``Prix TTC (€)`` → ``prixttc``."""
    folded = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe"))
    return _NOT_WORD.sub("", "".join(c for c in folded if not unicodedata.combining(c)))


def propose(columns: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> dict[str, dict[str, str]]:
    """Propose a mapping from the names of the columns: ``{field: {"column": name}}``.

    Exact synonyms win over names that merely begin with one. Without a column for the SKU, the GTIN serves
    when its values in the sample rows are there and differ.
    """
    found: dict[str, dict[str, str]] = {}
    taken: set[str] = set()
    names = {name: plain(name) for name in columns}
    tests: tuple[Callable[[str, str], bool], ...] = (
        lambda name, synonym: name == synonym,
        lambda name, synonym: len(synonym) >= 4 and name.startswith(synonym),
    )
    for fits in tests:
        for field in COLUMN_FIELDS:
            if field.code in found:
                continue
            for synonym in field.synonyms:
                match = next((c for c in columns if c not in taken and fits(names[c], synonym)), None)
                if match is not None:
                    found[field.code] = {"column": match}
                    taken.add(match)
                    break
    if "sku" not in found and "gtin" in found:
        index = list(columns).index(found["gtin"]["column"])
        values = [row[index].strip() for row in samples if index < len(row)]
        if values and all(values) and len(set(values)) == len(values):
            found["sku"] = dict(found["gtin"])
    return found


def used(fields: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the codes that a mapping fills, by a column or by a constant."""
    return {code for code, source in fields.items() if source.get("column") or source.get("constant")}
