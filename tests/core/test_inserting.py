"""Rows written with prepared statements."""

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from core.models import DataKey, Event, User
from core.services import inserting
from core.services.inserting import insert, prepared_cursor

pytestmark = pytest.mark.django_db


def event(**fields):
    subject = User(email="a@example.com")
    return Event(type="a.b", subject_type="user", subject_id=subject.public_id, **fields)


def test_rows_come_back_as_they_were_with_their_keys():
    row = event(data={"price": "12.90", "names": ["é", None]}, merchant_id=3)

    insert([row])

    assert row.pk is not None
    assert not row._state.adding
    assert Event.objects.get().data == {"price": "12.90", "names": ["é", None]}
    assert Event.objects.get().occurred_at == row.occurred_at


def test_keys_follow_the_order_of_the_rows_in_statements_of_a_fixed_size(monkeypatch):
    monkeypatch.setattr(inserting, "PARAMETERS", 4 * len(Event._meta.concrete_fields))
    rows = [event(data={"number": number}) for number in range(9)]

    with CaptureQueriesContext(connection) as queries:
        insert(rows)

    assert [query["sql"].split(" (")[0] for query in queries] == ['INSERT INTO "core_event"'] * 3
    kept = dict(Event.objects.values_list("pk", "data"))
    assert [kept[row.pk]["number"] for row in rows] == list(range(9))


def test_no_rows_take_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert([]) == []


def test_a_row_takes_the_key_that_another_got_after_it_was_built():
    person = User(email="b@example.com")
    row = event(actor=person)
    assert row.actor_id is None

    person.save()
    insert([row])

    assert Event.objects.get().actor == person == row.actor


def test_bytes_and_nulls_are_kept():
    insert([DataKey(purpose="x", wrapped=b"\x00\xff"), DataKey(purpose="y", wrapped=b"z")])

    assert [bytes(key.wrapped) for key in DataKey.objects.filter(purpose__in="xy").order_by("pk")] == [
        b"\x00\xff",
        b"z",
    ]
    assert list(DataKey.objects.filter(purpose__in="xy").values_list("destroyed_at", flat=True)) == [None] * 2


def test_what_the_database_refuses_is_an_error_of_django():
    with pytest.raises(DataError) as refused, prepared_cursor() as cursor:
        cursor.execute("SELECT %s / 0", [1])

    assert "division by zero" in str(refused.value)
