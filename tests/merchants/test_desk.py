"""The review desk in the admin."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.staff import StaffGroup
from merchants.enums import ApplicationStatus
from merchants.models import Application, Decision, Merchant
from merchants.services import signup
from tests.merchants import steps
from tests.web.personas import staff

TEXT = "L’extrait date du 18 juillet 2026 : envoyez-en un plus récent."


@pytest.fixture
def reviewer(db):
    return staff("maurel@example.org", StaffGroup.REVIEWER)


@pytest.fixture
def second(db):
    return staff("benoit@example.org", StaffGroup.REVIEWER)


@pytest.fixture
def sent(merchant, owner):
    steps.submit(merchant, owner, timezone.now())
    return merchant


def page(merchant):
    return reverse("admin:merchants_application_change", args=[merchant.application.pk])


def decide(client, merchant, act, **data):
    url = reverse("admin:merchants_application_decide", args=[merchant.application.pk])
    return client.post(url, {"act": act, **data}, follow=True)


def status(merchant):
    return Application.objects.get(merchant=merchant).status


def test_two_people_open_a_store_at_the_desk(sent, reviewer, second, sign_in):
    one, other = sign_in(reviewer), sign_in(second)

    assert "SAVONNERIE PERDRELLE" in one.get(page(sent)).content.decode()
    decide(one, sent, "take")
    decide(one, sent, "check", piece="registration_document", verdict="accepted")
    decide(one, sent, "accept_rest")
    decide(one, sent, "propose")
    own = decide(one, sent, "confirm")
    assert status(sent) == ApplicationStatus.PROPOSED
    assert "seconde personne" in own.content.decode()
    decide(other, sent, "confirm")

    assert status(sent) == ApplicationStatus.APPROVED
    assert Merchant.objects.get().status == "active"


def test_a_request_reaches_the_merchant_word_for_word(sent, reviewer, owner, sign_in):
    client = sign_in(reviewer)
    decide(client, sent, "take")

    decide(
        client,
        sent,
        "check",
        piece="registration_document",
        verdict="to_correct",
        reason="document_too_old",
        text=TEXT,
    )
    decide(client, sent, "request_information")

    asked = Decision.objects.get()
    assert (asked.text, asked.requirements) == (TEXT, ["registration_document"])
    assert TEXT in sign_in(owner).get(reverse("merchants:file")).content.decode()


def test_a_refusal_of_the_service_is_a_message_and_changes_nothing(sent, reviewer, second, sign_in):
    decide(sign_in(reviewer), sent, "take")

    answer = decide(sign_in(second), sent, "propose")

    assert "examine déjà ce dossier" in answer.content.decode()
    assert status(sent) == ApplicationStatus.IN_REVIEW
    assert not Decision.objects.exists()


def test_the_auditor_reads_and_decides_nothing(sent, sign_in):
    client = sign_in(staff("auditor@example.org", StaffGroup.AUDITOR))

    shown = client.get(page(sent))

    assert shown.status_code == 200
    assert 'name="act"' not in shown.content.decode()
    assert decide(client, sent, "take").status_code == 403
    assert status(sent) == ApplicationStatus.SUBMITTED


@pytest.mark.parametrize("group", [StaffGroup.CATALOGUE_MODERATOR, StaffGroup.CAMPAIGN_MANAGER])
def test_other_jobs_do_not_open_files(sent, sign_in, group):
    client = sign_in(staff("other@example.org", group))

    assert client.get(page(sent)).status_code == 403
    assert decide(client, sent, "take").status_code == 403


def test_a_merchant_is_not_let_in(sent, owner, sign_in):
    assert sign_in(owner).get(page(sent)).status_code in {302, 403}


def test_the_queue_costs_the_same_with_one_and_three_files(sent, reviewer, make_user, sign_in):
    client = sign_in(reviewer)
    url = reverse("admin:merchants_application_changelist")
    client.get(url)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            user = make_user()
            steps.submit(signup.open_file(user_id=user.pk, at=timezone.now()), user, timezone.now())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


def test_no_field_of_a_merchants_file_is_typed_in_the_admin(rf, reviewer):
    request = rf.get("/")
    request.user = reviewer
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "merchants":
            assert not model_admin.has_change_permission(request), model
            assert not model_admin.has_add_permission(request), model


def test_the_names_of_documents_are_for_those_who_may_open_them(sent, reviewer, sign_in):
    name = "kbis.pdf"

    assert name in sign_in(reviewer).get(page(sent)).content.decode()
    support = sign_in(staff("support@example.org", StaffGroup.SUPPORT)).get(page(sent))
    assert support.status_code == 200
    assert name not in support.content.decode()
