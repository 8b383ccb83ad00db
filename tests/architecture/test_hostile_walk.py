"""Hostile input at every door is refused in words or left aside; no door breaks on it."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from merchants.enums import Role
from tests.api import api_client
from tests.architecture.tenancy_world import World, make_world
from tests.architecture.test_tenancy_walk import PUBLIC, SENT, addresses, place
from tests.factories import make_member

pytestmark = pytest.mark.django_db

HUGE = "9" * 40
TEXTS = (
    "\x00",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    HUGE,
    "-1",
    "' OR 1=1 --",
)
#: Names that lists and forms read, whichever page has them.
NAMES = (
    *("page", "q", "state", "status", "market", "view", "effect", "watch", "language", "next", "cursor"),
    *("limit", "country", "postcode", "latitude", "longitude", "place", "from", "until", "placed_after"),
    *("order", "product", "parcel", "merchant", "reason", "number", "code", "weight_g", "sku", "title"),
    *("quantity", "on_hand", "version", "price", "amount", "category", "email", "role", "date", "radius"),
)
BODIES = (
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"a": NaN}',
    b'{"reference": "\\u0000", "lines": [{"quantity": 1e400}]}',
    b'{"lines": {"a": []}, "delivery": [], "buyer": 3, "payment": null, "events": "x"}',
    b"[" * 100_000,
    b"\xff\xfe\x00",
    json.dumps({"reason": HUGE, "events": [None], "lines": [[]] * 3}).encode(),
)


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


@pytest.fixture
def owner(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_member(world.merchant, Role.OWNER))
    return client


def broken(answer: Any) -> bool:
    if answer.streaming:
        b"".join(answer.streaming_content)
    return bool(answer.status_code >= 500)


@pytest.mark.parametrize("text", TEXTS, ids=["nul", "surrogate", "huge", "negative", "quote"])
def test_no_page_breaks_on_what_its_address_asks(world: World, owner: Client, text: str) -> None:
    asked = dict.fromkeys(NAMES, text)

    wrong = [
        f"{method} {address.name}"
        for address in addresses()
        if not address.is_api
        for method in ("get", "post")
        if broken(getattr(owner, method)(place(address, world), asked))
    ]

    assert wrong == []


def test_no_page_breaks_on_what_its_form_sends(world: World, owner: Client) -> None:
    """Each form is sent with hostile values in the fields it really has."""
    wrong = []
    for address in addresses():
        if address.is_api or address.name in PUBLIC:
            continue
        shown = owner.get(place(address, world))
        fields = list(getattr((shown.context or {}).get("form"), "fields", {})) if shown.context else []
        for text in TEXTS:
            sent = {**SENT.get(address.name, lambda _w: {})(world), **dict.fromkeys(fields, text)}
            if fields and broken(owner.post(place(address, world), sent)):
                wrong.append(f"{address.name} {fields} {text[:5]!r}")

    assert wrong == []


def test_no_address_breaks_on_a_strange_argument(owner: Client) -> None:
    wrong = []
    for address in addresses():
        for text in ("%00", "%ff", "..%2f..%2fetc%2fpasswd", HUGE, "%F0%9F%98%80"):
            wrong += [asked for asked in _with(address.route, text) if broken(owner.get(asked))]

    assert wrong == []


def _with(route: str, text: str) -> list[str]:
    if "^" in route or "<" not in route:
        return []
    return ["/" + re.sub(r"<[^>]+>", text, route)]


def test_no_address_of_the_api_breaks_on_a_body(world: World) -> None:
    clients = {name: api_client(app) for name, app in world.applications.items() if "other" not in name}
    wrong = []
    for address in addresses():
        if not address.is_api or address.name in PUBLIC:
            continue
        for who, client in clients.items():
            for number, body in enumerate(BODIES):
                answer = client.send(
                    place(address, world),
                    body,
                    method="POST",
                    idempotency_key=f"{address.name}-{who}-{number}",
                )
                if broken(answer):
                    wrong.append(f"{who} POST {address.name} {body[:40]!r}: {answer.status_code}")
            wrong += [
                f"{who} GET {address.name}?={text}"
                for text in ("\x00", HUGE, "-1", "x", "NaN", "1e400")
                if broken(client.get(place(address, world), dict.fromkeys(NAMES, text)))
            ]

    assert wrong == []


def test_a_file_with_a_hostile_name_is_kept_under_a_name_of_ours(world: World, owner: Client) -> None:
    for name in ("../../etc/passwd.csv", 'a"\r\nSet-Cookie: x=1.csv', "..\\..\\boot.csv", "x" * 400 + ".csv"):
        file = SimpleUploadedFile("placeholder.csv", b"sku;titre\nA-1;Torchon\n", "text/csv")
        file._name = name
        answer = owner.post(reverse("catalog:import_new"), {"file": file})
        assert answer.status_code in {302, 422}, name

    kept = [imported.file.name for imported in type(world.imported).objects.exclude(pk=world.imported.pk)]
    assert kept and all(name.startswith("imports/") and ".." not in name for name in kept)


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(world: World) -> None:
    client = api_client(world.applications["channel"])

    answer = client.send("/api/v1/orders/", b'"' + b"x" * 10_000_000 + b'"', idempotency_key="a")

    assert answer.status_code == 413
    assert answer.json()["code"] == "payload_too_large"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_no_page_sends_people_elsewhere(world: World, owner: Client, target: str) -> None:
    for name, sent in {
        "choose_language": {"language": "fr"},
        "choose_theme": {"theme": "dark"},
        "merchants:switch": {"merchant": world.merchant.public_id},
        "account_login": {"login": "x@example.org", "password": "x"},
    }.items():
        answer = owner.post(reverse(name), {**sent, "next": target})
        assert "evil" not in answer.headers.get("Location", ""), name
        assert not answer.headers.get("Location", "").startswith("javascript"), name


def test_another_host_is_refused(owner: Client) -> None:
    assert owner.get("/", headers={"host": "evil.example"}).status_code == 400
