"""The nearest points by true distance, and only those that take the parcel."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.adapters.points import PointDraft, invented
from orders.adapters.points.geography import distance_m
from orders.enums import PointKind, PointStatus
from orders.models import PickupNetwork, PickupPoint
from orders.services import nearest, points
from orders.services.nearest import Place, Wish
from partners.enums import ApplicationKind
from tests.api import ApiClient, api_client, make_application
from tests.orders.delivery.drafts import draft, north

pytestmark = pytest.mark.django_db

HERE = Place(48.8566, 2.3522)
URL = "/api/v1/pickup-points/"
PARAMS: dict[str, Any] = {"latitude": 48.8566, "longitude": 2.3522}


def load(drafts: list[PointDraft], at: datetime) -> None:
    points.refresh(network_code="relais-escale", drafts=drafts, source="test", at=at, confirmed=True)


def codes(at: datetime, **options: Any) -> list[str]:
    wish = options.pop("wish", Wish())
    return [found.point.code for found in nearest.search(place=HERE, wish=wish, at=at, **options)]


@pytest.fixture
def client(db: None) -> ApiClient:
    return api_client(make_application(ApplicationKind.CHANNEL))


def test_points_come_by_true_distance_in_metres(network: PickupNetwork, at: datetime) -> None:
    load([north("FAR", 900), north("NEAR", 100), north("MIDDLE", 400)], at)

    found = nearest.search(place=HERE, wish=Wish(), at=at, limit=2)

    assert [(one.point.code, one.distance_m) for one in found] == [("NEAR", 100), ("MIDDLE", 400)]


def test_the_map_that_finds_them_does_not_bend_the_order(network: PickupNetwork, at: datetime) -> None:
    chance = random.Random(7)
    drafts = [
        draft(
            f"P{n}", latitude=69.0 - chance.random() * 12, longitude=12 + chance.random() * 11, country="SE"
        )
        for n in range(400)
    ]
    load(drafts, at)
    place = Place(66.0, 18.0)

    found = nearest.search(place=place, wish=Wish(), at=at, limit=50, radius_m=100_000)

    every = PickupPoint.objects.all()
    truth = sorted(
        (distance_m(place.latitude, place.longitude, p.latitude, p.longitude), p.code) for p in every
    )
    assert [one.point.code for one in found] == [code for distance, code in truth if distance <= 100_000][:50]


def test_the_same_answer_as_measuring_every_point_of_europe(network: PickupNetwork, at: datetime) -> None:
    load(list(invented.drafts(4_000)), at)
    every = list(PickupPoint.objects.values_list("code", "latitude", "longitude"))
    chance = random.Random(3)

    for _round in range(12):
        _code, latitude, longitude = chance.choice(every)
        place = Place(latitude + chance.uniform(-0.3, 0.3), longitude + chance.uniform(-0.3, 0.3))
        found = nearest.search(place=place, wish=Wish(), at=at, limit=10, radius_m=100_000)
        truth = sorted((distance_m(place.latitude, place.longitude, la, lo), code) for code, la, lo in every)
        assert [one.distance_m for one in found] == [round(d) for d, _code in truth[:10] if d <= 100_000]


@pytest.mark.parametrize(
    "unfit",
    [
        {"status": PointStatus.SUSPENDED},
        {"capacity": 0},
        {"max_weight_g": 500},
        {"max_side_mm": 100},
        {"kind": PointKind.LOCKER},
        {"services": ()},
    ],
)
def test_closed_full_and_unfit_points_are_never_proposed(
    network: PickupNetwork, at: datetime, unfit: dict[str, Any]
) -> None:
    fit: dict[str, Any] = {"services": ("returns",)}
    load([north("NEAR", 50, **{**fit, **unfit}), north("GOOD", 500, **fit)], at)
    wish = Wish(weight_g=1000, side_mm=300, kinds=[PointKind.SHOP], services=["returns"])

    assert codes(at, wish=wish) == ["GOOD"]


def test_a_point_fills_up_and_is_left_out(network: PickupNetwork, at: datetime) -> None:
    load([north("NEAR", 50, capacity=3), north("GOOD", 500)], at)
    PickupPoint.objects.filter(code="NEAR").update(load=3)

    assert codes(at) == ["GOOD"]


def test_open_at_reads_on_until_enough_are_open(network: PickupNetwork, at: datetime) -> None:
    sunday_night = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    closed = [north(f"C{n}", n + 1) for n in range(60)]
    load([*closed, north("UNKNOWN", 70, opening_hours=""), north("OPEN", 900, opening_hours="24/7")], at)

    assert codes(at, wish=Wish(open_at=sunday_night), limit=1) == ["OPEN"]


def test_search_stops_at_the_radius(network: PickupNetwork, at: datetime) -> None:
    load([north("NEAR", 100), north("FAR", 2_000)], at)

    assert codes(at, radius_m=1_000) == ["NEAR"]


def test_one_statement_finds_ten(network: PickupNetwork, at: datetime) -> None:
    load(list(invented.drafts(3_000)), at)

    with CaptureQueriesContext(connection) as queries:
        assert len(codes(at)) == 10

    assert len(queries) == 1


def test_the_index_answers_not_a_scan(network: PickupNetwork, at: datetime) -> None:
    load(list(invented.drafts(5_000)), at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_pickuppoint")
        cursor.execute(
            "EXPLAIN SELECT id FROM orders_pickuppoint WHERE status = 'open' "
            "ORDER BY point(x, y) <-> point(261845, 6250564) LIMIT 16"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "orders_pickuppoint_nearest" in plan


def test_the_api_answers_points_with_the_week_and_holidays(
    network: PickupNetwork, at: datetime, client: ApiClient, time_machine: Any
) -> None:
    load([north("R1", 120)], at)
    time_machine.move_to(datetime(2026, 11, 11, 9, 0, tzinfo=UTC), tick=False)

    answer = client.get(URL, PARAMS)

    assert answer.status_code == 200
    (point,) = answer.json()["results"]
    assert (point["code"], point["distance_m"], point["network"]["code"]) == ("R1", 120, "relais-escale")
    hours = point["opening_hours"]
    assert (hours["is_open"], hours["next_opening"]) == (False, "2026-11-12T09:00:00+01:00")
    assert hours["days"][0] == {"date": "2026-11-11", "periods": []}
    assert hours["days"][1] == {"date": "2026-11-12", "periods": [["09:00", "19:00"]]}


def test_unknown_hours_are_null_and_not_invented(
    network: PickupNetwork, at: datetime, client: ApiClient
) -> None:
    load([draft("R1", opening_hours="")], at)

    (point,) = client.get(URL, PARAMS).json()["results"]

    assert point["opening_hours"] is None


@pytest.mark.parametrize(
    "place", [{"country": "FR", "postcode": "75011"}, {"country": "FR", "city": "paris"}, PARAMS]
)
def test_a_place_is_named_by_postcode_town_or_coordinates(
    network: PickupNetwork, at: datetime, client: ApiClient, place: dict[str, Any]
) -> None:
    load([draft("R1")], at)

    assert [point["code"] for point in client.get(URL, place).json()["results"]] == ["R1"]


def test_a_french_postcode_overseas_is_found_under_its_territory(
    network: PickupNetwork, at: datetime, client: ApiClient
) -> None:
    load(
        [draft("RE1", country="RE", postcode="97400", city="Saint-Denis", latitude=-20.88, longitude=55.45)],
        at,
    )

    answer = client.get(URL, {"country": "FR", "postcode": "97400"})

    assert [point["country"] for point in answer.json()["results"]] == ["RE"]


def test_an_unknown_postcode_is_a_problem_with_a_remedy(network: PickupNetwork, client: ApiClient) -> None:
    answer = client.get(URL, {"country": "FR", "postcode": "00000"})

    assert (answer.status_code, answer.json()["code"]) == (404, "place_not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"latitude": "48.8"},
        {"country": "FR"},
        {"latitude": "91", "longitude": "0"},
        {"latitude": "nan", "longitude": "0"},
        {"latitude": "inf", "longitude": "0"},
        {**PARAMS, "limit": "51"},
        {**PARAMS, "limit": "0"},
        {**PARAMS, "radius": "10000000"},
        {**PARAMS, "kind": "castle"},
        {**PARAMS, "weight_g": "-1"},
        {**PARAMS, "open_at": "yesterday"},
        {"country": "FR", "city": "a\x00b"},
        {"country": "fr'--", "city": "x"},
        {**PARAMS, "network": "a\x00"},
    ],
)
def test_the_api_refuses_what_makes_no_sense(
    network: PickupNetwork, client: ApiClient, wrong: dict[str, Any]
) -> None:
    answer = client.get(URL, wrong)

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_one_point_says_when_it_has_closed(network: PickupNetwork, at: datetime, client: ApiClient) -> None:
    load([draft("A"), draft("B")], at)
    load([draft("B")], at)
    gone = PickupPoint.objects.get(code="A")

    answer = client.get(f"{URL}{gone.public_id}/")

    assert (answer.status_code, answer.json()["status"]) == (200, "closed")
    assert client.get(f"{URL}0190b1d0-0000-7000-8000-000000000000/").status_code == 404


def test_a_token_without_the_scope_and_a_stranger_are_refused(network: PickupNetwork) -> None:
    application = make_application(ApplicationKind.CHANNEL)

    assert api_client(application, ["orders:read"]).get(URL, PARAMS).status_code == 403
    assert ApiClient().get(URL, PARAMS).status_code == 401
