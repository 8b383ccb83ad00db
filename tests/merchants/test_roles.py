"""The table of roles: pages obey it, the documentation prints it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils import translation

from merchants.enums import Role
from merchants.roles import AREAS, Access, area_of
from merchants.web.access import may
from tests.architecture.tenancy_world import World, make_world
from tests.architecture.test_tenancy_walk import PUBLIC, SECRET_LINKS, SENT, addresses, place
from tests.factories import make_member
from tests.web.personas import give_second_factor, just_gave_second_factor

pytestmark = pytest.mark.django_db
#: They ask who signed in, not in which role.
ANY_ROLE = {"merchants:switch"}


@pytest.fixture
def world(settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


def pages():
    elsewhere = PUBLIC | SECRET_LINKS.keys() | ANY_ROLE
    return [one for one in addresses() if not one.is_api and one.name not in elsewhere]


def test_every_page_of_the_portal_stands_in_the_table() -> None:
    assert [one.name for one in pages() if area_of(one.name) is None] == []


@pytest.mark.parametrize("role", Role.values)
def test_each_role_opens_and_sends_what_the_table_says(world: World, role: str) -> None:
    client, user = Client(), make_member(world.merchant, role)
    client.force_login(user)
    give_second_factor(user)
    just_gave_second_factor(client)
    wrong = []

    for address in pages():
        # What ends the membership is last: the walk goes on as a member.
        if address.name == "merchants:team_leave":
            continue
        access = area_of(address.name).of(role)
        read = client.get(place(address, world)).status_code
        # 405 stands before who it is.
        if read != 405 and (read == 403) != (access < Access.READ):
            wrong.append(f"{role} GET {address.name}: {read}, though {access.name}")
        sent = client.post(place(address, world), SENT.get(address.name, lambda _w: {})(world)).status_code
        if access < Access.CHANGE and sent not in {403, 405}:
            wrong.append(f"{role} POST {address.name}: {sent}, though {access.name}")
        if access == Access.CHANGE and sent == 403:
            wrong.append(f"{role} POST {address.name}: 403, though {access.name}")

    assert wrong == [], "\n".join(wrong)


def test_pages_that_name_roles_name_those_of_the_table(world: World) -> None:
    wrong = []
    for address in pages():
        named = getattr(resolve(place(address, world)).func, "member_roles", ())
        area = area_of(address.name)
        for role in Role if named and not area.owners_only else ():
            passes = may(role, set(named) | {Role.OWNER, Role.ADMINISTRATOR}, "POST")
            if passes != (area.of(role) >= Access.READ):
                wrong.append(f"{address.name}: {role} {'passes' if passes else 'does not pass'}")

    assert wrong == [], "\n".join(wrong)


def test_the_documentation_prints_the_table() -> None:
    with translation.override("en"):
        head = ["where", *(str(role.label).lower() for role in Role)]
        rows = [[str(area.title), *(str(area.of(role).word).lower() for role in Role)] for area in AREAS]
    table = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]

    assert "\n".join(table) in (Path(settings.BASE_DIR) / "docs" / "roles.md").read_text(encoding="utf-8")


def test_who_may_only_read_sees_the_form_and_cannot_fill_it_in(world: World) -> None:
    client = Client()
    client.force_login(make_member(world.merchant, Role.FINANCE))

    page = client.get("/store/name/").content.decode()

    assert "<fieldset" in page and "disabled" in page
    assert "Votre rôle" in page
