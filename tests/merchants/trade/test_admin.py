"""A person looks an identifier up in its register."""

import pytest
from django.urls import reverse

from merchants.enums import EprState
from merchants.models import EprIdentifier
from merchants.services import epr
from tests.merchants.conftest import AT
from tests.web import personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(merchant, owner) -> EprIdentifier:
    who = {"merchant_id": merchant.pk, "by": owner, "at": AT}
    return epr.declare(country="FR", entries=[epr.Entry("01", "FR-ABC-1")], **who)[0]


def place(row: EprIdentifier) -> str:
    return reverse("admin:merchants_epridentifier_look_up", args=[row.pk])


def test_a_reviewer_verifies_or_refuses(client, row) -> None:
    client.force_login(personas.staff("claire@passerelle.example", "reviewer"))
    assert "FR-ABC-1" in client.get(place(row)).content.decode()

    client.post(place(row), {"identifier": "FR-ABC-1", "refuse": "1", "text": ""})
    assert EprIdentifier.objects.get().state == EprState.DECLARED
    client.post(place(row), {"identifier": "FR-ABC-2", "verify": "1"})
    assert EprIdentifier.objects.get().state == EprState.DECLARED
    client.post(place(row), {"identifier": "FR-ABC-1", "refuse": "1", "text": "Inconnu."})
    assert EprIdentifier.objects.get().refusal_text == "Inconnu."
    client.post(place(row), {"identifier": "FR-ABC-1", "verify": "1"})
    assert EprIdentifier.objects.get().state == EprState.VERIFIED


def test_support_cannot(client, row) -> None:
    client.force_login(personas.staff("aide@passerelle.example", "support"))

    answer = client.post(place(row), {"identifier": "FR-ABC-1", "verify": "1"})

    assert answer.status_code in {302, 403}
    assert EprIdentifier.objects.get().state == EprState.DECLARED
