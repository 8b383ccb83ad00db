"""A network of invented points around real towns, for demonstrations and measurements. Always the same."""

import csv
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orders.adapters.points.base import PointDraft
from orders.enums import PointKind

TOWNS = Path(__file__).resolve().parents[2] / "reference" / "towns.csv"
SEED = 20261111

# First words, last words and streets by language. The points, not the words, are invented.
SHOPS = {
    "fr": (
        ("Tabac", "Épicerie", "Librairie", "Pressing", "Fleuriste", "Boulangerie", "Maison de la presse"),
        ("de la Gare", "du Marché", "des Halles", "du Pont", "des Tilleuls", "du Lavoir", "de l’Horloge"),
        ("rue des Lilas", "avenue de la Gare", "rue du Moulin", "place du Marché", "boulevard des Arts"),
    ),
    "nl": (
        ("Dagwinkel", "Boekhandel", "Bloemen", "Bakkerij", "Kiosk"),
        ("aan de Markt", "’t Hoekje", "bij het Station", "De Brug", "De Linde"),
        ("Stationsstraat", "Molenweg", "Kerkstraat", "Marktplein", "Lindelaan"),
    ),
    "de": (
        ("Kiosk", "Buchhandlung", "Bäckerei", "Blumen", "Schreibwaren", "Reinigung"),
        ("am Markt", "am Bahnhof", "zur Linde", "an der Brücke", "im Hof"),
        ("Bahnhofstraße", "Lindenweg", "Mühlenstraße", "Marktplatz", "Gartenstraße"),
    ),
    "es": (
        ("Estanco", "Librería", "Panadería", "Papelería", "Floristería"),
        ("de la Plaza", "del Mercado", "de la Estación", "del Puente", "del Olmo"),
        ("calle de los Olmos", "avenida de la Estación", "plaza del Mercado", "calle del Molino"),
    ),
    "pt": (
        ("Papelaria", "Quiosque", "Padaria", "Livraria"),
        ("da Praça", "do Mercado", "da Estação", "da Ponte"),
        ("rua das Flores", "avenida da Estação", "largo do Mercado", "rua do Moinho"),
    ),
    "it": (
        ("Tabaccheria", "Edicola", "Libreria", "Panificio", "Cartoleria"),
        ("del Mercato", "della Stazione", "del Ponte", "dei Tigli", "di Piazza"),
        ("via dei Tigli", "viale della Stazione", "piazza del Mercato", "via del Mulino"),
    ),
    "pl": (
        ("Kiosk", "Księgarnia", "Sklep", "Kwiaciarnia", "Piekarnia"),
        ("przy Rynku", "przy Dworcu", "Pod Lipą", "przy Moście"),
        ("ulica Lipowa", "ulica Dworcowa", "ulica Młyńska", "Rynek"),
    ),
    "en": (
        ("Newsagent", "Corner Shop", "Bakery", "Bookshop", "Florist", "Dry Cleaner"),
        ("by the Station", "on the Green", "at the Bridge", "Market", "Under the Limes"),
        ("Station Road", "Mill Lane", "Market Place", "Church Street", "Garden Row"),
    ),
}
LANGUAGES = {
    **dict.fromkeys(("FR", "LU", "BE"), "fr"),
    **dict.fromkeys(("DE", "AT", "CH"), "de"),
    **dict.fromkeys(("GB", "IE"), "en"),
    "NL": "nl",
    "ES": "es",
    "PT": "pt",
    "IT": "it",
    "PL": "pl",
}
LOCKERS = {
    "fr": "Consigne",
    "nl": "Kluis",
    "de": "Paketstation",
    "es": "Taquilla",
    "pt": "Cacifo",
    "it": "Armadietto",
    "pl": "Skrytka",
    "en": "Locker",
}
SHOP_HOURS = (
    "Mo-Fr 08:00-19:00; Sa 09:00-18:00; PH off",
    "Mo-Sa 07:30-20:00; PH off",
    "Mo-Sa 09:00-12:30,14:00-19:00; PH off",
    "Tu-Sa 09:30-19:00; PH off",
    "Mo-Sa 08:30-20:30; Su 09:00-13:00",
    "Mo-Su 07:00-22:00",
    "Tu-Fr 10:00-13:00,15:00-19:30; Sa 10:00-19:00; PH off",
    "Mo-Fr 09:00-18:30; Sa 09:00-12:30; PH off",
    "Mo-Sa 06:30-19:30; Su,PH 07:00-12:00",
    "",
)
LOCKER_HOURS = ("24/7", "Mo-Su 06:00-23:00", "Mo-Su 08:00-21:00")
DIRECTIONS = {"N": (0, 1), "S": (0, -1), "E": (1, 0), "W": (-1, 0)}


@dataclass(frozen=True)
class Town:
    country: str
    name: str
    latitude: float
    longitude: float
    population: int
    postcode: str
    sea: tuple[float, float]


def drafts(count: int = 40_000, countries: frozenset[str] | None = None) -> Iterator[PointDraft]:
    """Yield ``count`` points, as many around each town as its people weigh, and none out at sea.

    The same arguments give the same points, and the first of a smaller set are among those of a larger.
    """
    towns = [town for town in read_towns() if countries is None or town.country in countries]
    weights = [town.population**0.8 for town in towns]
    total = sum(weights)
    line = 0
    due = 0.0
    for town, weight in zip(towns, weights, strict=True):
        due += count * weight / total
        chance = random.Random(f"{SEED} {town.country} {town.name}")  # noqa: S311  # not for secrets
        for number in range(round(due) - line):
            line += 1
            yield _draft(town, number, line, chance)


def read_towns() -> list[Town]:
    with TOWNS.open(encoding="utf-8", newline="") as file:
        return [
            Town(
                row["country"],
                row["town"],
                float(row["latitude"]),
                float(row["longitude"]),
                int(row["population_thousands"]) * 1000,
                row["postcode"],
                _direction(row["sea"]),
            )
            for row in csv.DictReader(file, delimiter=";")
        ]


def _direction(letters: str) -> tuple[float, float]:
    east = sum(DIRECTIONS[letter][0] for letter in letters)
    north = sum(DIRECTIONS[letter][1] for letter in letters)
    length = math.hypot(east, north) or 1.0
    return east / length, north / length


def _draft(town: Town, number: int, line: int, chance: random.Random) -> PointDraft:
    language = LANGUAGES.get(town.country, "en")
    firsts, lasts, streets = SHOPS[language]
    latitude, longitude = _place(town, chance)
    is_locker = chance.random() < 0.35
    street, postcode = chance.choice(streets), _digits(town.postcode, chance)
    house = chance.randint(1, 120)
    last = chance.choice(lasts)
    return PointDraft(
        line=line,
        code=f"{town.country}{_letters(town.name)}{number + 1:04}",
        name=f"{LOCKERS[language] if is_locker else chance.choice(firsts)} {last}",
        kind=PointKind.LOCKER if is_locker else PointKind.SHOP,
        street=f"{house} {street}" if language in ("fr", "en") else f"{street} {house}",
        postcode=postcode,
        city=town.name,
        country=town.country,
        latitude=latitude,
        longitude=longitude,
        opening_hours=chance.choice(LOCKER_HOURS if is_locker else SHOP_HOURS),
        services=("collect", "returns"),
        max_weight_g=25_000 if is_locker else 30_000,
        max_side_mm=640 if is_locker else 1_200,
        capacity=chance.choice((24, 36, 48, 72)) if is_locker else chance.choice((None, 40, 60, 100)),
    )


def _place(town: Town, chance: random.Random) -> tuple[float, float]:
    """Scatter around the town, the wider the more people; what falls on the sea side is mirrored inland."""
    spread_km = 1.2 * math.sqrt(town.population / 100_000)
    east, north = chance.gauss(0, spread_km), chance.gauss(0, spread_km)
    seaward = east * town.sea[0] + north * town.sea[1]
    if seaward > 0:
        east -= 2 * seaward * town.sea[0]
        north -= 2 * seaward * town.sea[1]
    latitude = town.latitude + north / 111.195
    longitude = town.longitude + east / (111.195 * math.cos(math.radians(town.latitude)))
    return round(latitude, 6), round(longitude, 6)


def _digits(pattern: str, chance: random.Random) -> str:
    return "".join(str(chance.randint(1, 9)) if letter == "#" else letter for letter in pattern)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalpha())[:16]
