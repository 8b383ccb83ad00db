"""Every page of the admin: nothing typed into what services decide, nothing shown to whom it is not for."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from core.models import SealedField, User
from core.staff import StaffGroup
from merchants.services import bank, people, requirements
from tests.architecture.tenancy_world import BUYER, World, make_world
from tests.web import personas

pytestmark = pytest.mark.django_db

OURS = {"core", "partners", "merchants", "catalog", "marketing", "orders"}
PERSON = "Zqrepresentante"
HOLDER = "Zqtitulaire"
IBAN = "FR7630006000011234567890189"
#: Texts that are sealed at rest, and the permission without which no page may show them.
SEALED = {
    PERSON: "merchants.view_person",
    HOLDER: "merchants.view_bankaccount",
    IBAN: None,
    BUYER.name: "orders.view_buyer",
    BUYER.email: "orders.view_buyer",
    BUYER.phone: "orders.view_buyer",
}


def pages() -> list[Any]:
    return [a for a in admin.site._registry.values() if a.model._meta.app_label in OURS]


def named(page: Any) -> str:
    return str(page.model._meta.label)


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    world = make_world()
    boss, at = User.objects.get(email__startswith="zqmarque-boss"), timezone.now()
    people.add_representative(
        merchant_id=world.merchant.pk,
        data=people.PersonalData("Anne", PERSON, date(1980, 2, 3), "FR"),
        by=boss,
        at=at,
    )
    bank.add(merchant_id=world.merchant.pk, iban=IBAN, holder=HOLDER, by=boss, at=at)
    return world


def signed_in(*groups: str) -> Client:
    client = Client()
    client.force_login(personas.staff(f"{'-'.join(groups).replace(' ', '')}@example.org", *groups))
    return client


def address(page: Any, action: str, *args: Any) -> str:
    meta = page.model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{action}", args=args)


def vars_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def as_kept(page: Any, pk: int) -> dict[str, Any]:
    return vars_of(page.model._default_manager.get(pk=pk))


def opened(client: Client, page: Any) -> dict[str, Any]:
    """Open the list of a page, its newest object and the history of that; return the answers."""
    answers = {"list": client.get(address(page, "changelist"))}
    newest = page.model._default_manager.order_by("-pk").first()
    if newest is not None:
        answers["object"] = client.get(address(page, "change", newest.pk))
        answers["history"] = client.get(address(page, "history", newest.pk))
    return answers


@pytest.mark.parametrize("page", pages(), ids=named)
def test_no_state_moment_or_sealed_text_can_be_typed(page: Any) -> None:
    request = RequestFactory().get("/admin/")
    request.user = User.objects.create_superuser("root@example.org", "a long enough phrase")

    typed = page.get_form(request, None, change=True).base_fields.keys() | set(page.list_editable)

    locked = {
        field.name
        for field in page.model._meta.fields
        if field.name in {"status", "state", "public_id", "merchant"}
        or field.name.endswith(("_at", "_by", "_hash", "_token"))
        or isinstance(field, SealedField | models.FileField)
    }
    assert typed & locked == set()


def test_the_auditor_opens_every_page_and_can_change_none(world: World) -> None:
    client, wrong = signed_in(StaffGroup.AUDITOR), []

    for page in pages():
        for what, answer in opened(client, page).items():
            if answer.status_code != 200:
                wrong.append(f"{named(page)} {what}: {answer.status_code}")
        newest = page.model._default_manager.order_by("-pk").first()
        sent = {"add": [], "change": [newest.pk], "delete": [newest.pk]} if newest else {"add": []}
        for action, args in sent.items():
            answer = client.post(address(page, action, *args), {"status": "approved", "post": "yes"})
            is_refused = answer.status_code in {403, 405}
            # A page of ours that only shows may answer a POST with itself.
            is_shown = action == "change" and answer.status_code == 200
            if not is_refused and not is_shown:
                wrong.append(f"{named(page)} POST {action}: {answer.status_code}")
        if newest and as_kept(page, newest.pk) != vars_of(newest):
            wrong.append(f"{named(page)} changed")

    assert wrong == []


@pytest.mark.parametrize("group", StaffGroup.values)
def test_a_group_opens_the_pages_it_may_see_and_no_others(world: World, group: str) -> None:
    client, wrong = signed_in(group), []
    user = User.objects.get(email__startswith=group.replace(" ", ""))

    for page in pages():
        meta = page.model._meta
        expected = 200 if user.has_perm(f"{meta.app_label}.view_{meta.model_name}") else 403
        wrong += [
            f"{named(page)} {what}: {answer.status_code}, not {expected}"
            for what, answer in opened(client, page).items()
            if answer.status_code != expected
        ]

    assert wrong == []


@pytest.mark.parametrize("group", StaffGroup.values)
def test_sealed_data_are_shown_to_those_with_the_permission_only(world: World, group: str) -> None:
    client = signed_in(group)
    user = User.objects.get(email__startswith=group.replace(" ", ""))
    hidden = [text for text, permission in SEALED.items() if not permission or not user.has_perm(permission)]

    shown = [
        f"{named(page)} {what} shows {text}"
        for page in pages()
        for what, answer in opened(client, page).items()
        for text in hidden
        if text.lower() in answer.content.decode().lower()
    ]

    assert shown == []


def test_a_reviewer_reads_the_representative_on_the_desk(world: World) -> None:
    """The control of the walk above: whose job it is does see the name."""
    desk = reverse("admin:merchants_application_change", args=[world.merchant.application.pk])

    shown = signed_in(StaffGroup.REVIEWER).get(desk, {"piece": "legal_representative"})
    assert PERSON.lower() in shown.content.decode().lower()


@pytest.mark.parametrize("group", StaffGroup.values)
def test_no_piece_of_a_file_shows_a_person_to_whom_it_is_not_for(world: World, group: str) -> None:
    client = signed_in(group)
    if User.objects.get(email__startswith=group.replace(" ", "")).has_perm("merchants.view_person"):
        return
    desk = reverse("admin:merchants_application_change", args=[world.merchant.application.pk])

    for code in requirements.CODES:
        shown = client.get(desk, {"piece": code}).content.decode().lower()
        assert PERSON.lower() not in shown and IBAN.lower() not in shown, code
