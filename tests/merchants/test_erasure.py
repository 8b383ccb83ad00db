"""When the key of a merchant goes, all that told of its people goes with it, and nothing brings it back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import sealed
from core.models import Event
from core.services import events, jobs
from merchants.enums import MerchantStatus
from merchants.models import BankAccount, Invitation, Merchant, Person, Trait
from merchants.services import bank, duplicates, erasure, people, scrutiny, signup, team
from merchants.tasks import erase_due
from tests.merchants import steps
from tests.merchants.conftest import AT

LATER = AT + erasure.KEPT_FOR
SOON = AT + erasure.NEVER_OPENED_KEPT_FOR


@pytest.fixture
def file(merchant, owner) -> Merchant:
    """A file with a company, people and an account, compared with the others."""
    steps.give_company(merchant, owner, AT)
    steps.give_people(merchant, owner, AT)
    bank.add(merchant_id=merchant.pk, iban=steps.IBAN, holder="Perdrelle", by=owner, at=AT)
    team.invite(merchant_id=merchant.pk, email="lou@example.org", role="orders", by=owner, at=AT)
    duplicates.refresh(merchant_id=merchant.pk)
    return merchant


@pytest.fixture
def twin(make_user) -> Merchant:
    """Another merchant with the same company, people and account."""
    user = make_user("jumelle@example.fr")
    twin = signup.open_file(user_id=user.pk, at=AT)
    steps.give_company(twin, user, AT)
    steps.give_people(twin, user, AT)
    bank.add(merchant_id=twin.pk, iban=steps.IBAN, holder="Perdrelle", by=user, at=AT)
    duplicates.refresh(merchant_id=twin.pk)
    return twin


def close(merchant, *, was_open=True, at=AT):
    Merchant.objects.filter(pk=merchant.pk).update(
        status=MerchantStatus.CLOSED, closed_at=at, opened_at=AT if was_open else None
    )


def test_what_is_sealed_and_what_was_derived_from_it_goes(file, twin):
    assert [one.merchant for one in duplicates.of(twin.pk)] == [file]
    close(file)

    erasure.erase(merchant_id=file.pk, at=LATER)

    assert people.read(Person.objects.for_merchant(file).get()).last_name is sealed.ERASED
    assert sealed.unseal(BankAccount.objects.for_merchant(file).get().iban) is sealed.ERASED
    assert not Trait.objects.for_merchant(file).exists()
    assert Trait.objects.for_merchant(twin).exists()
    assert duplicates.of(twin.pk) == []
    assert not Invitation.objects.filter(email__contains="lou@").exists()
    assert Event.objects.filter(type="merchant.erased", merchant_id=file.pk).count() == 1


def test_nothing_brings_it_back(file, twin):
    close(file)
    erasure.erase(merchant_id=file.pk, at=LATER)

    scrutiny.look(merchant_id=file.pk, at=LATER)
    duplicates.refresh(merchant_id=file.pk)
    erasure.erase(merchant_id=file.pk, at=LATER)

    assert not Trait.objects.for_merchant(file).exists()
    assert Event.objects.filter(type="merchant.erased").count() == 1


def test_a_key_destroyed_by_other_ways_ends_the_comparison_too(file, twin):
    sealed.destroy(file.data_key, at=AT)

    assert duplicates.of(twin.pk) == []
    duplicates.refresh(merchant_id=file.pk)
    assert not Trait.objects.for_merchant(file).exists()


@pytest.mark.parametrize(
    ("was_open", "at", "is_erased"),
    [
        (True, LATER, True),
        (True, LATER - timedelta(seconds=1), False),
        (False, SOON, True),
        (False, SOON - timedelta(seconds=1), False),
    ],
)
def test_it_is_kept_as_long_as_the_law_asks(file, was_open, at, is_erased):
    close(file, was_open=was_open)

    assert erasure.erase_due(at=at) == is_erased
    file.data_key.refresh_from_db()
    assert (file.data_key.destroyed_at is not None) is is_erased
    assert Trait.objects.for_merchant(file).exists() is not is_erased


def test_a_store_that_is_open_is_never_erased(file):
    with pytest.raises(erasure.StillKept):
        erasure.erase(merchant_id=file.pk, at=LATER)

    file.data_key.refresh_from_db()
    assert file.data_key.destroyed_at is None
    assert Trait.objects.for_merchant(file).exists()
    assert not Event.objects.filter(type="merchant.erased").exists()


def test_the_merchant_is_locked(file):
    close(file)

    with CaptureQueriesContext(connection) as queries:
        erasure.erase(merchant_id=file.pk, at=LATER)

    assert any("FOR UPDATE" in one["sql"] and "merchants_merchant" in one["sql"] for one in queries)


def test_beat_erases_what_is_due(file):
    close(file, at=AT - erasure.KEPT_FOR)

    assert (erase_due(), erase_due()) == (1, 0)


def test_who_leaves_is_no_longer_compared(file, twin, owner, make_member):
    """An e-mail address or a device of somebody who left tells nothing of the store any more."""
    user = make_member("orders")
    duplicates.refresh(merchant_id=file.pk)
    before = set(Trait.objects.for_merchant(file).filter(kind="email").values_list("fingerprint", flat=True))

    team.leave(merchant_id=file.pk, by=user, at=AT)
    events.relay_all()
    jobs.run_pending()

    after = set(Trait.objects.for_merchant(file).filter(kind="email").values_list("fingerprint", flat=True))
    assert after < before
