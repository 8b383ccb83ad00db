"""From sign-up to collected parcel in a real browser, every step checked as `make journey` checks it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext

from catalog.models import Product
from demo import people
from demo.journey.steps import STEPS
from demo.journey.traveller import DEMO_SIRET, Traveller, sample_goods
from demo.journey.walk import walk
from demo.world import base
from orders.models import MerchantOrder
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.journeys import background, pictures
from tests.journeys.browser import BrowserDriver

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(settings: Any, live_server: Any, tmp_path: Path) -> None:
    settings.PUBLIC_URL = live_server.url
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "core.mail.FolderBackend", str(tmp_path / "mail")
    base.load(at=timezone.now())


def test_a_merchant_signs_up_and_a_buyer_collects_the_parcel(
    world: None, live_server: Any, new_context: Callable[..., BrowserContext], watch: Watch
) -> None:
    traveller = Traveller(
        email="nolwenn@tresquel.example",
        siret=DEMO_SIRET,
        order_reference=f"GL-{time.time_ns()}",
        goods=sample_goods(),
        points=None,
    )
    merchant = new_context()
    contexts = iter([merchant])
    driver = BrowserDriver(live_server.url, lambda: (next(contexts, None) or new_context()).new_page())
    walked: list[str] = []

    with background.at_work(live_server.url, people.partner_sign_in(base.CARRIER)) as failures:
        walk(driver, traveller, lambda step, _facts, _seconds: walked.append(step.code), patience=60)

    assert failures == []
    assert walked == [step.code for step in STEPS]
    order = MerchantOrder.objects.get(order__reference=traveller.order_reference)
    product = Product.objects.get(variants__sku=traveller.goods.sku)
    ids = {"order": order.public_id, "product": product.public_id}
    state = merchant.storage_state()
    for size in (DESK, PHONE):
        page = new_context(viewport=size, storage_state=state).new_page()
        taken = pictures.take(page, size["width"], **ids)
        assert all(path.stat().st_size > 5_000 for path in taken)
    assert watch.unexpected() == []
