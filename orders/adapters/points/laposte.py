"""La Poste's open file of postal contact points (datanova, ``laposte_poincont2``): CSV, no opening hours."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from orders.adapters.points.base import BrokenSource, PointDraft, degrees, text_lines
from orders.adapters.points.geography import territory_code
from orders.enums import PointKind

COLUMNS = {
    "code": "Identifiant_du_site",
    "name": "Libellé_du_site",
    "kind": "Caractéristique_du_site",
    "street": "Adresse",
    "street2": "Complément_d_adresse",
    "hamlet": "Lieu_dit",
    "postcode": "Code_postal",
    "city": "Localité",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "phone": "Numéro_de_téléphone",
}
KINDS = {
    "Bureau de Poste": PointKind.POST_OFFICE,
    "Agence postale communale": PointKind.AGENCY,
    "Agence postale intercommunale": PointKind.AGENCY,
    "Relais poste commerçant": PointKind.SHOP,
}
# Open to military staff only.
CLOSED_TO_THE_PUBLIC = {"Agence postale militaire"}


def parse(stream: BinaryIO) -> Iterator[PointDraft]:
    rows = csv.reader(text_lines(stream), delimiter=";", strict=True)
    try:
        header = [name.strip().lstrip("#") for name in next(rows, [])]
        missing = [column for column in COLUMNS.values() if column not in header]
        if missing:
            raise BrokenSource(f"missing columns: {', '.join(missing)}", line=1)
        places = {name: header.index(column) for name, column in COLUMNS.items()}
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise BrokenSource(f"{len(row)} cells where the header has {len(header)}", line=rows.line_num)
            draft = _draft({name: row[place].strip() for name, place in places.items()}, rows.line_num)
            if draft:
                yield draft
    except csv.Error as error:
        raise BrokenSource(str(error), line=rows.line_num) from error


def _draft(cell: dict[str, str], line: int) -> PointDraft | None:
    if cell["kind"] in CLOSED_TO_THE_PUBLIC:
        return None
    return PointDraft(
        line=line,
        code=cell["code"],
        name=cell["name"],
        kind=KINDS.get(cell["kind"], PointKind.AGENCY),
        street=cell["street"],
        street2=", ".join(part for part in (cell["street2"], cell["hamlet"]) if part),
        postcode=cell["postcode"],
        city=cell["city"],
        country=territory_code("FR", cell["postcode"]),
        latitude=degrees(cell["latitude"]),
        longitude=degrees(cell["longitude"]),
        phone=cell["phone"],
    )
