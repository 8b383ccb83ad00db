"""The page on which a merchant accepts an agreement."""

import pytest
from django.urls import reverse

from merchants.enums import AgreementKind, Role
from merchants.models import AgreementAcceptance, AgreementText, Membership

PAGE = reverse("merchants:agreement")


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_speak_for_the_company_accept_its_agreements(merchant, make_user, sign_in, role):
    person = make_user()
    Membership.objects.filter(merchant=merchant, user=person).delete()
    Membership.objects.create(merchant=merchant, user=person, role=role)
    client = sign_in(person)
    text = AgreementText.objects.get(kind=AgreementKind.TERMS, language="fr")
    speaks = role in {Role.OWNER, Role.ADMINISTRATOR}

    shown = client.get(PAGE)
    answer = client.post(PAGE, {"text_id": text.pk, "is_accepted": "on"})

    assert shown.status_code == 200
    assert ('name="is_accepted"' in shown.content.decode()) == speaks
    assert answer.status_code == (302 if speaks else 403)
    assert AgreementAcceptance.objects.filter(merchant=merchant).exists() == speaks


def test_another_text_in_the_hidden_field_is_not_accepted(merchant, owner, sign_in):
    other = AgreementText.objects.get(kind=AgreementKind.SELF_CERTIFICATION, language="fr")

    answer = sign_in(owner).post(PAGE, {"text_id": other.pk, "is_accepted": "on"})

    assert answer.status_code == 422
    assert not AgreementAcceptance.objects.exists()


def test_the_address_of_an_acceptance_is_the_one_that_the_trusted_proxy_tells(
    merchant, owner, sign_in, settings
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    text = AgreementText.objects.get(kind=AgreementKind.TERMS, language="fr")

    sign_in(owner).post(
        PAGE,
        {"text_id": text.pk, "is_accepted": "on"},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )

    assert AgreementAcceptance.objects.get().address == "203.0.113.9"
