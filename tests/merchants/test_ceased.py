"""A company that has ceased, typed at sign-up or ceasing later: every page says so, and what to do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from merchants.adapters import sample_registry
from merchants.enums import CapabilityCode, MerchantStatus
from merchants.models import Capability, Merchant, Requirement
from merchants.services import application, register_changes
from tests.merchants.conftest import AT
from tests.merchants.steps import complete, give_company

CEASED, PERDRELLE = "99998019600011", "999980048"


@pytest.fixture
def client(sign_in, owner):
    return sign_in(owner)


def page(client, name):
    return client.get(reverse(f"merchants:{name}")).content.decode()


def test_a_ceased_company_is_named_before_it_is_chosen_and_holds_the_file(client, merchant, owner):
    asked = client.post(reverse("merchants:company"), {"number": CEASED}, follow=True)
    assert "a cessé son activité" in asked.content.decode()

    complete(merchant, owner, AT)
    give_company(merchant, owner, AT, CEASED)

    for name in ("file", "company"):
        assert "a cessé son activité" in page(client, name)
        assert "INSEE" in page(client, name)
    with pytest.raises(application.Incomplete) as refused:
        application.submit(merchant_id=merchant.pk, by=owner, at=AT)
    # Another company has other owners.
    assert refused.value.details["codes"] == ["company_active", "beneficial_owners"]


def test_a_company_that_ceases_later_is_told_on_its_pages_and_no_longer_sells(
    client, merchant, owner, monkeypatch
):
    give_company(merchant, owner, AT)
    Merchant.objects.filter(pk=merchant.pk).update(status=MerchantStatus.ACTIVE, opened_at=AT)
    assert "a cessé son activité" not in page(client, "company")
    known = sample_registry.companies()
    end = {"etat_administratif": "C", "date_fermeture": "2026-11-30"}
    companies = [one | end if one["siren"] == PERDRELLE else one for one in known["companies"]]
    monkeypatch.setattr(sample_registry, "companies", lambda: {**known, "companies": companies})

    register_changes.check(merchant_id=merchant.pk, at=AT + timedelta(days=31))

    for name in ("file", "company"):
        assert "a cessé son activité" in page(client, name)
    row = Requirement.objects.for_merchant(merchant).get(code="company_active")
    assert (row.state, row.payout_held_from, row.publication_held_from) == (
        "past_due",
        AT + timedelta(days=31),
        AT + timedelta(days=31),
    )
    held = Capability.objects.for_merchant(merchant).exclude(code=CapabilityCode.PUBLISH)
    assert set(held.values_list("status", flat=True)) == {"inactive"}
