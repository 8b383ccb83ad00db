"""Processes killed in the middle: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from core.enums import DeliveryState, JobState
from core.models import Delivery, Job, Undelivered, User
from core.services import events, jobs
from tests.processes import database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sent")]

# What the killed process runs: it writes, says so, and hangs before it can commit or finish.
SETUP = """
import os, sys, time
sys.path.insert(0, {root!r})
import django
django.setup()
from django.conf import settings
from core.models import User
from core.services import events, jobs, relay

def pause():
    print("working", flush=True)
    time.sleep(60)

@jobs.job("test.kill")
def work(job):
    User.objects.get_or_create(email="job@example.com")
    pause()

def handler(event):
    User.objects.create_user(f"{{event.pk}}@example.com")
    pause()

events.consumers.clear()
events.consumer("killed", "*")(handler)
"""


def run_and_kill(action: str) -> None:
    """Run the action in another process on the test's database, and kill -9 it in the middle."""
    root = str(Path(settings.BASE_DIR))
    process = subprocess.Popen(
        [sys.executable, "-c", SETUP.format(root=root) + action],
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "working"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until_released()


def wait_until_released() -> None:
    """PostgreSQL notices a lost client in its own time: wait until the transaction is undone."""
    deadline = time.monotonic() + 70
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%%' AND pid <> pg_backend_pid()"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("the killed process still holds its transaction")


def test_a_job_whose_worker_was_killed_runs_again_after_its_lease_and_ends_once(registry):
    done: list[int] = []

    @jobs.job("test.kill", lease=timedelta(minutes=5))
    def work(job: Job) -> None:
        User.objects.get_or_create(email="job@example.com")
        done.append(job.attempts)

    with transaction.atomic():
        job = jobs.enqueue("test.kill")

    run_and_kill(f"jobs.run({job.pk})")

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.RUNNING, 1)
    assert not jobs.run(job.pk)  # the lease still holds
    six_minutes = timedelta(minutes=6)
    Job.objects.filter(pk=job.pk).update(
        sent_at=F("sent_at") - six_minutes, lease_until=F("lease_until") - six_minutes
    )
    assert jobs.sweep(at=timezone.now()) == 1
    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts, done) == (JobState.DONE, 2, [2])
    assert User.objects.count() == 1


def test_a_relay_killed_while_it_delivers_loses_and_doubles_nothing(consumers):
    events.consumer("killed", "*")(lambda event: User.objects.create_user(f"{event.pk}@example.com") and None)
    with transaction.atomic():
        rows = events.record_many(events.NewEvent("order.sent", "order", uuid.uuid4()) for _n in range(20))

    run_and_kill("relay.run()")

    assert not User.objects.exists()
    assert Delivery.objects.filter(state=DeliveryState.PENDING).count() == 20
    assert events.relay_all() == 20
    assert events.relay_all() == 0
    emails = sorted(User.objects.values_list("email", flat=True))
    assert emails == sorted(f"{row.pk}@example.com" for row in rows)


def test_a_relay_killed_while_it_fans_out_loses_and_doubles_nothing(consumers):
    events.consumer("killed", "*")(lambda event: None)
    with transaction.atomic():
        events.record_many(events.NewEvent("order.sent", "order", uuid.uuid4()) for _n in range(20))

    run_and_kill(
        "from django.db import transaction\n"
        "from django.utils import timezone\n"
        "with transaction.atomic():\n"
        "    relay.fan_out(at=timezone.now())\n"
        "    pause()\n"
    )

    assert Undelivered.objects.count() == 20
    assert not Delivery.objects.exists()
    assert events.relay_all() == 20
    assert not Undelivered.objects.exists()
    assert Delivery.objects.filter(state=DeliveryState.DONE).count() == 20
