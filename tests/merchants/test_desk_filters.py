"""Narrowing the queue, finding in it, and two people who decide on one file at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.staff import StaffGroup
from merchants.enums import ApplicationStatus
from merchants.models import Application, Company, Decision, Merchant
from merchants.services import review, signup
from merchants.services.review import notes
from tests.factories.crowd import make_crowd
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.merchants.test_queue import at_once
from tests.web.personas import staff

LIST = reverse("admin:merchants_application_changelist")
NOTE = "Le frère du gérant a déjà été refusé."


@pytest.fixture
def lead(db):
    return staff("maurel@example.org", StaffGroup.LEAD_REVIEWER)


@pytest.fixture
def sent(merchant, owner):
    now = timezone.now()
    steps.submit(merchant, owner, now)
    return merchant


@pytest.fixture
def three(sent, lead):
    """Return three more files than the one that was sent: late, of Réunion, in the lead's hands."""
    make_crowd(sent, 3, reviewer=lead.pk)
    late, far, held = Merchant.objects.exclude(pk=sent.pk).order_by("pk")
    now = timezone.now()
    Application.objects.update(due_at=now + timedelta(days=1), status=ApplicationStatus.SUBMITTED)
    Application.objects.filter(merchant=late).update(due_at=now - timedelta(days=1))
    Company.objects.update(country="FR", legal_form_code="5710")
    Company.objects.filter(merchant=far).update(country="RE", legal_form_code="1000")
    review.take(application_id=held.application.pk, by=lead, at=now - review.HOLD)
    return {"late": late, "far": far, "held": held, "sent": sent}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", "late far held sent"),
        ("late=yes", "late"),
        ("late=no", "far held sent"),
        ("country=overseas", "far"),
        ("country=FR", "late held sent"),
        ("country=other", ""),
        ("form=EI", "far"),
        ("form=SAS", "late held sent"),
        ("hands=mine", "held"),
        ("hands=nobody", "late far sent"),
        ("hands=others", ""),
        ("hands=stale", "held"),
        ("state=submitted", "late far sent"),
        ("state=approved", ""),
        ("q=100000001", "late"),
        ("q=10000000200014", "far"),
        ("q=epeire", ""),
        ("q=MAISON+corne", "far"),
        ("q=perdrelle", "sent"),
        ("q=%26%7C!", ""),
        ("late=yes&q=corne", ""),
    ],
)
def test_the_queue_shows_what_was_asked_for(three, lead, sign_in, asked, names):
    found = sign_in(lead).get(f"{LIST}?{asked}").context["cl"].queryset

    wanted = {three[name].pk for name in names.split()}
    assert {application.merchant_id for application in found} == wanted


def test_what_is_due_first_stands_first(three, lead, sign_in):
    shown = sign_in(lead).get(LIST).context["cl"].result_list

    assert shown[0].merchant_id == three["late"].pk


def test_chosen_files_are_given_to_reviewers_in_turn(three, lead, sign_in):
    one, two = (staff(f"{name}@example.org", StaffGroup.REVIEWER) for name in ("alba", "benoit"))
    chosen = [three[name].application.pk for name in ("late", "far", "sent")]
    client, data = sign_in(lead), {"action": "give", "_selected_action": chosen}

    asked = client.post(LIST, data).content.decode()
    assert str(one) in asked and not Application.objects.filter(assigned_to=one).exists()
    client.post(LIST, {**data, "apply": "1", "to": [one.public_id, two.public_id]})

    given = Application.objects.filter(pk__in=chosen).values_list("assigned_to", flat=True)
    assert sorted(given) == sorted([one.pk, two.pk, one.pk])


def test_notes_of_the_staff_are_on_no_page_of_the_merchant(sent, lead, owner, sign_in):
    notes.write(application_id=sent.application.pk, text=NOTE, by=lead, at=timezone.now())
    desk = reverse("admin:merchants_application_change", args=[sent.application.pk])
    assert NOTE in sign_in(lead).get(desk).content.decode()

    client = sign_in(owner)
    for name in ("file", "check", "letters", "registration", "bank", "measures", "visits", "notifications"):
        page = client.get(reverse(f"merchants:{name}"))
        assert page.status_code == 200, name
        assert NOTE not in page.content.decode(), name


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_and_one_decision_stands(make_user):
    owner, maker = make_user(), make_user()
    merchant = signup.open_file(user_id=owner.pk, at=AT)
    application = steps.submit(merchant, owner, AT)
    steps.take(merchant, maker, AT)
    steps.accept_all(merchant, maker, AT)
    review.propose(application_id=application.pk, by=maker, at=AT)
    approver, refuser = make_user(), make_user()

    def decide(by):
        who = {"application_id": application.pk, "by": by, "at": AT}
        if by == approver:
            return review.confirm(**who)
        return review.reject(reason="other", text="Il manque l’accord du bailleur.", **who)

    answers = at_once([approver, refuser], decide)

    stands = Application.objects.get(pk=application.pk)
    told = {
        ApplicationStatus.APPROVED: "application_wrong_state",
        ApplicationStatus.REJECTED: "approval_not_proposed",
    }
    assert [answer for answer in answers if isinstance(answer, str)] == [told[stands.status]]
    assert Decision.objects.filter(kind__in=["confirm", "reject"]).count() == 1
    assert stands.decided_by in {approver, refuser}
