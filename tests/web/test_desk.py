"""The desk shows people what their groups need, and no more."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from core.enums import JobState
from core.models import Job, User
from core.web import desk
from tests.web.personas import staff

pytestmark = pytest.mark.django_db


def allow(user: User, *codenames: str) -> None:
    user.user_permissions.set(
        Permission.objects.filter(codename__in=codenames, content_type__app_label="core")
    )


def test_the_first_page_counts_what_waits_and_links_to_it(client: Client) -> None:
    user = staff()
    allow(user, "view_job")
    client.force_login(user)

    page = client.get("/admin/").content.decode()

    assert f"/admin/core/job/?state__exact={JobState.FAILED}" in page
    assert "/admin/core/delivery/" not in page


def test_somebody_without_rights_sees_neither_queue_nor_page(client: Client) -> None:
    client.force_login(staff())

    page = client.get("/admin/").content.decode()

    assert "/admin/core/" not in page


def test_a_queue_older_than_its_service_level_is_late() -> None:
    now = timezone.now()
    queue = desk.Queue(
        key="test",
        title="Test",
        permission="core.view_job",
        waiting=lambda request: Job.objects.none(),
        url=lambda: "/",
        within=timedelta(hours=16),
    )

    def shape(count: int, hours: float) -> str:
        return desk._show(queue, desk.Waiting(count, now - timedelta(hours=hours)), now).shape

    assert [shape(3, 1), shape(3, 12), shape(3, 16), shape(0, 20)] == ["us", "soon", "late", "done"]


def test_the_desk_s_pages_carry_neither_script_nor_style_of_their_own(client: Client) -> None:
    client.force_login(staff(is_superuser=True))
    Job.objects.all().delete()

    for path in ("/admin/", "/admin/core/job/", "/admin/core/user/"):
        response = client.get(path)
        page = response.content.decode()
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)", page), path
        policy = response["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval'" in policy
        assert re.search(r"style-src 'self'(;|$)", policy)
