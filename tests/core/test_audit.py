"""The trail."""

import uuid
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core import audit, trail
from core.management.base import ActingCommand
from core.middleware import AuditMiddleware
from core.models import User, UserGroup
from core.services.copying import copy_rows
from core.services.inserting import prepared_cursor

pytestmark = pytest.mark.django_db
FIELDS = ["password", "email", "full_name", "is_superuser", "is_staff", "is_active", "language"]
FIELDS += ["joined_at", "public_id"]


@pytest.fixture
def person() -> User:
    return User.objects.create_user("a@example.com", full_name="Ada")


def labels(person: User) -> list[str]:
    return list(person.trail.order_by("pgh_id").values_list("pgh_label", flat=True))


def test_keeps_every_version_whatever_wrote_it(person):
    User.objects.filter(pk=person.pk).update(language="en")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_user SET is_staff = true WHERE id = %s", [person.pk])

    history = person.trail.order_by("pgh_id").values_list("pgh_label", "language", "is_staff")
    assert list(history) == [("insert", "fr", False), ("update", "en", False), ("update", "en", True)]


def test_keeps_nothing_of_what_is_excluded(person):
    columns = {field.name for field in person.trail.model._meta.fields}

    User.objects.filter(pk=person.pk).update(full_name="Grace", password="x")

    assert not columns & {"password", "email", "full_name"}
    assert labels(person) == ["insert"]


def test_keeps_what_was_deleted(person):
    pk = person.pk
    history = person.trail.model

    person.delete()

    kept = history.objects.filter(pgh_obj_id=pk).order_by("pgh_id")
    assert list(kept.values_list("pgh_label", flat=True)) == ["insert", "delete"]


def test_keeps_who_was_given_rights(person):
    group = Group.objects.create(name="reviewers")

    with audit.acting(user=person.pk):
        person.groups.add(group)

    row = UserGroup.objects.get(user=person).trail.get()
    assert (row.group_id, row.user_id, row.pgh_context.metadata) == (group.pk, person.pk, {"user": person.pk})


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_userevent SET language = 'x'", "DELETE FROM core_userevent", "TRUNCATE core_userevent"],
)
def test_history_cannot_be_rewritten(person, statement):
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL passerelle.allow_truncate = 'off'")
        cursor.execute(statement)

    assert labels(person) == ["insert"]


def test_one_statement_on_many_rows_writes_history_by_one_trigger(django_assert_num_queries):
    with audit.acting(user=1), django_assert_num_queries(1):
        User.objects.bulk_create([User(email=f"{n}@example.com") for n in range(100)])

    history = trail.event_model(User).objects.filter(pgh_label="insert")
    assert history.filter(pgh_context__metadata={"user": 1}).count() == 100


def test_copied_rows_have_their_history_and_their_author():
    common = ("", False, False, True, "fr", "2026-01-01T00:00Z")
    rows = (("x", f"{n}@example.com", *common, uuid.uuid4()) for n in range(50))

    with audit.acting(command="import"):
        assert copy_rows(User, FIELDS, rows) == 50

    history = trail.event_model(User).objects
    assert history.filter(pgh_context__metadata={"command": "import"}).count() == User.objects.count() == 50


def test_acting_inside_acting_adds_and_then_forgets(person):
    with audit.acting(user=1):
        with audit.acting(job="a"):
            User.objects.update(language="en")
            assert audit.current() == {"user": 1, "job": "a"}
        User.objects.update(language="de")

    contexts = [row.pgh_context and row.pgh_context.metadata for row in person.trail.order_by("pgh_id")]
    assert contexts == [None, {"user": 1, "job": "a"}, {"user": 1}]
    assert audit.current() == {}


def through_middleware(request: HttpRequest, view) -> HttpResponse:
    return AuditMiddleware(view)(request)


def test_a_request_says_who_from_where_and_on_which_route(person, client, rf: RequestFactory):
    request = rf.post("/x/", REMOTE_ADDR="192.0.2.7")
    request.user = person
    request.resolver_match = None

    def view(request: HttpRequest) -> HttpResponse:
        User.objects.update(language="en")
        return HttpResponse()

    through_middleware(request, view)

    assert person.trail.get(pgh_label="update").pgh_context.metadata == {
        "user": person.pk,
        "application": None,
        "ip": "192.0.2.7",
        "route": None,
    }


def test_a_request_that_signs_in_within_the_view_is_attributed_all_the_same(person, rf: RequestFactory):
    request = rf.post("/x/")
    request.resolver_match = None

    def view(request: HttpRequest) -> HttpResponse:
        request.user = person
        User.objects.update(language="en")
        return HttpResponse()

    through_middleware(request, view)

    assert person.trail.get(pgh_label="update").pgh_context.metadata["user"] == person.pk


def test_reading_asks_nobody_who_they_are(rf: RequestFactory):
    class Asked:
        @property
        def pk(self) -> int:
            raise AssertionError("asked")

    request = rf.get("/x/")
    request.user = Asked()

    def view(request: HttpRequest) -> HttpResponse:
        User.objects.count()
        return HttpResponse("read")

    assert through_middleware(request, view).content == b"read"


def test_only_a_trusted_proxy_may_say_where_a_request_comes_from(person, rf: RequestFactory, settings):
    request = rf.post("/x/", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "203.0.113.9"})
    request.user, request.resolver_match = person, None
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(audit.current()["ip"])
        return HttpResponse()

    through_middleware(request, view)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    through_middleware(request, view)

    assert seen == ["192.0.2.7", "203.0.113.9"]


def test_a_command_says_its_name(person):
    class Command(ActingCommand):
        def handle(self, *args: object, **options: object) -> None:
            User.objects.update(language="en")

    call_command(Command())

    assert person.trail.get(pgh_label="update").pgh_context.metadata == {"command": "test_audit"}


def test_the_trail_is_read_with_names_and_both_values(person, django_assert_num_queries):
    with audit.acting(user=person.pk, ip="192.0.2.7"):
        User.objects.filter(pk=person.pk).update(language="en", is_staff=True)

    with django_assert_num_queries(2):
        newest, oldest = trail.of(person)

    assert (newest.who, newest.address, newest.act) == ("Ada", "192.0.2.7", "Modification")
    assert [(change.before, change.after) for change in newest.changes] == [("fr", "en"), ("False", "True")]
    assert (oldest.who, oldest.act) == ("", "Création")
    assert oldest.changes[0].before == ""


def told(queries):
    return [query["sql"] for query in queries if "pghistory.context_id" in (query["sql"] or "")]


def test_who_acts_is_told_once_a_transaction(person):
    with CaptureQueriesContext(connection) as queries, audit.acting(user=person.pk), transaction.atomic():
        User.objects.update(language="en")
        User.objects.update(language="de")

    assert len(told(queries)) == 1
    contexts = person.trail.filter(pgh_label="update").values_list("pgh_context__metadata", flat=True)
    assert list(contexts) == [{"user": person.pk}] * 2


def test_who_acts_is_told_again_after_a_savepoint_is_undone(person):
    with audit.acting(user=person.pk):
        with suppress(ZeroDivisionError), transaction.atomic():
            User.objects.update(language="en")
            raise ZeroDivisionError
        User.objects.update(language="de")

    assert person.trail.get(pgh_label="update").pgh_context.metadata == {"user": person.pk}


def test_who_acts_is_told_to_prepared_and_repeated_statements(person):
    change = "UPDATE core_user SET language = %s WHERE id = %s"
    with audit.acting(user=person.pk), prepared_cursor() as cursor:
        cursor.execute(change, ["en", person.pk])
    with audit.acting(user=person.pk), connection.cursor() as cursor:
        cursor.executemany(change, [["de", person.pk], ["it", person.pk]])

    contexts = person.trail.filter(pgh_label="update").values_list("pgh_context__metadata", flat=True)
    assert list(contexts) == [{"user": person.pk}] * 3


@pytest.mark.django_db(transaction=True)
def test_who_acts_is_told_in_each_transaction():
    person = User.objects.create_user("b@example.com")
    with audit.acting(user=person.pk):
        for language in ("en", "de"):
            with transaction.atomic():
                User.objects.update(language=language)
        with prepared_cursor() as cursor:
            cursor.execute("UPDATE core_user SET language = %s", ["it"])
        User.objects.update(language="pl")

    contexts = person.trail.filter(pgh_label="update").values_list("pgh_context__metadata", flat=True)
    assert list(contexts) == [{"user": person.pk}] * 4


def test_an_application_that_acts_is_not_taken_for_a_person(person):
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(pk=person.pk, application=SimpleNamespace(public_id=uuid.uuid4()))
    said = {}
    AuditMiddleware(lambda _request: said.update(audit.current()) or HttpResponse())(request)

    assert said["user"] is None
    assert said["application"] == str(request.user.application.public_id)


def test_the_trail_is_narrowed_to_an_author_and_a_field(person):
    with audit.acting(user=person.pk, reason="Demande par téléphone"):
        User.objects.filter(pk=person.pk).update(language="en", is_staff=True)
    entries = trail.of(person)

    assert [entry.reason for entry in entries] == ["Demande par téléphone", ""]
    [mine] = trail.choose(entries, who="Ada")
    assert mine.reason == "Demande par téléphone"
    assert [[change.after for change in one.changes] for one in trail.choose(entries, field="langue")] == [
        ["en"],
        ["fr"],
    ]
    assert trail.choose(entries, who="Grace") == []


def test_an_act_on_the_desk_says_the_reason_that_was_typed(person, rf: RequestFactory):
    request = rf.post("/admin/x/", {"reason": "other", "text": "Le Kbis est illisible."})
    request.user, request.resolver_match = person, None

    def view(request: HttpRequest) -> HttpResponse:
        User.objects.update(language="en")
        return HttpResponse()

    through_middleware(request, view)

    context = person.trail.get(pgh_label="update").pgh_context.metadata
    assert context["reason"] == "Le Kbis est illisible."


def test_moments_are_told_by_the_clock_of_the_readers(person):
    moment = datetime(2026, 11, 22, 23, 29, tzinfo=UTC)
    User.objects.filter(pk=person.pk).update(joined_at=moment)

    changed = trail.of(person)[0]

    assert [change.after for change in changed.changes] == ["23 novembre 2026 00:29"]
