"""Every page of a merchant's portal, with orders and goods in it, in a real browser.

Which pages there are, the table of addresses says: one that is new is walked too, or the walk names it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext

from core.models import User
from merchants.enums import Role
from merchants.services import signup, team
from orders.enums import OrderStatus
from orders.models import Parcel
from orders.services import parcels, shipping
from tests.architecture.tenancy_world import World, make_world
from tests.architecture.test_tenancy_walk import addresses, place
from tests.factories import make_member, make_merchant, make_offer, make_order, make_point, make_user
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.merchants import steps
from tests.web import personas
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
    owner, found = paths
    owner.language = language
    owner.save(update_fields=["language"])
    context = new_context(viewport=viewport, color_scheme=theme)
    sign_in(context, owner)
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])

    assert walk(context, found, language) == {}
    assert watch.unexpected() == []


def walk(context: BrowserContext, paths: list[str], language: str) -> dict[str, dict[str, Any]]:
    """Open each page; return what is wrong with it: no answer, words of another language, too wide, axe."""
    page, wrong = context.new_page(), {}
    for address in paths:
        answer = page.goto(address)
        assert answer is not None
        navigation = page.locator(".ps-side").first
        words = navigation.text_content() or "" if navigation.count() else WORDS[language][0]
        expected, foreign = WORDS[language]
        found = {
            "status": answer.status if answer.status != 200 else None,
            "language": page.locator("html").get_attribute("lang") != language
            or expected not in words
            or foreign in words,
            "sideways": is_sideways(page),
            "axe": serious(page),
        }
        if any(found.values()):
            wrong[address] = {name: value for name, value in found.items() if value}
    return wrong


#: Addresses that show this merchant no page, and where their page is walked or why there is none.
ELSEWHERE = {
    "merchants:landing": "leads to the day's first page",
    "merchants:document_page": "a picture, by a link signed for some minutes",
    "merchants:document_file": "a file, by a link signed for some minutes",
    "merchants:dac7": "asked of sole traders: DRAFT",
    "merchants:address_proof": "asked of sole traders: DRAFT",
    "merchants:attorney": "asked of who signs without representing: DRAFT",
    "merchants:team_join": "of who is invited, not of a member: DRAFT",
    "merchants:ownership_answer": "of whom ownership is offered to, with a second factor",
    "merchants:account_close": "asks for the password first",
    "catalog:import": "leads to the step where the import stands",
}
#: Pages that this merchant sees otherwise, or not: those of a sole trader's draft, signed for by another.
DRAFT = [
    *("file", "check", "company", "representative", "attorney", "identity", "bank", "address_proof"),
    *("dac7", "trade_plan", "registration", "self_certification", "agreement", "letters", "measures"),
]


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    """A merchant with one of everything, whose file is answered as widely as it can be."""
    settings.MEDIA_ROOT = tmp_path
    world = make_world()
    # The sizes that pages show.
    world.media.renditions = dict.fromkeys(("80", "160", "480"), world.media.file.name)
    world.media.save(update_fields=["renditions"])
    boss, at = owner_of(world), timezone.now()
    steps.give_company(world.merchant, boss, at)
    steps.give_people(world.merchant, boss, at)
    steps.give_trade(world.merchant, boss, at)
    steps.trade.declare_plan(
        families=["toys", "food", "electronics"],
        markets=["FR", "DE", "ES", "IT", "BE", "PL", "GB"],
        turnover="large",
        ships_from_outside=True,
        merchant_id=world.merchant.pk,
        by=boss,
        at=at,
    )
    return world


def owner_of(world: World) -> User:
    return world.merchant.memberships.get(role=Role.OWNER).user


def pages_of(world: World, client: Client) -> tuple[list[str], set[str]]:
    """Return the pages that open, and the names of the addresses that lead elsewhere. What only takes forms
    in, and what is no page (pictures, PDF, CSV, parts of pages), is neither.
    """
    found, elsewhere = [], set()
    for address in addresses():
        if address.is_api or ":" not in address.name:
            continue
        path = place(address, world)
        answer = client.get(path)
        if answer.status_code == 200 and "text/html" in answer["Content-Type"] and b"<html" in answer.content:
            found.append(path)
        elif answer.status_code not in {200, 405}:
            elsewhere.add(address.name)
    return found, elsewhere


def test_every_other_address_opens_fits_and_is_accessible(
    new_context: Callable[..., BrowserContext],
    watch: Watch,
    live_server: Any,
    client: Client,
    world: World,
    settings: Any,
) -> None:
    boss = owner_of(world)
    personas.give_second_factor(boss)
    context = new_context(viewport=PHONE, color_scheme="dark")
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    personas.just_gave_second_factor(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    found, elsewhere = pages_of(world, client)
    above = {resolve(path.partition("?")[0]).view_name for path in PAGES}

    assert elsewhere == set(ELSEWHERE)
    others = [path for path in found if resolve(path).view_name not in above]
    assert walk(context, others, "fr") == {}
    assert watch.unexpected() == []


def test_a_sole_traders_draft_and_an_invitation_are_accessible(
    new_context: Callable[..., BrowserContext], sign_in: Callable[..., None], watch: Watch
) -> None:
    owner, at = make_user(), timezone.now()
    merchant = signup.open_file(user_id=owner.pk, at=at)
    who = {"merchant_id": merchant.pk, "by": owner, "at": at}
    steps.give_company(merchant, owner, at, "99998014700014")
    steps.people.add_representative(data=steps.CLAIRE, signs=False, **who)
    steps.trade.declare_plan(families=["linen"], markets=["FR"], turnover="small", **who)
    other = make_merchant()
    invited = team.invite(
        merchant_id=other.pk, email=owner.email, role=Role.ORDERS, by=make_member(other), at=at
    )
    renewed = team.renew_token(invitation_id=invited.pk, at=at)
    assert renewed is not None
    context = new_context(viewport=PHONE)
    sign_in(context, owner)

    pages = [reverse(f"merchants:{name}") for name in DRAFT]
    assert walk(context, [*pages, reverse("merchants:team_join", args=[renewed[1]])], "fr") == {}
    assert watch.unexpected() == []
