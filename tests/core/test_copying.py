"""Rows by COPY."""

import uuid

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.models import Event, Undelivered, User
from core.services.copying import copy_rows

FIELDS = ["public_id", "type", "subject_type", "subject_id", "merchant_id"]
FIELDS += ["data", "actor", "actor_label", "request_id", "occurred_at"]


def rows(count: int, **changes):
    for number in range(count):
        data = {"n": number, "text": 'é\t\n"\\'}
        row = dict(zip(FIELDS, [uuid.uuid4(), "order.accepted", "order", uuid.uuid4(), None], strict=False))
        row |= {
            "data": data,
            "actor": None,
            "actor_label": "",
            "request_id": "",
            "occurred_at": timezone.now(),
        }
        yield list((row | changes).values())


@pytest.mark.django_db
def test_copies_values_as_django_would_write_them():
    person = User.objects.create_user("a@example.com")

    assert copy_rows(Event, FIELDS, rows(20, merchant_id=3, actor=person)) == 20

    events = list(Event.objects.for_merchant(3).order_by("id"))
    assert [event.data for event in events] == [{"n": n, "text": 'é\t\n"\\'} for n in range(20)]
    assert {event.actor for event in events} == {person}
    assert Undelivered.objects.count() == 20


@pytest.mark.django_db
def test_copies_all_or_none():
    def broken():
        yield from rows(5)
        yield from rows(1, type="x" * 81)

    with pytest.raises(DatabaseError), transaction.atomic():
        copy_rows(Event, FIELDS, broken())

    assert not Event.objects.exists()


@pytest.mark.django_db
def test_refuses_a_row_of_another_length_and_a_column_that_is_not():
    with pytest.raises(ValueError, match="zip"), transaction.atomic():
        copy_rows(Event, FIELDS, [[uuid.uuid4()]])
    with pytest.raises(ValueError, match="no column"):
        copy_rows(Event, ["nothing"], [])

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_refuses_to_copy_outside_of_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        copy_rows(Event, FIELDS, rows(1))
