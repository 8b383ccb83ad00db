from dataclasses import replace
from datetime import date

import pytest

from core import sealed
from merchants.enums import BankAccountState
from merchants.models import BankAccount, Person
from merchants.services import bank, people, requirements
from tests.merchants.conftest import AT
from tests.merchants.steps import CLAIRE, IBAN


def state_of(merchant, code):
    return requirements.compute(merchant_id=merchant.pk, at=AT).item(code).state


def test_a_representative_is_sealed_and_read_again(merchant, owner):
    person = people.add_representative(merchant_id=merchant.pk, data=CLAIRE, by=owner, at=AT)

    kept = Person.objects.get()
    assert b"Montbrun" not in bytes(kept.last_name)
    assert people.read(kept) == CLAIRE
    assert str(person) == "Représentant légal"
    assert state_of(merchant, "legal_representative") == "satisfied"


def test_a_destroyed_key_erases_the_representative(merchant, owner):
    people.add_representative(merchant_id=merchant.pk, data=CLAIRE, by=owner, at=AT)

    sealed.destroy(merchant.data_key)

    assert people.read(Person.objects.get()).last_name == sealed.ERASED


@pytest.mark.parametrize(
    ("birth_date", "words"),
    [(date(2009, 1, 1), "17 ans"), (date(1884, 5, 12), "1884"), (date(2031, 1, 1), "2031")],
)
def test_a_birth_date_that_cannot_be_is_refused(merchant, owner, birth_date, words):
    with pytest.raises(people.WrongBirthDate) as refused:
        people.add_representative(
            merchant_id=merchant.pk, data=replace(CLAIRE, birth_date=birth_date), by=owner, at=AT
        )

    assert words in refused.value.message
    assert not Person.objects.exists()


def test_an_ended_representative_is_asked_for_again(merchant, owner):
    person = people.add_representative(merchant_id=merchant.pk, data=CLAIRE, by=owner, at=AT)

    people.end(merchant_id=merchant.pk, person_id=person.pk, by=owner, at=AT)

    assert state_of(merchant, "legal_representative") == "currently_due"


def test_an_account_is_sealed_masked_and_found_by_its_fingerprint(merchant, owner):
    bank.add(
        merchant_id=merchant.pk, iban="fr76 3000 6000 0112 3456 7890 189", holder="Perdrelle", by=owner, at=AT
    )

    account = BankAccount.objects.get()
    assert sealed.unseal(account.iban) == IBAN
    assert b"3000600001" not in bytes(account.iban)
    assert (account.iban_hint, account.bic, account.state) == (
        "FR76 … 0189",
        "AGRIFRPPXXX",
        BankAccountState.PENDING,
    )
    assert account.iban_fingerprint == sealed.fingerprint(IBAN)
    assert state_of(merchant, "bank_account") == "pending_verification"


@pytest.mark.parametrize(
    ("typed", "found", "words"),
    [
        ("FR76 3000 6000 0112 3456 7890 18", "length", "27"),
        ("FR7630006000011234567890188", "check_digits", "deux sont inversés"),
        ("FR7730006000011234567890189", "check_digits", "RIB"),
        ("FR7612345678901234567890112", "check_digits", "RIB"),
        ("DE8937040044053201300", "length", "Allemagne"),
        ("3000600001123456789018", "start", "FR76"),
        ("ZZ7630006000011234567890189", "start", "FR76"),
        ("", "start", "RIB"),
        ("BR1800360305000010009795493C1", "country", "Brésil"),
    ],
)
def test_a_wrong_iban_is_explained(merchant, owner, typed, found, words):
    with pytest.raises(bank.WrongIban) as refused:
        bank.add(merchant_id=merchant.pk, iban=typed, holder="Perdrelle", by=owner, at=AT)

    assert refused.value.details == {"found": found}
    assert words in refused.value.message
    assert not BankAccount.objects.exists()


def test_a_second_account_replaces_the_one_that_waits(merchant, owner):
    for iban in (IBAN, "DE89370400440532013000"):
        bank.add(merchant_id=merchant.pk, iban=iban, holder="Perdrelle", by=owner, at=AT)

    assert list(BankAccount.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", "pending"]


@pytest.mark.parametrize(
    ("holder", "differs"),
    [
        ("SAS Savonnerie Perdrelle", False),
        ("Perdrelle Savonnerie", False),
        ("PERDRELLE", False),
        ("Claire Montbrun", True),
        ("Savonnerie du Lac", True),
        ("SAS", True),
    ],
)
def test_the_holder_is_compared_with_the_company_whatever_its_form(holder, differs):
    assert bank.holder_differs(holder, "SAVONNERIE PERDRELLE") is differs
