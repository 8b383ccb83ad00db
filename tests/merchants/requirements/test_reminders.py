"""Reminders 30 and 7 days before a deadline and on its day: once each, by mail and under the bell."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone, translation

from core.models import Event
from core.services import events, jobs
from merchants.enums import CompanyState
from merchants.models import Company, Notification, Requirement
from merchants.services import notifications, requirements
from merchants.services.requirements import reminders
from tests.merchants import steps

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def opened(merchant, owner, maker, checker, now):
    steps.submit(merchant, owner, now)
    steps.approve(merchant, maker, checker, now)
    return merchant


def cease(merchant, at):
    Company.objects.for_merchant(merchant).update(state=CompanyState.CEASED)
    requirements.refresh(merchant_id=merchant.pk, at=at)


def deliver():
    events.relay_all()
    jobs.run_pending()


def told(merchant) -> list[int]:
    rows = Event.objects.filter(type="requirement.reminded", merchant_id=merchant.pk).order_by("pk")
    return [event.data["days"] for event in rows]


def test_a_merchant_is_reminded_thirty_and_seven_days_before_and_on_the_day(opened, now):
    cease(opened, now)

    for day in range(32):
        for _ in range(2):
            reminders.remind(at=now + day * DAY)

    assert told(opened) == [30, 7, 0]
    assert Requirement.objects.for_merchant(opened).get(code="company_active").reminded_days == 0


def test_a_reminder_is_read_under_the_bell_and_by_mail(opened, owner, now):
    owner.language = "fr"
    owner.save()
    cease(opened, now)
    deliver()
    mail.outbox.clear()

    reminders.remind(at=now)
    deliver()
    deliver()

    line = Notification.objects.for_merchant(opened).get(kind="requirement.reminded")
    with translation.override("fr"):
        assert "Entreprise en activité" in notifications.text_of(line)
    [letter] = mail.outbox
    assert letter.to == [owner.email]
    assert "Entreprise en activité" in letter.body


def test_what_was_answered_meanwhile_is_not_mailed(opened, now):
    cease(opened, now)
    reminders.remind(at=now)
    Company.objects.for_merchant(opened).update(state=CompanyState.OPEN)
    requirements.refresh(merchant_id=opened.pk, at=now)
    events.relay_all()
    mail.outbox.clear()

    jobs.run_pending()

    assert not [m for m in mail.outbox if "dossier" in m.subject and "compléter" in m.subject]


def test_a_file_that_is_not_open_yet_is_not_reminded(merchant, owner, now):
    steps.give_company(merchant, owner, now)
    cease(merchant, now)

    assert reminders.remind(at=now) == 0
    assert told(merchant) == []


def test_another_deadline_is_told_anew(opened, now):
    cease(opened, now)
    reminders.remind(at=now)
    Company.objects.for_merchant(opened).update(state=CompanyState.OPEN)
    requirements.refresh(merchant_id=opened.pk, at=now + DAY)
    cease(opened, now + 5 * DAY)

    reminders.remind(at=now + 5 * DAY)

    assert told(opened) == [30, 30]


def test_payouts_that_are_held_and_go_on_are_told(opened, now):
    cease(opened, now)
    requirements.refresh(merchant_id=opened.pk, at=now + 30 * DAY)
    Company.objects.for_merchant(opened).update(state=CompanyState.OPEN)
    requirements.refresh(merchant_id=opened.pk, at=now + 31 * DAY)
    deliver()

    lines = Notification.objects.for_merchant(opened).filter(kind="capability.changed").order_by("pk")
    with translation.override("en"):
        assert [notifications.text_of(line) for line in lines] == [
            "You cannot publish until this is in order: Company in activity.",
            "Your payouts are held until this is in order: Company in activity.",
            "You can publish again.",
            "Your payouts go on.",
        ]


def test_the_opening_itself_is_told_once(opened):
    deliver()

    kinds = set(Notification.objects.for_merchant(opened).values_list("kind", flat=True))
    assert kinds == {"merchant.submitted", "merchant.approved"}
