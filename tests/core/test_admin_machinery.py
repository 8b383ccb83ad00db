"""The admin's pages of the machinery."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import audit
from core.admin import BaseAdmin, ReadOnlyAdmin
from core.enums import DeliveryState, JobState
from core.models import DataKey, Delivery, Event, Job, User
from core.services import events
from tests.web.personas import give_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _with_second_factor(admin_user: User) -> None:
    give_second_factor(admin_user)


@pytest.fixture
def dead() -> Delivery:
    with transaction.atomic():
        event = events.record_many([events.NewEvent("order.accepted", "order", uuid.uuid4())])[0]
    return Delivery.objects.create(
        event=event, consumer="listener", subject_id=event.subject_id, state=DeliveryState.DEAD, attempts=12
    )


@pytest.fixture
def failed() -> Job:
    return Job.objects.create(
        name="test.add",
        state=JobState.FAILED,
        attempts=8,
        finished_at=timezone.now(),
        last_error="ValueError",
    )


def test_lists_and_pages_open(admin_client, dead, failed):
    for name, pk in (("event", dead.event_id), ("delivery", dead.pk), ("job", failed.pk)):
        assert admin_client.get(reverse(f"admin:core_{name}_changelist")).status_code == 200
        page = admin_client.get(reverse(f"admin:core_{name}_change", args=[pk]))
        assert page.status_code == 200
        assert b'name="state"' not in page.content


@pytest.mark.parametrize("name", ["event", "delivery", "job"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three_rows(admin_client, name, count, django_assert_max_num_queries):
    people = [User.objects.create_user(f"{n}@example.com") for n in range(count)]
    for person in people:
        event = events.record("user.invited", person, by=person)
        Delivery.objects.create(event=event, consumer="listener", subject_id=event.subject_id)
        Job.objects.create(name="test.add", actor=person)

    admin_client.get(reverse("admin:index"))  # the session's own first statements
    with django_assert_max_num_queries(12):
        page = admin_client.get(reverse(f"admin:core_{name}_changelist"))

    assert page.context["cl"].result_count == count


def test_delivers_again_what_was_given_up(admin_client, dead):
    url = reverse("admin:core_delivery_changelist")

    page = admin_client.post(url, {"action": "replay", "_selected_action": [dead.pk]}, follow=True)

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (DeliveryState.PENDING, 0)
    assert [message.level_tag for message in page.context["messages"]] == ["success"]


def test_runs_a_failed_job_again(admin_client, failed):
    done = Job.objects.create(name="test.add", state=JobState.DONE, finished_at=timezone.now())
    url = reverse("admin:core_job_changelist")

    admin_client.post(url, {"action": "retry", "_selected_action": [failed.pk, done.pk]})

    failed.refresh_from_db()
    done.refresh_from_db()
    assert (failed.state, failed.attempts, done.state) == (JobState.WAITING, 0, JobState.DONE)


def test_who_may_only_look_starts_nothing_again(client, failed):
    viewer = User.objects.create_user("viewer@example.com", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_job"))
    give_second_factor(viewer)
    client.force_login(viewer)
    url = reverse("admin:core_job_changelist")

    assert client.get(url).status_code == 200
    client.post(url, {"action": "retry", "_selected_action": [failed.pk]})

    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


def test_nothing_of_the_machinery_is_added_changed_or_deleted_by_hand(admin_client, failed):
    for act, args in (("add", []), ("delete", [failed.pk])):
        assert admin_client.get(reverse(f"admin:core_job_{act}", args=args)).status_code == 403
    response = admin_client.post(reverse("admin:core_job_change", args=[failed.pk]), {"state": "done"})

    failed.refresh_from_db()
    assert response.status_code == 403
    assert failed.state == JobState.FAILED


def test_the_base_locks_every_field_and_hides_sealed_ones(rf, admin_user):
    from django.contrib.admin import site

    class KeyAdmin(BaseAdmin):
        editable_fields = ("purpose",)

    request = rf.get("/")
    request.user = admin_user
    page = KeyAdmin(DataKey, site)

    assert "destroyed_at" in page.get_readonly_fields(request)
    assert "purpose" not in page.get_readonly_fields(request)
    assert not page.has_delete_permission(request)
    assert not ReadOnlyAdmin(Event, site).has_add_permission(request)


def test_an_object_shows_its_history(admin_client, admin_user):
    person = User.objects.create_user("a@example.com", full_name="Ada")
    with audit.acting(user=admin_user.pk, ip="192.0.2.7"):
        User.objects.filter(pk=person.pk).update(language="en")

    page = admin_client.get(reverse("admin:core_user_history", args=[person.pk]))

    assert page.status_code == 200
    assert page.context["entries"][0].changes[0].after == "en"
    text = page.content.decode()
    assert "192.0.2.7" in text
    assert admin_user.email in text


def test_people_are_looked_up_and_not_typed_into(admin_client):
    person = User.objects.create_user("a@example.com", password="secret-of-ada")

    assert admin_client.get(reverse("admin:core_user_changelist"), {"q": "a@ex"}).status_code == 200
    page = admin_client.get(reverse("admin:core_user_change", args=[person.pk]))

    assert page.status_code == 200
    assert person.password not in page.content.decode()
    assert admin_client.post(reverse("admin:core_user_change", args=[person.pk])).status_code == 403


def test_a_stranger_sees_no_history(rf):
    from django.contrib.admin import site
    from django.core.exceptions import PermissionDenied

    person = User.objects.create_user("a@example.com", is_staff=True)
    request = rf.get("/")
    request.user = person

    with pytest.raises(PermissionDenied):
        ReadOnlyAdmin(User, site).history_view(request, str(person.pk))
