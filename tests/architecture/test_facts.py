"""Facts are only added to: the database refuses to change them, whatever code asks."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from core.services import events
from merchants.services import signup
from tests.factories import make_order, make_user

pytestmark = pytest.mark.django_db
#: What is never changed once written: movements, transitions, ledger, decisions, evidence, events.
FACTS = (
    *("core.Event", "catalog.StockMovement", "orders.Entry", "orders.EntryLine", "orders.Transition"),
    *("orders.Payment", "orders.TrackingEvent", "merchants.Decision", "merchants.DocumentView"),
    *("merchants.AgreementAcceptance", "merchants.RegistryCheck", "merchants.Letter"),
    *("merchants.MeasureStep", "merchants.Statement"),
)
FIRED_BY = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def guards(table: str) -> set[str]:
    """Return the kinds of statement that an append-only trigger of the table refuses."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.tgtype FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = %s::regclass AND t.tgenabled <> 'D' AND p.prosrc LIKE '%%RAISE EXCEPTION%%'
            """,
            [table],
        )
        kinds = [kind for (kind,) in cursor.fetchall()]
    return {name for name, bit in FIRED_BY.items() if any(kind & bit for kind in kinds)}


@pytest.mark.parametrize("label", FACTS)
def test_a_table_of_facts_refuses_every_change(label: str) -> None:
    assert guards(apps.get_model(label)._meta.db_table) == set(FIRED_BY)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("label", ["orders.Entry", "orders.EntryLine", "orders.Transition", "core.Event"])
def test_the_database_answers_a_change_with_an_error(label: str, statement: str) -> None:
    make_order()
    signup.open_file(user_id=make_user().pk, at=timezone.now())
    events.relay_all()
    table = connection.ops.quote_name(apps.get_model(label)._meta.db_table)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
