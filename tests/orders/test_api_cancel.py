"""Channels cancel parts of their orders over HTTP."""

import pytest
from django.utils import timezone

from catalog.models import StockLevel
from merchants.enums import Role
from orders.services import acceptance
from tests.api import api_client
from tests.factories import make_channel, make_member, make_order, make_point, make_user

pytestmark = pytest.mark.django_db
PATH = "/api/v1/orders/"


@pytest.fixture
def channel():
    return make_channel()


@pytest.fixture
def api(channel):
    return api_client(channel.application)


@pytest.fixture
def point():
    return make_point()


def test_a_channel_cancels_a_part_before_it_leaves(api, channel, point):
    part = make_order(channel=channel, status="accepted")
    path = f"{PATH}{part.order.public_id}/parts/{part.public_id}/cancel/"

    answered = api.send(path, {"reason": "buyer_changed_mind"}, idempotency_key="a")

    assert answered.json()["parts"][0]["status"] == "cancelled"
    assert StockLevel.objects.get().reserved == 0
    again = api.send(path, {"reason": "buyer_changed_mind"}, idempotency_key="b")
    assert (again.status_code, again.json()["code"]) == (409, "order_step_not_allowed")


def test_a_channel_cancels_the_version_that_it_has_read(api, channel, point):
    part = make_order(channel=channel)
    order = f"{PATH}{part.order.public_id}/"
    read = api.get(order).json()["parts"][0]["version"]
    acceptance.accept(merchant_order_id=part.pk, at=timezone.now())

    def cancel(version, key):
        sent = {"reason": "buyer_changed_mind"}
        return api.send(f"{order}parts/{part.public_id}/cancel/", sent, idempotency_key=key, if_match=version)

    late = cancel(read, "a")
    now = api.get(order).json()["parts"][0]["version"]
    assert (late.status_code, late.json()["details"]["current"]) == (412, now)
    assert cancel(now, "b").json()["parts"][0]["status"] == "cancelled"


def test_a_channel_is_not_told_the_names_of_a_merchants_people(api, channel, point):
    part = make_order(channel=channel)
    person = make_member(
        part.merchant, Role.ORDERS, make_user("jeanne@example.org", full_name="Jeanne Tresquel")
    )
    acceptance.refuse(merchant_order_id=part.pk, reason="out_of_stock", at=timezone.now(), by=person)

    path = f"{PATH}{part.order.public_id}/parts/{part.public_id}/cancel/"
    refused = api.send(path, {"reason": "buyer_changed_mind"}, idempotency_key="a")

    assert (refused.status_code, refused.json()["details"]["status"]) == (409, "refused")
    assert "Jeanne" not in refused.content.decode()
