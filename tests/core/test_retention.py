"""What is past its time goes, what somebody may still need stays."""

from datetime import datetime, timedelta
from typing import Any

import pghistory.models
import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import audit
from core.enums import DeliveryState, JobState
from core.models import Delivery, Event, Job, SentMail
from core.services import events, relay, retention
from core.tasks import forget_what_is_over
from tests.factories import make_merchant, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def job(state: str, at: datetime | None = None) -> Job:
    lease = {"lease_until": timezone.now()} if state == JobState.RUNNING else {}
    return Job.objects.create(name="test.job", state=state, finished_at=at, **lease)


def test_jobs_are_kept_as_long_as_somebody_may_look_for_them(now: datetime) -> None:
    kept = [
        job(JobState.DONE, now - 29 * DAY),
        job(JobState.FAILED, now - 364 * DAY),
        job(JobState.WAITING),
        job(JobState.RUNNING),
    ]
    Job.objects.filter(pk__in=[kept[2].pk, kept[3].pk]).update(
        created_at=now - 900 * DAY, run_at=now - 900 * DAY
    )
    job(JobState.DONE, now - 31 * DAY)
    job(JobState.FAILED, now - 366 * DAY)

    done = retention.forget(at=now)

    assert (done["jobs_done"], done["jobs_failed"]) == (1, 1)
    assert set(Job.objects.all()) == set(kept)


def test_deliveries_go_once_made_and_their_events_stay(
    consumers: dict[str, Any], sent: list[Any], now: datetime
) -> None:
    heard: list[Event] = []
    events.consumer("test.hear", "merchant.*")(heard.append)
    merchant = make_merchant()
    event = events.record("merchant.tried", merchant)
    events.relay_all()
    Delivery.objects.update(done_at=now - 31 * DAY)
    others = [
        Delivery(
            event=event, consumer=state, subject_id=event.subject_id, state=state, next_try_at=now - 900 * DAY
        )
        for state in (DeliveryState.PENDING, DeliveryState.DEAD)
    ]
    Delivery.objects.bulk_create(others)
    times = len(heard)

    assert retention.forget(at=now)["deliveries"] == times > 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {
        DeliveryState.PENDING,
        DeliveryState.DEAD,
    }
    assert Event.objects.filter(pk=event.pk).exists()
    relay.fan_out(at=now)
    assert len(heard) == times


def test_sessions_that_ended_go_with_their_line_in_the_list(now: datetime) -> None:
    user, age = make_user(), timedelta(seconds=settings.SESSION_COOKIE_AGE)
    seen = {"live": now, "over": now - age - DAY, "beginning": now}
    for key, last_seen_at in seen.items():
        UserSession.objects.create(
            user=user, session_key=key, ip="192.0.2.1", user_agent="x", last_seen_at=last_seen_at
        )
    Session.objects.create(session_key="live", session_data="", expire_date=now + DAY)
    Session.objects.create(session_key="over", session_data="", expire_date=now - DAY)

    done = retention.forget(at=now)

    assert (done["sessions"], done["sessions_listed"]) == (1, 1)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["live"]
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {"live", "beginning"}


def test_history_forgets_the_address_after_a_year_and_nothing_else(now: datetime) -> None:
    with audit.acting(user=make_user().pk, ip="192.0.2.7", route="merchants:start"):
        old = make_merchant("Ancienne")
    with audit.acting(ip="192.0.2.8"):
        recent = make_merchant("Récente")
    contexts = pghistory.models.Context.objects
    contexts.filter(metadata__ip="192.0.2.7").update(created_at=now - 366 * DAY)
    contexts.filter(metadata__ip="192.0.2.8").update(created_at=now - 364 * DAY)

    assert retention.forget(at=now)["addresses"] == 1

    said = old.trail.get().pgh_context.metadata
    assert said["route"] == "merchants:start" and said["user"] and "ip" not in said
    assert recent.trail.get().pgh_context.metadata["ip"] == "192.0.2.8"


def test_it_works_in_batches_until_nothing_is_left(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        SentMail.objects.create(digest=str(number), sent_at=now - 366 * DAY)
    SentMail.objects.create(digest="recent", sent_at=now - 364 * DAY)

    with CaptureQueriesContext(connection) as ran:
        assert retention.forget(at=now)["mails"] == 5

    assert len([query for query in ran if 'DELETE FROM "core_sentmail"' in query["sql"]]) == 4
    assert [mail.digest for mail in SentMail.objects.all()] == ["recent"]


def test_beat_asks_for_it(now: datetime) -> None:
    SentMail.objects.create(digest="old", sent_at=now - 366 * DAY)

    forget_what_is_over()

    assert not SentMail.objects.exists()
    assert forget_what_is_over.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
