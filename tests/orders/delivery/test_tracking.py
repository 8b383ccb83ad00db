"""What carriers say, in any order and as often as they like, leaves a parcel in one state."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import Event
from orders.adapters.carriers.base import CODES, code_map
from orders.enums import OrderStatus, ParcelStatus
from orders.models import Carrier, HoldingPeriod, MerchantOrder, Parcel, PickupPoint, TrackingEvent
from orders.services import parcels, shipping, tracking
from orders.services.tracking import RANK, Outcome, Scan, fold
from partners.enums import ApplicationKind
from tests.api import ApiClient, api_client, make_application
from tests.factories import make_order, make_user

URL = "/api/v1/tracking-events/"
_ids = count(1)


def make_parcel(*, handed_over: bool = True) -> Parcel:
    order = make_order(status=OrderStatus.ACCEPTED)
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=500, by=None, at=timezone.now())
    if handed_over:
        parcels.hand_over(parcel_ids=[parcel.pk], by=make_user(), at=timezone.now())
    parcel.refresh_from_db()
    return parcel


def scan(parcel: Parcel, code: str, minutes: int = 0, **fields: Any) -> Scan:
    moment = timezone.now() - timedelta(hours=1) + timedelta(minutes=minutes)
    return Scan(
        **{
            "event_id": f"E{next(_ids)}",
            "tracking_number": parcel.tracking_number,
            "code": code,
            "happened_at": moment,
            **fields,
        }
    )


def receive(parcel: Parcel, *scans: Scan) -> list[Outcome]:
    results = tracking.receive(carrier=parcel.carrier, scans=scans, at=timezone.now())
    parcel.refresh_from_db()
    return [result.outcome for result in results]


moments = st.integers(0, 20).map(lambda hours: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hours))
histories = st.lists(st.tuples(moments, st.sampled_from(sorted(RANK))), max_size=9)


@given(histories, st.randoms(use_true_random=False))
def test_the_final_state_depends_on_what_happened_and_not_on_when_we_heard_of_it(
    history: list[tuple[datetime, str]], chance: Any
) -> None:
    shuffled = history + chance.sample(history, len(history) // 2)
    chance.shuffle(shuffled)

    assert fold(shuffled) == fold(history)


@given(histories)
def test_hearing_scan_by_scan_ends_as_hearing_all_at_once(history: list[tuple[datetime, str]]) -> None:
    left = None
    for number in range(1, len(history) + 1):
        left = fold(history[:number], handed_over_at=left).handed_over_at

    assert fold(history, handed_over_at=left) == fold(history)


@given(histories)
def test_a_delivered_parcel_stays_delivered(history: list[tuple[datetime, str]]) -> None:
    delivered = [(datetime(2026, 11, 22, tzinfo=UTC), ParcelStatus.DELIVERED)]

    assert fold([*history, *delivered]).status == ParcelStatus.DELIVERED


@pytest.mark.django_db
def test_a_parcel_travels_arrives_and_is_collected_and_its_order_closes() -> None:
    parcel = make_parcel()

    receive(parcel, scan(parcel, "HUB_IN", 1), scan(parcel, "AT_POINT", 2))

    order = MerchantOrder.objects.get()
    point = PickupPoint.objects.get()
    assert (parcel.status, order.status, point.load) == ("at_pickup_point", OrderStatus.AT_PICKUP_POINT, 1)

    receive(parcel, scan(parcel, "COLLECTED", 3))

    order.refresh_from_db()
    point.refresh_from_db()
    assert (parcel.status, order.status, point.load) == ("delivered", OrderStatus.CLOSED, 0)
    assert parcel.delivered_at is not None
    assert list(
        Event.objects.filter(type__startswith="parcel.").order_by("pk").values_list("type", flat=True)
    ) == [
        "parcel.announced",
        "parcel.handed_over",
        "parcel.at_pickup_point",
        "parcel.delivered",
    ]


@pytest.mark.django_db
def test_scans_backwards_one_by_one_close_the_order_all_the_same() -> None:
    parcel = make_parcel(handed_over=False)

    for late in [scan(parcel, "COLLECTED", 4), scan(parcel, "AT_POINT", 3), scan(parcel, "TAKEN", 1)]:
        receive(parcel, late)

    order = MerchantOrder.objects.get()
    assert (parcel.status, order.status, PickupPoint.objects.get().load) == (
        "delivered",
        OrderStatus.CLOSED,
        0,
    )
    assert parcel.arrived_at is not None
    assert order.shipped_at is not None


@pytest.mark.django_db
def test_a_repeated_event_counts_once() -> None:
    parcel = make_parcel()
    arrival = scan(parcel, "AT_POINT")

    assert receive(parcel, arrival, arrival) == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert receive(parcel, arrival) == [Outcome.DUPLICATE]

    assert TrackingEvent.objects.count() == 1
    assert PickupPoint.objects.get().load == 1


@pytest.mark.django_db
def test_a_code_that_is_not_mapped_is_kept_and_changes_nothing() -> None:
    parcel = make_parcel()

    assert receive(parcel, scan(parcel, "WEIRD")) == [Outcome.UNMAPPED]

    event = TrackingEvent.objects.get()
    assert (event.code, event.status, parcel.status) == ("WEIRD", "", ParcelStatus.HANDED_OVER)


@pytest.mark.django_db
def test_the_holding_period_of_that_day_says_until_when_the_point_keeps_it() -> None:
    parcel = make_parcel()
    network = parcel.pickup_point.network
    HoldingPeriod.objects.create(network=network, kind="post_office", days=8, valid_from=date(2020, 1, 1))
    HoldingPeriod.objects.create(network=network, kind="post_office", days=5, valid_from=date(2025, 10, 8))
    HoldingPeriod.objects.create(network=network, kind="post_office", days=2, valid_from=date(2099, 1, 1))

    receive(parcel, scan(parcel, "AT_POINT"))

    assert parcel.pickup_until == timezone.localdate(parcel.arrived_at) + timedelta(days=5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("codes", "parcel_status", "order_status"),
    [
        (["AT_POINT", "UNCLAIMED"], ParcelStatus.EXPIRED, OrderStatus.AT_PICKUP_POINT),
        (["AT_POINT", "UNCLAIMED", "BACK"], ParcelStatus.RETURNING, OrderStatus.AT_PICKUP_POINT),
        (
            ["AT_POINT", "UNCLAIMED", "BACK", "RETURNED"],
            ParcelStatus.RETURNED,
            OrderStatus.RETURNED_TO_SENDER,
        ),
        (["HUB_IN", "LOST"], ParcelStatus.LOST, OrderStatus.LOST),
        (["AT_POINT", "REFUSED", "HUB_IN"], ParcelStatus.RETURNING, OrderStatus.AT_PICKUP_POINT),
        (["HUB_IN", "LOCKER_FULL"], ParcelStatus.EXCEPTION, OrderStatus.SHIPPED),
    ],
)
def test_parcels_that_come_back_get_lost_or_wait(
    codes: list[str], parcel_status: str, order_status: str
) -> None:
    parcel = make_parcel()

    for minutes, code in enumerate(codes):
        receive(parcel, scan(parcel, code, minutes))

    waits = parcel_status == ParcelStatus.EXPIRED
    assert (parcel.status, MerchantOrder.objects.get().status) == (parcel_status, order_status)
    assert PickupPoint.objects.get().load == int(waits)


@pytest.mark.django_db
def test_a_batch_takes_the_same_statements_however_long() -> None:
    def counted(number: int) -> int:
        batch = [make_parcel() for _ in range(number)]
        scans = [scan(parcel, code, n) for parcel in batch for n, code in enumerate(("HUB_IN", "AT_POINT"))]
        with CaptureQueriesContext(connection) as queries:
            tracking.receive(carrier=batch[0].carrier, scans=scans, at=timezone.now())
        return len(queries)

    assert counted(4) <= counted(1)


def test_every_map_speaks_our_vocabulary() -> None:
    maps = {path.stem: code_map(path.stem) for path in CODES.glob("*.json")}

    assert set(maps) == {"sandbox", "colissimo", "chronopost", "mondialrelay", "inpost"}
    assert maps["colissimo"]["AG1"] == ParcelStatus.AT_PICKUP_POINT
    assert maps["mondialrelay"]["82"] == ParcelStatus.DELIVERED
    assert maps["inpost"]["ready_to_pickup"] == ParcelStatus.AT_PICKUP_POINT
    assert code_map("../sandbox") == {}


# Through the API


@pytest.fixture
def parcel(db: None) -> Parcel:
    return make_parcel()


def client_of(carrier: Carrier, scopes: list[str] | None = None) -> ApiClient:
    carrier.application = make_application(ApplicationKind.CARRIER, name=f"Transporteur {carrier.code}")
    carrier.save()
    return api_client(carrier.application, scopes)


def event(parcel: Parcel, code: str = "AT_POINT", **fields: Any) -> dict[str, Any]:
    return {
        "event_id": f"E{next(_ids)}",
        "tracking_number": parcel.tracking_number,
        "code": code,
        "happened_at": timezone.now().isoformat(),
        "place": "Lyon",
        **fields,
    }


def test_the_api_answers_each_event_for_itself(parcel: Parcel) -> None:
    api = client_of(parcel.carrier)
    good = event(parcel)
    future = event(parcel, happened_at=(timezone.now() + timedelta(days=2)).isoformat())
    ancient = event(parcel, happened_at="1999-01-01T00:00:00Z")

    answer = api.send(URL, {"events": [good, good, event(parcel, tracking_number="PA999"), future, ancient]})

    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [(one["status"], one["outcome"]) for one in results] == [
        (201, "accepted"),
        (200, "duplicate"),
        (404, "unknown_parcel"),
        (422, "happened_in_future"),
        (422, "happened_too_early"),
    ]
    assert results[0]["parcel"] == str(parcel.public_id)
    assert results[0]["parcel_status"] == "at_pickup_point"


def test_another_carriers_parcel_is_unknown(parcel: Parcel) -> None:
    stranger = Carrier.objects.create(code="autre", name="Autre", adapter="sandbox")
    api = client_of(stranger)

    answer = api.send(URL, {"events": [event(parcel)]})

    assert [one["outcome"] for one in answer.json()["results"]] == ["unknown_parcel"]
    assert api.get("/api/v1/parcels/").json()["results"] == []
    assert api.get(f"/api/v1/parcels/{parcel.public_id}/").status_code == 404
    assert not TrackingEvent.objects.exists()


def test_a_carrier_reads_its_parcels_and_nothing_of_the_buyer(parcel: Parcel) -> None:
    api = client_of(parcel.carrier)

    listed = api.get("/api/v1/parcels/", {"status": "handed_over"})

    (found,) = listed.json()["results"]
    assert (found["tracking_number"], found["pickup_point"]["city"]) == (parcel.tracking_number, "Lyon")
    assert api.get(f"/api/v1/parcels/{parcel.public_id}/").json() == found
    assert b"Lotte" not in listed.content
    assert parcel.tracking_token.encode() not in listed.content
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert api.get("/api/v1/parcels/", {"updated_since": later}).json()["results"] == []


def test_listing_parcels_takes_the_same_statements_for_one_and_three(parcel: Parcel) -> None:
    api = client_of(parcel.carrier)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get("/api/v1/parcels/")
        return len(queries)

    first = counted()
    make_parcel()
    make_parcel()

    assert counted() == first <= 12


def test_scopes_and_kinds_are_kept(parcel: Parcel) -> None:
    reader = client_of(parcel.carrier, ["parcels:read"])
    channel = api_client(make_application(ApplicationKind.CHANNEL))

    assert reader.send(URL, {"events": [event(parcel)]}).status_code == 403
    assert channel.get("/api/v1/parcels/").status_code == 403
    assert ApiClient().send(URL, {"events": []}).status_code == 401
    network = api_client(make_application(ApplicationKind.NETWORK))
    for refused in (network.send(URL, {"events": [event(parcel)]}), network.get("/api/v1/parcels/")):
        assert (refused.status_code, refused.json()["code"]) == (403, "not_a_carrier")
    assert not TrackingEvent.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"event_id": ""},
        {"event_id": "x" * 81},
        {"code": "a\x00b"},
        {"happened_at": "soon"},
        {"happened_at": 12},
        {"place": "x" * 121},
        {"surprise": 1},
        {"tracking_number": None},
    ],
)
def test_an_event_that_cannot_be_read_refuses_the_batch(parcel: Parcel, changes: dict[str, Any]) -> None:
    answer = client_of(parcel.carrier).send(URL, {"events": [event(parcel), event(parcel, **changes)]})

    assert answer.status_code in (400, 422)
    assert not TrackingEvent.objects.exists()


@pytest.mark.parametrize("body", [{}, {"events": []}, [], {"events": "x"}])
def test_a_body_without_events_is_refused(parcel: Parcel, body: Any) -> None:
    assert client_of(parcel.carrier).send(URL, body).status_code in (400, 422)


def test_a_huge_batch_is_refused_whole(parcel: Parcel) -> None:
    batch = [event(parcel) for _ in range(tracking.MAX_BATCH + 1)]

    assert client_of(parcel.carrier).send(URL, {"events": batch}).status_code in (400, 413, 422)
    assert not TrackingEvent.objects.exists()
