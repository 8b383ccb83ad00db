"""The snapshot of what a file needs, when two people of a team work on it at once."""

import threading
import time

import pytest
from django.db import connections, transaction
from django.utils import timezone

from merchants.enums import RequirementState
from merchants.models import Merchant, Requirement
from merchants.services import bank, signup, stores
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_answers_at_once_are_both_in_the_snapshot() -> None:
    user, at = make_user(), timezone.now()
    merchant: Merchant = signup.open_file(user_id=user.pk, at=at)

    def add_account() -> None:
        iban = "FR7630006000011234567890189"
        try:
            bank.add(merchant_id=merchant.pk, iban=iban, holder="Kerjean", by=user, at=at)
        finally:
            connections.close_all()

    colleague = threading.Thread(target=add_account)
    with transaction.atomic():
        stores.name_store(merchant_id=merchant.pk, name="Kerjean", by=user, at=at)
        colleague.start()
        # Long enough for the colleague to have read what this transaction has not committed yet.
        time.sleep(0.7)
    colleague.join(timeout=20)

    states = dict(Requirement.objects.for_merchant(merchant).values_list("code", "state"))
    assert RequirementState.CURRENTLY_DUE not in {states["store_name"], states["bank_account"]}
