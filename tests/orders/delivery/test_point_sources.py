"""Each source of pickup points, read from a few lines of its published shape."""

import io
import json

import pytest

from orders.adapters.points import PARSERS, BrokenSource, PointDraft, invented
from orders.adapters.points.base import osm_hours
from orders.adapters.points.geography import is_inside
from orders.enums import PointKind, PointStatus

LAPOSTE_HEADER = (
    "#Identifiant_du_site;Libellé_du_site;Caractéristique_du_site;Site_Acores_de_rattachement;Adresse;"
    "Complément_d_adresse;Lieu_dit;Code_postal;Localité;Code_INSEE;Pays;Latitude;Longitude;"
    "Précision_du_géocodage;Numéro_de_téléphone;latlong"
)
LAPOSTE_ROW = (
    "15015A;SARTROUVILLE PRINCIPAL BP;Bureau de Poste;;PLACE ALEXANDRE DUMAS;;;78500;SARTROUVILLE;78586;"
    "FRANCE;48.943878;2.189764;Géocodé au numéro;3631;48.943878, 2.189764"
)


def read(format: str, text: str | bytes) -> list[PointDraft]:
    raw = text.encode() if isinstance(text, str) else text
    return list(PARSERS[format](io.BytesIO(raw)))


def test_laposte_reads_a_post_office_whose_hours_are_unknown() -> None:
    assert read("laposte", f"{LAPOSTE_HEADER}\n{LAPOSTE_ROW}\n") == [
        PointDraft(
            line=2,
            code="15015A",
            name="SARTROUVILLE PRINCIPAL BP",
            kind=PointKind.POST_OFFICE,
            street="PLACE ALEXANDRE DUMAS",
            postcode="78500",
            city="SARTROUVILLE",
            country="FR",
            latitude=48.943878,
            longitude=2.189764,
            phone="3631",
        )
    ]


def test_laposte_puts_overseas_offices_in_their_territory_and_leaves_the_army_out() -> None:
    overseas = LAPOSTE_ROW.replace("78500", "97400")
    army = LAPOSTE_ROW.replace("Bureau de Poste", "Agence postale militaire")

    found = read("laposte", f"{LAPOSTE_HEADER}\n{overseas}\n{army}\n")

    assert [draft.country for draft in found] == ["RE"]


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a;b\n1;2\n", "missing columns", 1),
        (f"{LAPOSTE_HEADER}\n{LAPOSTE_ROW}\n15016A;cut\n", "2 cells where the header has 16", 3),
        ((f"{LAPOSTE_HEADER}\n".encode() + LAPOSTE_ROW.encode("latin-1")), "not UTF-8", 2),
        ("", "missing columns", 1),
    ],
)
def test_laposte_says_where_a_file_is_broken(text: str | bytes, problem: str, line: int) -> None:
    with pytest.raises(BrokenSource, match=problem) as broken:
        read("laposte", text)

    assert broken.value.line == line


def inpost_item(**changes: object) -> dict[str, object]:
    item: dict[str, object] = {
        "country": "DE",
        "name": "DE000009",
        "type": ["pok", "pop"],
        "status": "Operating",
        "location": {"longitude": 13.7596, "latitude": 54.05737},
        "location_description_1": "Blumen Blumentritt",
        "address": {"line1": "BauStr. 21a", "line2": "17438 Wolgast"},
        "address_details": {
            "city": "Wolgast",
            "province": None,
            "post_code": "17438",
            "street": "BauStr.",
            "building_number": "21a",
        },
        "functions": ["parcel_collect", "parcel_send"],
        "location_247": False,
        "operating_hours_extended": {
            "customer": {"monday": [{"start": 540, "end": 1080}], "tuesday": [{"start": 540, "end": 1080}]}
        },
    }
    return item | changes


def test_inpost_reads_several_pages_of_one_file() -> None:
    pages = [
        {"items": [inpost_item()]},
        {"items": [inpost_item(name="DE2", type=["parcel_locker"], location_247=True)]},
    ]

    shop, locker = read("inpost", "\n".join(json.dumps(page) for page in pages))

    assert (shop.name, shop.street, shop.opening_hours) == (
        "Blumen Blumentritt",
        "BauStr. 21a",
        "Mo-Tu 09:00-18:00",
    )
    assert (locker.kind, locker.opening_hours) == (PointKind.LOCKER, "24/7")


def test_inpost_suspends_full_points_and_leaves_out_tests_and_what_left_the_network() -> None:
    items = [
        inpost_item(name="FULL", status="Overloaded"),
        inpost_item(name="GONE", status="Disabled"),
        inpost_item(name="DGM01TEST"),
        inpost_item(name="SENDONLY", functions=["parcel_send"]),
    ]

    found = read("inpost", json.dumps({"items": items}))

    assert [(draft.code, draft.status) for draft in found] == [("FULL", PointStatus.SUSPENDED)]


@pytest.mark.parametrize("text", ['{"items": [', '{"error": "no"}', "[1]", b"\xff\xfe"])
def test_inpost_refuses_what_is_no_page(text: str | bytes) -> None:
    with pytest.raises(BrokenSource):
        read("inpost", text)


MONDIAL_RELAY = """<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<WSI4_PointRelais_RechercheResponse xmlns="http://www.mondialrelay.fr/webservice/"><WSI4_PointRelais_RechercheResult>
<STAT>{status}</STAT><PointsRelais><PointRelais_Details><STAT /><Num>005680</Num>
<LgAdr1>BUREAU COPY      </LgAdr1><LgAdr2 /><LgAdr3>31 COURS ANDRE PHILIP   </LgAdr3><LgAdr4 />
<CP>69100</CP><Ville>VILLEURBANNE   </Ville><Pays>FR</Pays>
<Latitude>45,7728450</Latitude><Longitude>04,8630410</Longitude><Information>{information}</Information>
<Horaires_Lundi><string>0900</string><string>1230</string><string>1400</string><string>1830</string></Horaires_Lundi>
<Horaires_Mardi><string>0000</string><string>0000</string><string>0000</string><string>0000</string></Horaires_Mardi>
</PointRelais_Details></PointsRelais></WSI4_PointRelais_RechercheResult></WSI4_PointRelais_RechercheResponse>
</soap:Body></soap:Envelope>"""


def test_mondial_relay_reads_decimal_commas_padding_and_split_hours() -> None:
    (found,) = read("mondialrelay", MONDIAL_RELAY.format(status=0, information=""))

    assert (found.code, found.name, found.kind) == ("005680", "BUREAU COPY", PointKind.SHOP)
    assert (found.latitude, found.longitude) == (45.772845, 4.863041)
    assert found.opening_hours == "Mo 09:00-12:30,14:00-18:30"


def test_mondial_relay_tells_lockers_from_shops() -> None:
    (found,) = read("mondialrelay", MONDIAL_RELAY.format(status=0, information="LOCKER"))

    assert (found.kind, found.max_weight_g) == (PointKind.LOCKER, 25_000)


@pytest.mark.parametrize(
    "text",
    [
        MONDIAL_RELAY.format(status=97, information=""),
        MONDIAL_RELAY[:600],
        "<html></html>",
        '<!DOCTYPE x [<!ENTITY a "b">]>' + MONDIAL_RELAY,
    ],
)
def test_mondial_relay_refuses_errors_cut_answers_and_entities(text: str) -> None:
    with pytest.raises(BrokenSource):
        read("mondialrelay", text)


def test_our_own_csv_reads_limits_and_services_with_either_separator() -> None:
    header = (
        "code,name,kind,street,postcode,city,country,latitude,longitude,opening_hours,services,max_weight_g"
    )
    row = 'A1,Kiosk,shop,Markt 1,10115,Berlin,de,"52,53",13.38,Mo-Fr 08:00-18:00,returns|collect,5000'

    (found,) = read("csv", f"{header}\n{row}\n")

    assert (found.country, found.latitude, found.services, found.max_weight_g) == (
        "DE",
        52.53,
        ("collect", "returns"),
        5000,
    )


@pytest.mark.parametrize(
    ("row", "line"),
    [("A1,Kiosk,castle,Markt 1,10115,Berlin,DE,52.5,13.3,5", 2), ("A1,K,shop,M,1,B,DE,52.5,13.3,many", 2)],
)
def test_our_own_csv_names_the_line_of_a_wrong_cell(row: str, line: int) -> None:
    header = "code,name,kind,street,postcode,city,country,latitude,longitude,capacity"

    with pytest.raises(BrokenSource) as broken:
        read("csv", f"{header}\n{row}\n")

    assert broken.value.line == line


@pytest.mark.parametrize(
    ("week", "text"),
    [
        ([[("09:00", "12:00"), ("12:00", "19:00")]] * 5 + [[], []], "Mo-Fr 09:00-19:00"),
        ([[("00:01", "23:59")]] * 7, "24/7"),
        ([[]] * 7, ""),
        ([[], [("10:00", "18:00")], [], [], [], [], []], "Tu 10:00-18:00"),
    ],
)
def test_hours_of_a_week_are_written_in_openstreetmaps_syntax(
    week: list[list[tuple[str, str]]], text: str
) -> None:
    assert osm_hours(week) == text


def test_invented_points_are_always_the_same_and_lie_in_their_country() -> None:
    first, second = list(invented.drafts(2_000)), list(invented.drafts(2_000))

    assert first == second
    assert len({draft.code for draft in first}) == 2_000
    assert all(is_inside(draft.country, draft.latitude or 0, draft.longitude or 0) for draft in first)
    assert {"FR", "BE", "DE", "ES", "IT", "PL", "GB"} <= {draft.country for draft in first}
