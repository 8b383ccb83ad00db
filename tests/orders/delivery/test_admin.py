"""The desk sees the health of networks and carriers, and decides on large refreshes."""

from datetime import datetime

import pytest
from django.test import Client

from core.staff import StaffGroup
from orders.enums import PointStatus, RefreshStatus
from orders.models import PickupNetwork, PickupPoint, PointRefresh
from orders.services import points
from tests.factories import make_staff
from tests.orders.delivery.drafts import north
from tests.web.personas import give_second_factor

REFRESHES = "/admin/orders/pointrefresh/"


def desk_of(group: str) -> Client:
    person = make_staff(group)
    give_second_factor(person)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def waiting(network: PickupNetwork, at: datetime) -> PointRefresh:
    ten = [north(f"R{number}", number * 100) for number in range(10)]
    points.refresh(network_code=network.code, drafts=ten, source="test", at=at)
    return points.refresh(network_code=network.code, drafts=ten[3:], source="test", at=at)


@pytest.mark.parametrize(
    "page", ["carrier", "pickupnetwork", "pickuppoint", "pointrefresh", "parcel", "pickupnetwork/{}/change"]
)
def test_the_desk_reads_every_page(waiting: PointRefresh, page: str) -> None:
    answer = desk_of(StaffGroup.SUPPORT).get(f"/admin/orders/{page.format(waiting.network_id)}/")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("action", "closed", "status"),
    [("confirm_refreshes", 3, RefreshStatus.APPLIED), ("dismiss_refreshes", 0, RefreshStatus.REFUSED)],
)
def test_support_decides_on_a_refresh_that_waits(
    waiting: PointRefresh, action: str, closed: int, status: str
) -> None:
    desk = desk_of(StaffGroup.SUPPORT)

    desk.post(REFRESHES, {"action": action, "_selected_action": [waiting.pk]}, follow=True)

    waiting.refresh_from_db()
    assert waiting.status == status
    assert PickupPoint.objects.filter(status=PointStatus.CLOSED).count() == closed


def test_an_auditor_reads_and_decides_nothing(waiting: PointRefresh) -> None:
    desk = desk_of(StaffGroup.AUDITOR)

    assert desk.get(REFRESHES).status_code == 200
    desk.post(REFRESHES, {"action": "confirm_refreshes", "_selected_action": [waiting.pk]})

    waiting.refresh_from_db()
    assert waiting.status == RefreshStatus.TO_CONFIRM
