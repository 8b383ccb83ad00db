"""The buyers of the demonstration world: invented names of each country, on addresses that do not exist."""

import random

from orders.services.buyers import Contact

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str, str]] = {
    "FR": (
        ("Lucie", "Karim", "Manon", "Émile", "Aïcha"),
        ("Bertin", "Delmas", "Ferrand", "Nguyen"),
        "rue des Exemples",
        "69001 Lyon",
    ),
    "BE": (
        ("Lotte", "Amélie", "Bram", "Noor"),
        ("Vermeulen", "Dubois", "Claes"),
        "rue de l’Essai",
        "1000 Bruxelles",
    ),
    "DE": (
        ("Jonas", "Greta", "Mehmet", "Klara"),
        ("Brandt", "Yılmaz", "Vogel"),
        "Musterstraße",
        "10115 Berlin",
    ),
    "ES": (
        ("Lucía", "Mateo", "Carmen", "Iker"),
        ("Ortega", "Vidal", "Soler"),
        "calle del Ejemplo",
        "28004 Madrid",
    ),
    "IT": (
        ("Giulia", "Matteo", "Chiara", "Luca"),
        ("Ferri", "Galli", "Conti"),
        "via dell’Esempio",
        "20121 Milano",
    ),
    "PL": (
        ("Zofia", "Jakub", "Maja", "Antoni"),
        ("Lis", "Wilk", "Zając"),
        "ulica Przykładowa",
        "00-001 Warszawa",
    ),
    "GB": (
        ("Olivia", "Harry", "Amara", "George"),
        ("Hill", "Okafor", "Shaw"),
        "Sample Street",
        "London E1 6AN",
    ),
    "CN": (("伟", "芳", "敏", "静"), ("王", "李", "张"), "示例路", "上海市 200001"),
}


def buyer(country: str, number: int, chance: random.Random) -> Contact:
    """Invent the buyer of an order."""
    firsts, lasts, street, town = NAMES[country]
    first, last = chance.choice(firsts), chance.choice(lasts)
    name = f"{last}{first}" if country == "CN" else f"{first} {last}"
    house = chance.randint(1, 90)
    before = country in ("FR", "BE", "GB")
    return Contact(
        name=name,
        email=f"acheteur{number}@acheteurs.example",
        phone="",
        address=(f"{house} {street}" if before else f"{street} {house}", town),
    )
