import pytest

from core.models import Event
from merchants.enums import ApplicationStatus, MerchantStatus, Role
from merchants.models import Application, Membership, Merchant
from merchants.services import signup
from tests.merchants.conftest import AT


def test_open_file_creates_an_empty_store_with_its_owner_and_key(owner):
    merchant = signup.open_file(user_id=owner.pk, at=AT)

    assert merchant.status == MerchantStatus.ONBOARDING
    assert merchant.application.status == ApplicationStatus.DRAFT
    assert merchant.data_key.purpose == "merchant"
    assert merchant.support_email == owner.email
    membership = Membership.objects.get(merchant=merchant)
    assert (membership.user, membership.role) == (owner, Role.OWNER)
    event = Event.objects.get()
    assert (event.type, event.subject_id, event.actor_id) == (
        "merchant.file_opened",
        merchant.public_id,
        owner.pk,
    )


def test_open_file_refuses_a_second_one_while_the_first_is_undecided(owner, merchant):
    with pytest.raises(signup.FileAlreadyOpen):
        signup.open_file(user_id=owner.pk, at=AT)

    assert (Merchant.objects.count(), Application.objects.count()) == (1, 1)


def test_open_file_locks_the_person(owner, django_assert_num_queries, django_capture_on_commit_callbacks):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as queries:
        signup.open_file(user_id=owner.pk, at=AT)

    assert any("core_user" in q["sql"] and "FOR UPDATE" in q["sql"] for q in queries)
