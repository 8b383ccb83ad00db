"""After the opening: the page, the API, a new version of the agreement, what may change again."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from merchants.enums import AgreementKind, CompanyState, DocumentState
from merchants.models import Company, Document, Merchant, MerchantApplication, Requirement
from merchants.services import agreements, files, requirements
from partners.enums import ApplicationKind
from tests.api import api_client, make_application
from tests.merchants import steps

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def opened(merchant, owner, maker, checker, now) -> Merchant:
    steps.submit(merchant, owner, now - 10 * DAY)
    steps.approve(merchant, maker, checker, now - 10 * DAY)
    merchant.refresh_from_db()
    return merchant


def cease(merchant: Merchant, at: datetime) -> None:
    Company.objects.for_merchant(merchant).update(state=CompanyState.CEASED)
    requirements.refresh(merchant_id=merchant.pk, at=at)


def publish(at: datetime, *, days: int):
    return agreements.publish(
        kind=AgreementKind.TERMS,
        version="2027-01",
        language="fr",
        body="Une autre version.",
        effective_on=timezone.localdate(at + days * DAY),
        at=at,
    )


def agreement_of(merchant: Merchant, at: datetime) -> Requirement:
    requirements.refresh(merchant_id=merchant.pk, at=at)
    return Requirement.objects.for_merchant(merchant).get(code="agreement")


def test_a_new_version_is_asked_before_it_takes_effect(opened, owner, now):
    text = publish(now, days=40)

    assert agreement_of(opened, now).state == "eventually_due"
    assert agreement_of(opened, now + 11 * DAY).state == "currently_due"
    late = agreement_of(opened, now + 41 * DAY)
    assert (late.state, late.publication_held_from is not None) == ("past_due", True)
    agreements.accept(
        merchant_id=opened.pk,
        kind=AgreementKind.TERMS,
        language="fr",
        text_id=text.pk,
        by=owner,
        at=now + 42 * DAY,
        address=None,
    )
    assert agreement_of(opened, now + 42 * DAY).state == "satisfied"


def test_a_version_to_come_can_be_accepted_before(opened, owner, now):
    text = publish(now, days=40)
    shown = agreements.to_accept(merchant_id=opened.pk, kind=AgreementKind.TERMS, language="fr", at=now)

    agreements.accept(
        merchant_id=opened.pk,
        kind=AgreementKind.TERMS,
        language="fr",
        text_id=shown.pk,
        by=owner,
        at=now,
        address=None,
    )

    assert shown == text
    assert agreement_of(opened, now + 50 * DAY).state == "satisfied"


def test_notice_of_a_new_version_is_fifteen_days_at_least(opened, now):
    publish(now, days=1)

    assert agreement_of(opened, now + 2 * DAY).due_at == now + 15 * DAY


def test_who_is_not_open_yet_is_not_asked_for_a_version_to_come(merchant, owner, now):
    steps.complete(merchant, owner, now)
    publish(now, days=40)

    assert agreement_of(merchant, now).state == "satisfied"


def test_only_what_is_asked_of_an_open_store_may_change(opened, owner, now):
    with pytest.raises(files.FileClosed):
        steps.give_registration(opened, owner, now)
    Document.objects.for_merchant(opened).update(state=DocumentState.REFUSED, refusal_text="Illisible")
    requirements.refresh(merchant_id=opened.pk, at=now)

    steps.give_registration(opened, owner, now)

    row = Requirement.objects.for_merchant(opened).get(code="registration_document")
    assert row.state == "pending_verification"


def test_another_company_is_not_put_in_place_of_the_one_that_was_checked(opened, owner, now):
    cease(opened, now)

    with pytest.raises(files.FileClosed):
        steps.give_company(opened, owner, now)

    assert Company.objects.for_merchant(opened).get().state == CompanyState.CEASED


def test_the_page_says_what_is_due_until_when_and_what_waits(opened, owner, sign_in, now):
    client = sign_in(owner)
    client.cookies["language"] = "fr"
    page = client.get(reverse("merchants:file")).content.decode()
    assert "Conformité" in page and "en règle" in page

    cease(opened, now)
    page = client.get(reverse("merchants:file")).content.decode()

    assert "Vos offres et vos versements sont suspendus jusqu’à régularisation." not in page
    assert "Passé ce jour, vos offres et vos versements sont suspendus" in page


def test_every_page_says_what_is_held(opened, owner, sign_in, now):
    cease(opened, now - 31 * DAY)

    page = sign_in(owner).get(reverse("merchants:store")).content.decode()

    assert "Vos offres et vos versements sont suspendus jusqu’à régularisation." in page


def test_the_api_tells_capabilities_and_what_holds_them(opened, now):
    application = make_application(kind=ApplicationKind.SHOP_SYSTEM)
    MerchantApplication.objects.create(merchant=opened, application=application)
    cease(opened, now - 31 * DAY)

    answer = api_client(application).get("/api/v1/merchants/me/requirements/").json()

    assert [one["code"] for one in answer["past_due"]] == ["company_active"]
    assert answer["past_due"][0]["holds"] == ["payout", "publication"]
    assert answer["disabled_reason"] == "requirements_past_due"
    assert answer["current_deadline"] == answer["past_due"][0]["due_at"]
    held = {"requirements": ["company_active"], "status": "inactive", "market": None, "held_from": None}
    assert [one for one in answer["capabilities"] if not one["market"]] == [
        {"code": "sell", **held},
        {"code": "be_paid", **held},
    ]
    assert answer["errors"][0]["code"] == "company_ceased"
