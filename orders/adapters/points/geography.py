"""Where countries lie, roughly, and which clock they keep: enough to notice a misplaced pickup point.

Boxes are degrees of WGS 84, widened to the next tenth or so (Natural Earth's outlines, 1:50m). Territories
with an ISO 3166 code of their own have their own entry: their VAT territory and their clock differ too.
"""

import math
from dataclasses import dataclass
from zoneinfo import ZoneInfo

EARTH_RADIUS_M = 6_371_008.8
MERCATOR_RADIUS_M = 6_378_137.0


@dataclass(frozen=True)
class Box:
    south: float
    north: float
    west: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


@dataclass(frozen=True)
class Territory:
    """``holidays`` is the country whose public holidays apply."""

    zone: str
    boxes: tuple[Box, ...]
    holidays: str


def _at(
    zone: str, *boxes: tuple[float, float, float, float], holidays: str = ""
) -> tuple[str, tuple[Box, ...], str]:
    return zone, tuple(Box(*box) for box in boxes), holidays


_TABLE = {
    "AD": _at("Europe/Andorra", (42.4, 42.7, 1.4, 1.8)),
    "AL": _at("Europe/Tirane", (39.6, 42.7, 19.1, 21.1)),
    "AT": _at("Europe/Vienna", (46.3, 49.1, 9.5, 17.2)),
    "BA": _at("Europe/Sarajevo", (42.5, 45.3, 15.7, 19.7)),
    "BE": _at("Europe/Brussels", (49.4, 51.6, 2.5, 6.5)),
    "BG": _at("Europe/Sofia", (41.2, 44.3, 22.3, 28.7)),
    "BL": _at("America/St_Barthelemy", (17.8, 18.0, -63.0, -62.7), holidays="FR"),
    "CH": _at("Europe/Zurich", (45.8, 47.9, 5.9, 10.6)),
    "CN": _at("Asia/Shanghai", (18.1, 53.6, 73.4, 134.8)),
    "CY": _at("Asia/Nicosia", (34.5, 35.8, 32.2, 34.7)),
    "CZ": _at("Europe/Prague", (48.5, 51.1, 12.0, 18.9)),
    "DE": _at("Europe/Berlin", (47.2, 55.1, 5.8, 15.1)),
    "DK": _at("Europe/Copenhagen", (54.5, 57.8, 8.0, 15.3)),
    "EE": _at("Europe/Tallinn", (57.5, 59.8, 21.7, 28.3)),
    "ES": _at("Europe/Madrid", (35.8, 43.9, -9.4, 4.4), (35.1, 35.4, -3.1, -2.8), (27.6, 29.5, -18.2, -13.3)),
    "FI": _at("Europe/Helsinki", (59.7, 70.1, 19.1, 31.6)),
    "FR": _at("Europe/Paris", (41.3, 51.2, -5.3, 9.7)),
    "GB": _at("Europe/London", (49.8, 60.9, -8.7, 1.9)),
    "GF": _at("America/Cayenne", (2.1, 5.9, -54.7, -51.5), holidays="FR"),
    "GP": _at("America/Guadeloupe", (15.8, 16.6, -61.9, -60.9), holidays="FR"),
    "GR": _at("Europe/Athens", (34.7, 41.8, 19.3, 29.7)),
    "HR": _at("Europe/Zagreb", (42.3, 46.6, 13.4, 19.5)),
    "HU": _at("Europe/Budapest", (45.7, 48.6, 16.1, 22.9)),
    "IE": _at("Europe/Dublin", (51.4, 55.5, -10.7, -5.9)),
    "IS": _at("Atlantic/Reykjavik", (63.2, 66.6, -24.6, -13.4)),
    "IT": _at("Europe/Rome", (35.4, 47.1, 6.6, 18.6)),
    "LI": _at("Europe/Vaduz", (47.0, 47.3, 9.4, 9.7)),
    "LT": _at("Europe/Vilnius", (53.8, 56.5, 20.9, 26.9)),
    "LU": _at("Europe/Luxembourg", (49.4, 50.2, 5.7, 6.6)),
    "LV": _at("Europe/Riga", (55.6, 58.1, 20.9, 28.3)),
    "MC": _at("Europe/Monaco", (43.7, 43.8, 7.3, 7.5)),
    "MD": _at("Europe/Chisinau", (45.4, 48.5, 26.6, 30.2)),
    "ME": _at("Europe/Podgorica", (41.8, 43.6, 18.4, 20.4)),
    "MF": _at("America/Marigot", (18.0, 18.2, -63.2, -62.9), holidays="FR"),
    "MK": _at("Europe/Skopje", (40.8, 42.4, 20.4, 23.1)),
    "MQ": _at("America/Martinique", (14.3, 14.9, -61.3, -60.7), holidays="FR"),
    "MT": _at("Europe/Malta", (35.7, 36.1, 14.1, 14.6)),
    "NC": _at("Pacific/Noumea", (-22.8, -19.5, 163.5, 168.2), holidays="FR"),
    "NL": _at("Europe/Amsterdam", (50.7, 53.7, 3.3, 7.3)),
    "NO": _at("Europe/Oslo", (57.9, 71.3, 4.4, 31.2)),
    "PF": _at("Pacific/Tahiti", (-27.7, -7.8, -154.8, -134.4), holidays="FR"),
    "PL": _at("Europe/Warsaw", (49.0, 54.9, 14.1, 24.2)),
    "PM": _at("America/Miquelon", (46.7, 47.2, -56.5, -56.1), holidays="FR"),
    "PT": _at(
        "Europe/Lisbon", (36.9, 42.2, -9.6, -6.1), (32.3, 33.2, -17.4, -16.2), (36.8, 39.8, -31.4, -24.9)
    ),
    "RE": _at("Indian/Reunion", (-21.5, -20.8, 55.2, 55.9), holidays="FR"),
    "RO": _at("Europe/Bucharest", (43.6, 48.3, 20.2, 29.8)),
    "RS": _at("Europe/Belgrade", (41.8, 46.2, 18.8, 23.1)),
    "SE": _at("Europe/Stockholm", (55.3, 69.1, 10.9, 24.2)),
    "SI": _at("Europe/Ljubljana", (45.4, 46.9, 13.3, 16.7)),
    "SK": _at("Europe/Bratislava", (47.7, 49.7, 16.8, 22.6)),
    "SM": _at("Europe/San_Marino", (43.8, 44.0, 12.4, 12.6)),
    "UA": _at("Europe/Kyiv", (44.3, 52.4, 22.1, 40.3)),
    "WF": _at("Pacific/Wallis", (-14.4, -13.1, -178.3, -176.1), holidays="FR"),
    "YT": _at("Indian/Mayotte", (-13.1, -12.6, 44.9, 45.4), holidays="FR"),
}
TERRITORIES = {
    code: Territory(zone, boxes, holidays or code) for code, (zone, boxes, holidays) in _TABLE.items()
}

# Postcodes of the French post that lie in a territory with an ISO code of its own.
_FRENCH_PREFIXES = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "980": "MC",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
_FRENCH_POSTCODES = {"97133": "BL", "97150": "MF"}


def territory_code(country: str, postcode: str) -> str:
    """Return the ISO 3166 code of where a postcode lies: France's overseas and Monaco have their own."""
    if country != "FR":
        return country
    return _FRENCH_POSTCODES.get(postcode) or _FRENCH_PREFIXES.get(postcode[:3], "FR")


def is_inside(country: str, latitude: float, longitude: float) -> bool:
    """Whether coordinates lie in the country's box. Of a country we do not know, nowhere does."""
    territory = TERRITORIES.get(country)
    return territory is not None and any(box.holds(latitude, longitude) for box in territory.boxes)


def zone_of(country: str, longitude: float) -> ZoneInfo:
    """Return the clock of a place. Spain and Portugal keep others on their Atlantic islands."""
    if country == "ES" and longitude < -12:
        return ZoneInfo("Atlantic/Canary")
    if country == "PT" and longitude < -20:
        return ZoneInfo("Atlantic/Azores")
    territory = TERRITORIES.get(country)
    return ZoneInfo(territory.zone if territory else "UTC")


def holidays_country(country: str) -> str:
    territory = TERRITORIES.get(country)
    return territory.holidays if territory else country


def mercator(latitude: float, longitude: float) -> tuple[float, float]:
    """Project degrees to metres of the spherical Mercator projection (EPSG:3857)."""
    x = MERCATOR_RADIUS_M * math.radians(longitude)
    y = MERCATOR_RADIUS_M * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    return x, y


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance along the sphere, in metres (haversine; at most 0.5 % off the ellipsoid's)."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_phi, half_lambda = (other_phi - phi) / 2, math.radians(other_longitude - longitude) / 2
    a = math.sin(half_phi) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, a)))
