"""The sandbox carrier, over HTTP alone, against a live server."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses
from django.utils import timezone

from orders.adapters.carriers.base import code_map
from orders.adapters.carriers.sandbox import courier, fate
from orders.adapters.carriers.sandbox.client import ATTEMPTS, Client, GaveUp
from orders.adapters.carriers.sandbox.fate import Chances
from orders.enums import OrderStatus, ParcelStatus
from orders.models import MerchantOrder, Parcel, TrackingEvent
from orders.services import parcels, shipping
from orders.tasks import sandbox
from partners.enums import ApplicationKind
from tests.api import issue, make_application
from tests.factories import make_order

NEVER = Chances(lost=0, delayed=0, locker_full=0, refused=0, unclaimed=0)
BASE = "https://passerelle.example"
PARCELS = f"{BASE}/api/v1/parcels/?status=handed_over&limit=100"


def plan(number: str = "PA010000019FR", **chances: int) -> list[str]:
    every = Chances(**{**vars(NEVER), **chances})
    return [
        step.code for step in fate.steps(number, place="Lyon", is_locker=True, held_days=7, chances=every)
    ]


def test_a_number_always_has_the_same_fate() -> None:
    assert plan(delayed=500) == plan(delayed=500)
    assert plan() == ["TAKEN", "HUB_IN", "HUB_OUT", "ON_ROUND", "AT_POINT", "COLLECTED"]


@pytest.mark.parametrize(
    ("chance", "last"),
    [
        ("lost", "LOST"),
        ("delayed", "COLLECTED"),
        ("locker_full", "COLLECTED"),
        ("refused", "RETURNED"),
        ("unclaimed", "RETURNED"),
    ],
)
def test_every_fate_ends_and_speaks_the_carriers_codes(chance: str, last: str) -> None:
    steps = fate.steps(
        "PA1", place="Lyon", is_locker=True, held_days=7, chances=Chances(**{**vars(NEVER), chance: 1000})
    )

    assert steps[-1].code == last
    assert {step.code for step in steps} <= set(code_map("sandbox"))
    assert [step.after for step in steps] == sorted(step.after for step in steps)


def test_at_a_home_nothing_waits() -> None:
    steps = fate.steps(
        "PA1", place="Domicile", is_locker=False, held_days=7, chances=Chances(unclaimed=1000), is_home=True
    )

    assert [step.code for step in steps][-2:] == ["ON_ROUND", "COLLECTED"]
    assert "AT_POINT" not in {step.code for step in steps}


def test_what_was_given_away_long_ago_goes_at_the_pace_of_real_life() -> None:
    class Api:
        sent: list[dict[str, Any]] = []

        def parcels(self, status: str) -> list[dict[str, Any]]:
            return [{**parcel, "status": status}] if status == parcel["status"] else []

        def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
            self.sent = events
            return [{"status": 201} for _event in events]

    at = datetime(2026, 11, 20, 18, tzinfo=UTC)
    handed_over = (at - timedelta(hours=10)).isoformat()
    parcel = {"tracking_number": "PA1", "pickup_point": None, "handed_over_at": handed_over}
    api = Api()

    parcel["status"] = "handed_over"
    courier.make_round(api, at=at, speed=1440, chances=NEVER)
    assert "COLLECTED" not in {event["code"] for event in api.sent}

    parcel["status"] = "in_transit"
    assert courier.make_round(api, at=at + timedelta(hours=10), speed=1440, chances=NEVER) == 0


def test_speed_makes_days_seconds() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    steps = fate.steps("PA1", place="Lyon", is_locker=False, held_days=7, chances=NEVER)

    happened = fate.due(steps, handed_over_at=start, at=start + timedelta(minutes=5), speed=1440)

    assert len(happened) == len(steps)
    assert fate.due(steps, handed_over_at=start, at=start + timedelta(minutes=5), speed=1) == []


@pytest.mark.django_db(transaction=True)
def test_it_carries_a_parcel_to_the_buyer_over_http(live_server: Any) -> None:
    order = make_order(status=OrderStatus.ACCEPTED)
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=500, by=None, at=timezone.now())
    parcel.carrier.application = make_application(ApplicationKind.CARRIER, name="Trajéo")
    parcel.carrier.save()
    issued = issue(parcel.carrier.application)
    parcels.hand_over(parcel_ids=[parcel.pk], by=None, at=timezone.now() - timedelta(minutes=10))
    client = Client(live_server.url, issued.client_id, issued.secret)

    for _ in range(3):
        courier.make_round(client, at=timezone.now(), speed=1440, chances=NEVER)

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.DELIVERED
    assert MerchantOrder.objects.get().status == OrderStatus.CLOSED
    assert TrackingEvent.objects.count() == 6
    assert Parcel.objects.count() == 1


class Naps(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client_that(naps: Naps) -> Client:
    responses.post(f"{BASE}/identity/o/api/token", json={"access_token": "t1", "token_type": "Bearer"})
    return Client(BASE, "id", "secret", sleep=naps)


@responses.activate
def test_a_token_that_ended_is_asked_for_anew() -> None:
    responses.get(PARCELS, status=401)
    responses.get(PARCELS, json={"results": [], "next": None})
    client = client_that(Naps())

    assert list(client.parcels("handed_over")) == []
    assert [call.request.method for call in responses.calls] == ["POST", "GET", "POST", "GET"]


@responses.activate
def test_it_waits_as_long_as_it_is_told_to() -> None:
    responses.get(PARCELS, status=429, headers={"Retry-After": "7"})
    responses.get(PARCELS, status=503)
    responses.get(PARCELS, json={"results": [], "next": None})
    naps = Naps()

    assert list(client_that(naps).parcels("handed_over")) == []
    assert naps == [7.0, 1.0]


@responses.activate
def test_it_gives_up_after_some_attempts_and_at_once_when_refused() -> None:
    responses.get(PARCELS, status=500)
    naps = Naps()
    with pytest.raises(GaveUp):
        list(client_that(naps).parcels("handed_over"))
    assert len(naps) == ATTEMPTS

    responses.post(f"{BASE}/api/v1/tracking-events/", status=403, json={"code": "insufficient_scope"})
    with pytest.raises(GaveUp, match="403"):
        client_that(naps).send([{"event_id": "1"}])
    assert len(naps) == ATTEMPTS


def test_the_task_takes_the_demonstrations_credentials_and_rests_without_any(
    settings: Any, tmp_path: Path
) -> None:
    settings.SANDBOX_CARRIER_SIGN_INS = tmp_path / "sign-ins.json"
    assert sandbox._credentials() == ("", "")
    assert sandbox.sandbox_carrier() == 0

    known = [
        {"name": "Grand Large", "kind": "channel", "client_id": "a", "secret": "b"},
        {"name": "Trajéo", "kind": "carrier", "client_id": "c", "secret": "d"},
    ]
    settings.SANDBOX_CARRIER_SIGN_INS.write_text(json.dumps(known))
    assert sandbox._credentials() == ("c", "d")


@responses.activate
def test_the_task_survives_a_passerelle_that_is_away(settings: Any) -> None:
    settings.SANDBOX_CARRIER_CLIENT_ID, settings.SANDBOX_CARRIER_SECRET = "c", "d"
    settings.SANDBOX_CARRIER_API_URL = BASE
    responses.post(f"{BASE}/identity/o/api/token", status=503)

    assert sandbox.sandbox_carrier() == 0
    assert sandbox.sandbox_carrier() == 0
    assert len(responses.calls) == 2
