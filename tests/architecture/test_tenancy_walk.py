"""Who may open which address: every one of them, as a stranger, as each role, as each kind of system.

An address with arguments must have a sample in one of the tables below, or the walk fails and names it: so
no page can be forgotten. A stranger learns nothing and changes nothing, by whatever method.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from merchants.enums import Role
from tests.api import ApiClient, api_client
from tests.architecture.tenancy_world import BUYER, MARK, World, make_world
from tests.factories import make_member, make_user
from tests.web import personas

pytestmark = pytest.mark.django_db

#: Walked elsewhere (the admin), or of libraries that know no merchant: sign-in, tokens.
NOT_OURS = ("admin:", "account_", "mfa_", "usersessions_", "idp:")
#: Open to whoever comes: they show nothing of a merchant.
PUBLIC = {
    *("home", "choose_language", "choose_theme", "legal", "privacy", "accessibility", "help", "status"),
    # Opens a store of one's own, whoever one is.
    "merchants:start",
    *("styleguide", "healthz", "readyz", "problems", "problem", "merchants:landing"),
    *("api:root", "api:schema", "api:docs", "api:reference"),
}
#: What stands in addresses that name a row of the merchant.
OWNED: dict[str, Callable[[World], list[Any]]] = {
    **dict.fromkeys(
        [
            f"catalog:{name}"
            for name in (
                *("product", "variants", "media", "languages", "prices", "stock", "conformity", "history"),
                *("publish", "withdraw", "archive", "restore"),
            )
        ],
        lambda w: [w.product.public_id],
    ),
    "catalog:variant": lambda w: [w.product.public_id, w.variant.public_id],
    "catalog:media_remove": lambda w: [w.product.public_id, w.media.public_id],
    "catalog:picture": lambda w: [w.media.public_id, 80],
    "catalog:accept": lambda w: [w.product.public_id, "en"],
    **dict.fromkeys(
        [f"catalog:import{name}" for name in ("", "_columns", "_confirm", "_cancel", "_errors")],
        lambda w: [w.imported.public_id],
    ),
    "merchants:company_found": lambda w: [w.check.public_id],
    "merchants:document": lambda w: [w.document.public_id],
    **dict.fromkeys(
        [f"merchants:measure{name}" for name in ("", "_statement", "_appeal")],
        lambda w: [w.measure.public_id],
    ),
    **dict.fromkeys(
        [f"merchants:person{name}" for name in ("", "_share", "_remove", "_identity")],
        lambda w: [w.person.public_id],
    ),
    "merchants:letter": lambda w: [w.letter.public_id],
    **dict.fromkeys(
        ["merchants:document_page", "merchants:document_file"], lambda w: [w.document.public_id, 1]
    ),
    "merchants:holiday_end": lambda w: [w.holiday.public_id],
    "merchants:team_role": lambda w: [w.membership.public_id],
    "merchants:team_remove": lambda w: [w.membership.public_id],
    "merchants:team_withdraw": lambda w: [w.invitation.public_id],
    "merchants:team_resend": lambda w: [w.invitation.public_id],
    "merchants:ownership_offer": lambda w: [w.membership.public_id],
    "merchants:developers_issue": lambda w: [w.applications["shop system"].public_id],
    "merchants:developers_revoke": lambda w: [w.applications["shop system"].public_id, w.client_id],
    **dict.fromkeys(
        [f"orders:{name}" for name in ("order", "accept", "refuse", "cancel", "pack")],
        lambda w: [w.order.public_id],
    ),
    "orders:parcel": lambda w: [w.parcel.public_id],
    "orders:parcel_label": lambda w: [w.parcel.public_id],
}
#: Arguments that name nothing of a merchant: each sees their own there.
SHARED: dict[str, Callable[[World], list[Any]]] = {
    **dict.fromkeys(["catalog:rule", "catalog:apply_rule", "catalog:publish_market"], lambda w: ["DE"]),
    "merchants:returns_remove": lambda w: ["union"],
    "problem": lambda w: ["not_found"],
    "api:pickup_point": lambda w: [w.point.public_id],
    "api:offer": lambda w: [w.variant.public_id],
    # Facts that the law wants shown to everybody.
    "api:trader_information": lambda w: [w.merchant.public_id],
}
#: What even a member who only reads may do: it is about themself.
OWN_AFFAIRS = {
    *("merchants:switch", "merchants:team_leave", "merchants:notifications_read"),
    *("merchants:ownership_answer", "merchants:ownership_end", "merchants:account_close"),
    "merchants:visit_end",
}
#: Links that open to whoever holds them, and show no more than they must.
SECRET_LINKS: dict[str, Callable[[World], list[Any]]] = {
    "orders:tracking": lambda w: [w.parcel.tracking_token],
    "merchants:team_join": lambda w: [w.join_token],
}
#: Forms that name rows in what they send instead of in their address.
SENT: dict[str, Callable[[World], dict[str, Any]]] = {
    "merchants:switch": lambda w: {"merchant": w.merchant.public_id},
    "catalog:publish_many": lambda w: {"product": w.product.public_id, "country": "FR"},
    "orders:accept_many": lambda w: {"order": w.order.public_id},
    "orders:hand_over": lambda w: {"parcel": w.parcel.public_id},
}
#: Which application an address of the API with arguments belongs to.
API_OWNED: dict[str, tuple[str, Callable[[World], list[Any]]]] = {
    "api:order": ("channel", lambda w: [w.order.order.public_id]),
    "api:order_payments": ("channel", lambda w: [w.order.order.public_id]),
    "api:order_cancel": ("channel", lambda w: [w.order.order.public_id, w.order.public_id]),
    "api:merchant_order": ("shop system", lambda w: [w.order.public_id]),
    "api:merchant_order_accept": ("shop system", lambda w: [w.order.public_id]),
    "api:merchant_order_refuse": ("shop system", lambda w: [w.order.public_id]),
    "api:parcel": ("carrier", lambda w: [w.parcel.public_id]),
}
#: Lists of the API that show the merchant's rows to these applications only.
API_LISTS = {
    "api:orders": "channel",
    "api:merchant_orders": "shop system",
    "api:parcels": "carrier",
}
#: What is on sale shows itself to every channel.
API_CHANNELS = {"api:offers", "api:offer"}


class Address(NamedTuple):
    name: str
    route: str
    has_arguments: bool

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")


def addresses() -> list[Address]:
    """Return every address of ours."""
    return [a for a in _walk(get_resolver()) if a.name and not a.name.startswith(NOT_OURS)]


def _walk(resolver: Any, namespaces: tuple[str, ...] = (), before: str = "") -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, inner, route)
        elif pattern.name:
            has_arguments = bool(pattern.pattern.regex.groups)
            yield Address(":".join((*namespaces, pattern.name)), route, has_arguments)


def place(address: Address, world: World) -> str:
    """Return the address filled in with the merchant's own identifiers."""
    owned = OWNED.get(address.name) or SHARED.get(address.name) or SECRET_LINKS.get(address.name)
    if address.name in API_OWNED:
        owned = API_OWNED[address.name][1]
    return reverse(address.name, args=owned(world) if owned else [])


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace").lower()


def owned_rows(world: World) -> dict[str, Any]:
    """Return all that the merchant has, to see that nothing of it changes."""
    rows = {}
    for model in apps.get_models():
        path = getattr(model, "merchant_path", None)
        if path and path != "merchant_id" and not hasattr(model, "pgh_tracked_model"):
            rows[model._meta.label] = sorted(
                str([_plain(value) for value in row])
                for row in model.objects.for_merchant(world.merchant).values_list()
            )
    return rows


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


@pytest.fixture
def strangers(world: World) -> dict[str, Client]:
    """Everybody whose session is not one of the merchant's members."""
    neighbour = make_member(world.other, Role.OWNER)
    made = {"anonymous": Client(), "without merchant": Client(), "neighbour": Client(), "staff": Client()}
    made["without merchant"].force_login(make_user())
    made["neighbour"].force_login(neighbour)
    personas.give_second_factor(neighbour)
    personas.just_gave_second_factor(made["neighbour"])
    made["staff"].force_login(personas.staff("equipe@example.org", "administrator"))
    return made


def test_every_address_with_arguments_has_a_sample() -> None:
    known = OWNED.keys() | SHARED.keys() | SECRET_LINKS.keys() | API_OWNED.keys()

    unknown = [f"{a.name} ({a.route})" for a in addresses() if a.has_arguments and a.name not in known]

    assert unknown == [], "put each into a table of this file"


def test_a_stranger_to_the_merchant_finds_nothing_and_changes_nothing(world, strangers) -> None:
    before, wrong = owned_rows(world), []

    for address in addresses():
        if address.is_api or address.name in PUBLIC or address.name in SECRET_LINKS:
            continue
        for who, client in strangers.items():
            for method in ("get", "post"):
                send = SENT.get(address.name, lambda _world: {})
                response = getattr(client, method)(place(address, world), send(world))
                said = f"{who} {method.upper()} {address.name}: {response.status_code}"
                if response.status_code not in _refusals(address, who):
                    wrong.append(said)
                if response.status_code < 300 and MARK.lower() in text_of(response):
                    wrong.append(f"{said}, shows {MARK}")

    assert wrong == []
    after = owned_rows(world)
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}


def _refusals(address: Address, who: str) -> set[int]:
    """Return what a stranger may be answered. 405 stands before who it is."""
    if who == "anonymous":
        return {302, 405}
    if who in {"without merchant", "staff"}:
        # They are sent to open a store of their own.
        return {302, 404, 405}
    if address.name in OWNED or address.name == "merchants:switch":
        return {404, 405}
    # The neighbour's own lists and forms.
    return {200, 204, 302, 400, 404, 405, 422}


@pytest.mark.parametrize("role", Role.values)
def test_a_member_finds_all_addresses_of_their_merchant(world, role: str) -> None:
    client = Client()
    client.force_login(make_member(world.merchant, role))
    wrong = []

    for address in addresses():
        if address.is_api or address.name in PUBLIC or address.name in SECRET_LINKS:
            continue
        response = client.get(place(address, world))
        text_of(response)
        allowed = {200, 302, 405} | (set() if role in {Role.OWNER, Role.ADMINISTRATOR} else {403})
        if response.status_code not in allowed:
            wrong.append(f"{role} GET {address.name}: {response.status_code}")

    assert wrong == []


def test_a_member_who_only_reads_can_send_nothing(world) -> None:
    client = Client()
    client.force_login(make_member(world.merchant, Role.READ_ONLY))
    before, wrong = owned_rows(world), []

    for address in addresses():
        elsewhere = address.name in PUBLIC or address.name in SECRET_LINKS
        if address.is_api or elsewhere or address.name in OWN_AFFAIRS:
            continue
        send = SENT.get(address.name, lambda _world: {})
        response = client.post(place(address, world), send(world))
        if response.status_code not in {403, 405}:
            wrong.append(f"{address.name}: {response.status_code}")

    assert wrong == []
    after = owned_rows(world)
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}


def test_a_secret_link_shows_nothing_of_the_buyer_and_needs_its_secret(world, strangers) -> None:
    for address in addresses():
        if address.name not in SECRET_LINKS:
            continue
        guessed = reverse(address.name, args=["x" * 43])
        for who, client in strangers.items():
            shown, missing = client.get(place(address, world)), client.get(guessed)
            # 403: the invitation is for another address.
            assert shown.status_code in {200, 302, 403}, f"{who} {address.name}"
            assert BUYER.name.lower() not in text_of(shown) and BUYER.email.lower() not in text_of(shown)
            assert missing.status_code in {302, 404, 410}, f"{who} {address.name}"
            assert MARK.lower() not in text_of(missing)


def test_an_application_sees_its_own_rows_and_no_others(world) -> None:
    clients = {name: api_client(application) for name, application in world.applications.items()}
    clients["anonymous"] = ApiClient()
    before, wrong = owned_rows(world), []

    for address in addresses():
        if not address.is_api or address.name in PUBLIC:
            continue
        owner = API_OWNED[address.name][0] if address.name in API_OWNED else API_LISTS.get(address.name)
        for who, client in clients.items():
            for method in ("GET", "POST"):
                if who == owner and method == "POST":
                    continue
                answered = client.send(
                    place(address, world), {}, method=method, idempotency_key=f"{who} {address.name}"
                )
                said = f"{who} {method} {address.name}: {answered.status_code}"
                if answered.status_code not in _api_answers(address, who, owner):
                    wrong.append(f"{said} {answered.content[:200]!r}")
                is_on_sale = address.name in API_CHANNELS and "channel" in who
                if who != owner and not is_on_sale and MARK.lower() in text_of(answered):
                    wrong.append(f"{said}, shows {MARK}")

    assert wrong == []
    after = owned_rows(world)
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}


def _api_answers(address: Address, who: str, owner: str | None) -> set[int]:
    if who == "anonymous":
        return {401}
    if who == owner:
        return {200, 405}
    if address.name in API_OWNED:
        return {403, 404, 405}
    return {200, 400, 403, 404, 405, 422}


def test_the_walk_would_notice_a_page_that_forgets_whose_rows_it_reads(world, strangers) -> None:
    """The control: a page that answers the merchant's product to a neighbour is found out."""
    from django.shortcuts import get_object_or_404

    from catalog.web import product as page

    class Careless:
        def __call__(self, _request: Any, public_id: Any) -> Any:
            return get_object_or_404(page.Product, public_id=public_id)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page, "own", Careless())
        response = strangers["neighbour"].get(reverse("catalog:product", args=[world.product.public_id]))

    assert response.status_code == 200 and MARK.lower() in text_of(response)
