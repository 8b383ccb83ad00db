"""A client generated from the document is imported and used against a running server."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from merchants.enums import CompanySource
from merchants.models import Application, Company, MerchantApplication
from orders.models import Order
from partners.enums import ApplicationKind
from tests.api import api_client, ask_token, issue, make_application
from tests.factories import make_channel, make_merchant, make_offer, make_point
from tests.orders.bodies import body

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NAME = "passerelle_client"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The generated package, on the import path."""
    home = tmp_path_factory.mktemp("client")
    subprocess.run(
        [
            Path(sys.executable).with_name("openapi-python-client"),
            "generate",
            "--path",
            settings.BASE_DIR / "docs" / "openapi.yaml",
            "--meta",
            "none",
            "--output-path",
            home / NAME,
        ],
        check=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(home)
        yield importlib.import_module(NAME)


def operation(path: str) -> Any:
    return importlib.import_module(f"{NAME}.api.{path}")


def model(name: str, sent: dict[str, Any]) -> Any:
    return getattr(importlib.import_module(f"{NAME}.models"), name).from_dict(sent)


@pytest.fixture
def connect(package, live_server):
    """Return a client with the token of an application."""
    return lambda application: package.AuthenticatedClient(
        base_url=live_server.url, token=api_client(application).token
    )


def test_a_generated_client_speaks_to_the_server(package, live_server):
    me = operation("api.me")
    issued = issue(make_application(), ["offers:read"])
    token = ask_token(issued.client_id, issued.secret).json()["access_token"]

    with package.AuthenticatedClient(base_url=live_server.url, token=token) as client:
        found = me.sync(client=client)
    with package.AuthenticatedClient(base_url=live_server.url, token="wrong") as client:
        refused = me.sync_detailed(client=client)

    assert (found.name, [str(scope) for scope in found.scopes]) == ("Canal Nord", ["offers:read"])
    assert refused.status_code == 401
    assert refused.parsed.code == "invalid_token"


def test_it_finds_offers_and_points_places_many_orders_and_tells_a_payment(connect):
    variant, point = make_offer(make_merchant(), stock=3), make_point()
    sent = [body(point, (variant, 1)), body(point, (variant, 99))]
    sent[0]["payment"]["status"] = "pending"

    with connect(make_channel().application) as client:
        [offer] = operation("offers.offers_list").sync(client=client, market="FR").results
        [near] = (
            operation("pickup_points.pickup_points").sync(client=client, country="FR", city="Lyon").results
        )
        placed = operation("orders.orders_place_batch").sync(
            client=client, body=model("BatchOrdersIn", {"orders": sent}), idempotency_key="a"
        )
        first, second = placed.results
        paid = operation("orders.orders_tell_payment").sync(
            client=client,
            order_id=first.order.id,
            body=model("PaymentToldIn", {"status": "captured", "amount": "12.90"}),
            idempotency_key="b",
        )

    assert (offer.sku, offer.price, near.id) == (variant.sku, "12.90", point.public_id)
    assert (first.status, second.status, second.problem.code) == (201, 409, "out_of_stock")
    assert (first.order.payment_status, paid.payment_status) == ("pending", "captured")
    assert [part.status for part in paid.parts] == ["waiting_acceptance"]
    assert Order.objects.get().public_id == first.order.id


def test_it_reads_requirements_and_who_sells(connect):
    merchant, shop = make_merchant("Maison Kerjean"), make_application(ApplicationKind.SHOP_SYSTEM)
    MerchantApplication.objects.create(merchant=merchant, application=shop)
    Application.objects.create(merchant=merchant)
    Company.objects.create(
        merchant=merchant,
        legal_name="Kerjean SAS",
        siren="552100554",
        siret="55210055400013",
        source=CompanySource.DECLARED,
    )

    with connect(shop) as client:
        needed = operation("merchants.merchant_requirements").sync(client=client)
    with connect(make_channel().application) as client:
        trader = operation("merchants.trader_information").sync(client=client, public_id=merchant.public_id)
        unknown = operation("merchants.trader_information").sync(client=client, public_id=UUID(int=1))

    assert {capability.code for capability in needed.capabilities} >= {"sell", "be_paid"}
    assert all(item.code and item.title and item.actor for item in needed.currently_due)
    assert (trader.legal_name, trader.registration_number) == ("Kerjean SAS", "552100554")
    assert (unknown.status, unknown.code) == (404, "not_found")
