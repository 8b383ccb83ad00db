"""Every page of a merchant's portal, with orders and goods in it, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext

from merchants.enums import Role
from orders.enums import OrderStatus
from orders.models import Parcel
from orders.services import parcels, shipping
from tests.factories import make_member, make_merchant, make_offer, make_order, make_point
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.web.test_look import is_sideways, serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/today/",
    "/orders/",
    "/packing/",
    "/finances/",
    "/search/?q=TORCHON",
    "/catalog/",
    "/imports/",
    "/imports/new/",
    "/markets/",
    "/store/",
    "/team/",
    "/team/leave/",
    "/security/visits/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/accounts/logout/",
    "/notifications/",
    "/help/",
]
# One word of the navigation, which every page of the portal carries.
WORDS = {"fr": ("Commandes", "Orders"), "en": ("Orders", "Commandes")}


@pytest.fixture
def paths() -> tuple[Any, list[str]]:
    """An owner, and the addresses of one of everything that is theirs."""
    merchant, now = make_merchant(), timezone.now()
    owner, colleague = make_member(merchant, Role.OWNER), make_member(merchant, Role.ORDERS)
    variant, point = make_offer(merchant, "TORCHON", stock=50), make_point(opening_hours="Mo-Fr 09:00-12:00")
    waiting = make_order((variant, 2), point=point)
    accepted = make_order((variant, 1), point=point, status=OrderStatus.ACCEPTED)
    packed = make_order((variant, 3), point=point, status=OrderStatus.ACCEPTED)
    parcel: Parcel = shipping.make_label(merchant_order_id=packed.pk, weight_g=700, by=None, at=now)
    parcels.hand_over(parcel_ids=[parcel.pk], by=None, at=now)
    member = merchant.memberships.get(user=colleague)
    product = variant.product.public_id
    own = [
        *(f"/orders/{order.public_id}/" for order in (waiting, accepted, packed)),
        f"/orders/{waiting.public_id}/refuse/",
        f"/packing/orders/{accepted.public_id}/",
        f"/parcels/{parcel.public_id}/",
        f"/team/{member.public_id}/role/",
        f"/team/{member.public_id}/remove/",
        *(f"/catalog/{product}/{part}" for part in ("", "variants/", "languages/", "prices/", "stock/")),
    ]
    return owner, [*PAGES, *own]


@pytest.mark.parametrize(
    ("language", "viewport", "theme"), [("fr", PHONE, "light"), ("en", PHONE, "dark"), ("fr", DESK, "dark")]
)
def test_every_page_of_the_portal_opens_fits_and_is_accessible(
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., None],
    watch: Watch,
    live_server: Any,
    paths: tuple[Any, list[str]],
    language: str,
    viewport: dict[str, int],
    theme: Any,
) -> None:
    owner, addresses = paths
    owner.language = language
    owner.save(update_fields=["language"])
    context = new_context(viewport=viewport, color_scheme=theme)
    sign_in(context, owner)
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page = context.new_page()
    wrong = {}

    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        navigation = page.locator(".ps-side").first.text_content() or ""
        expected, foreign = WORDS[language]
        found = {
            "status": answer.status if answer.status != 200 else None,
            "language": page.locator("html").get_attribute("lang") != language
            or expected not in navigation
            or foreign in navigation,
            "sideways": is_sideways(page),
            "axe": serious(page),
        }
        if any(found.values()):
            wrong[address] = {name: value for name, value in found.items() if value}

    assert wrong == {}
    assert watch.unexpected() == []
