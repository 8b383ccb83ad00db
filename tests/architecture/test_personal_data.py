"""Where personal data stand: sealed, each in its one table; nowhere else, and in no log."""

import io
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core import sealed
from core.logging import Formatter
from core.models import DataKey
from core.services import events, jobs
from merchants.models import BankAccount, Person
from merchants.services import bank, people, signup
from orders.models import Buyer, MerchantOrder
from orders.services import acceptance, buyers, parcels, shipping, tracking
from orders.services.buyers import Contact
from partners.models import Channel
from tests.api import api_client, make_application
from tests.factories import make_member, make_merchant, make_offer, make_point, make_user

pytestmark = pytest.mark.django_db
NAME, EMAIL, PHONE = "Zqlotte Zqvermeulen", "zqlotte@example.org", "+32470998877"
PERSON, IBAN = "Zqkerjean", "FR7630006000011234567890189"


def tables_with(*texts: str) -> set[str]:
    """Return the tables that hold one of these texts in clear, in whatever column, history included."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            for text in texts:
                # Binary columns read as hexadecimal digits.
                wanted = [f"%{text.lower()}%", f"%{text.encode().hex()}%"]
                cursor.execute(f"SELECT 1 FROM {name} t WHERE lower(t::text) LIKE ANY(%s) LIMIT 1", [wanted])
                if cursor.fetchone():
                    found.add(table)
    return found


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the logs say, as they are written in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def body(variant: object, point: object, **fields: object) -> dict[str, object]:
    return {
        "reference": f"GL-{uuid4()}",
        "market": "FR",
        "currency": "EUR",
        "language": "fr",
        "lines": [
            {
                "merchant": str(variant.merchant.public_id),
                "sku": variant.sku,
                "quantity": 1,
                "unit_price": "12.90",
            }
        ],
        "delivery": {"kind": "pickup", "pickup_point": str(point.public_id)},
        "buyer": {"name": NAME, "email": EMAIL, "phone": PHONE},
        "payment": {"status": "captured", "amount": "12.90"},
        **fields,
    }


def test_a_buyer_stands_in_one_table_sealed_through_the_whole_life_of_an_order(
    written: io.StringIO, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path
    application = make_application(name="Grand Large")
    Channel.objects.create(application=application, code="gl", name="Grand Large", countries=["FR"])
    api, merchant, point = api_client(application), make_merchant(), make_point()
    seller, variant, now = make_member(merchant), make_offer(merchant, stock=1), timezone.now()

    placed = api.send("/api/v1/orders/", body(variant, point), idempotency_key="taken")
    short = api.send("/api/v1/orders/", body(variant, point), idempotency_key="short")
    wrong = body(variant, point, buyer={"name": NAME, "email": f"{EMAIL}@", "phone": PHONE})
    invalid = api.send("/api/v1/orders/", wrong, idempotency_key="invalid")
    assert (placed.status_code, short.status_code, invalid.status_code) == (201, 409, 422)
    order = MerchantOrder.objects.get()
    acceptance.accept(merchant_order_id=order.pk, by=seller, at=now)
    parcel = shipping.make_label(merchant_order_id=order.pk, weight_g=200, by=seller, at=now)
    parcels.hand_over(parcel_ids=[parcel.pk], by=seller, at=now)
    scan = tracking.Scan("1", parcel.tracking_number, "COLLECTED", now + timedelta(minutes=1))
    tracking.receive(carrier=parcel.carrier, scans=[scan], at=now + timedelta(minutes=2))
    events.relay_all()
    jobs.run_pending()

    assert tables_with(NAME, EMAIL, PHONE, "zqlotte") == set()
    assert buyers.contact(order_id=order.order_id) == Contact(NAME, EMAIL, PHONE)
    assert "zqlotte" not in written.getvalue().lower() and PHONE not in written.getvalue()


def test_a_buyer_is_gone_with_the_key_and_with_the_row() -> None:
    [_buyer] = buyers.seal([(_order_id(), Contact(NAME, EMAIL))])
    order_id = Buyer.objects.get(pk=_buyer.pk).order_id

    sealed.destroy(DataKey.objects.get(purpose=buyers.PURPOSE))

    assert buyers.contact(order_id=order_id) is None
    assert DataKey.objects.get(purpose=buyers.PURPOSE).wrapped is None


def _order_id() -> int:
    from tests.factories import make_order

    order = make_order()
    Buyer.objects.filter(order=order.order).delete()
    return int(order.order_id)


def test_the_people_and_accounts_of_a_merchant_stand_sealed_and_go_with_its_key(written: io.StringIO) -> None:
    user, now = make_user(), timezone.now()
    merchant = signup.open_file(user_id=user.pk, at=now)
    data = people.PersonalData("Anne", PERSON, date(1980, 2, 3), "FR", "12 rue Zqkerjean")
    who = {"merchant_id": merchant.pk, "by": user, "at": now}
    person = people.add_representative(data=data, **who)
    people.add_representative(data=data, person_id=person.pk, **who)
    bank.add(iban=IBAN, holder=PERSON, **who)
    bank.add(iban=IBAN, holder=PERSON, **who)
    events.relay_all()
    jobs.run_pending()

    assert tables_with(PERSON, IBAN, IBAN[4:]) == set()
    assert PERSON.lower() not in written.getvalue().lower() and IBAN not in written.getvalue()
    assert people.read(Person.objects.get()) == data

    sealed.destroy(merchant.data_key, at=now)

    assert people.read(Person.objects.get()).last_name is sealed.ERASED
    assert sealed.unseal(BankAccount.objects.latest("pk").iban) is sealed.ERASED
