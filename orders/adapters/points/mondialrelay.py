"""Mondial Relay's point search (SOAP ``WSI4_PointRelais_Recherche``): the answer, saved as XML."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree

from orders.adapters.points.base import BrokenSource, PointDraft, degrees, osm_hours
from orders.adapters.points.geography import territory_code
from orders.enums import PointKind

NAMESPACE = "{http://www.mondialrelay.fr/webservice/}"
DAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
# The network's limits (professional conditions): 30 kg, 1.20 m for the longest side in a shop.
# A locker takes 25 kg and 64 cm.
WEIGHT_G = {PointKind.SHOP: 30_000, PointKind.LOCKER: 25_000}
SIDE_MM = {PointKind.SHOP: 1_200, PointKind.LOCKER: 640}


def parse(stream: BinaryIO) -> Iterator[PointDraft]:
    number, seen_answer = 0, False
    try:
        for _event, element in ElementTree.iterparse(_without_entities(stream)):  # noqa: S314
            if element.tag == f"{NAMESPACE}STAT" and (element.text or "").strip() not in {"", "0"}:
                raise BrokenSource(f"Mondial Relay answered with status {element.text}")
            seen_answer = seen_answer or element.tag == f"{NAMESPACE}PointsRelais"
            if element.tag == f"{NAMESPACE}PointRelais_Details":
                number += 1
                yield _draft(element, number)
                element.clear()
    except ElementTree.ParseError as error:
        raise BrokenSource(f"not XML: {error}", line=error.position[0]) from error
    if not seen_answer:
        raise BrokenSource("no answer to a point search in this file")


class _without_entities:  # noqa: N801  # reads as an adjective of the stream
    """A stream whose document may not declare entities: the answer has none, an attack would."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.tail = stream, b""

    def read(self, size: int = -1) -> bytes:
        block = self.stream.read(size)
        if b"<!DOCTYPE" in self.tail + block or b"<!ENTITY" in self.tail + block:
            raise BrokenSource("the file declares a document type")
        self.tail = block[-16:]
        return block


def _draft(element: ElementTree.Element, number: int) -> PointDraft:
    def text(name: str) -> str:
        return (element.findtext(f"{NAMESPACE}{name}") or "").strip()

    is_locker = text("Information").upper() == "LOCKER"
    kind = PointKind.LOCKER if is_locker else PointKind.SHOP
    postcode = text("CP")
    return PointDraft(
        line=number,
        code=text("Num"),
        name=" ".join(part for part in (text("LgAdr1"), text("LgAdr2")) if part),
        kind=kind,
        street=text("LgAdr3"),
        street2=text("LgAdr4"),
        postcode=postcode,
        city=text("Ville"),
        country=territory_code(text("Pays"), postcode),
        latitude=degrees(text("Latitude")),
        longitude=degrees(text("Longitude")),
        opening_hours=osm_hours([_slots(element, day) for day in DAYS]),
        max_weight_g=WEIGHT_G[kind],
        max_side_mm=SIDE_MM[kind],
    )


def _slots(element: ElementTree.Element, day: str) -> list[tuple[str, str]]:
    clocks = [(string.text or "").strip() for string in element.iterfind(f"{NAMESPACE}Horaires_{day}/*")]
    pairs = zip(clocks[::2], clocks[1::2], strict=False)
    return [(_clock(opens), _clock(closes)) for opens, closes in pairs if opens != closes]


def _clock(digits: str) -> str:
    return f"{digits[:2]}:{digits[2:]}"
