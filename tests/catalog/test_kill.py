"""A worker killed -9 in the middle of an import: the next goes on, nothing is doubled or half-written."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import storages
from django.db.models import F
from django.utils import timezone

from catalog.enums import ImportStatus
from catalog.models import Import, Price, Product, ProductText, Variant
from catalog.services.imports import deciding
from core.models import Job
from core.services import jobs
from tests.catalog.conftest import AT, FIELDS, counts
from tests.processes import database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 6_000
WORK = "import django; django.setup(); import catalog.tasks; from core.services import jobs; jobs.run({job})"


@pytest.fixture
def stored_on_disk(settings, tmp_path):
    """Files must be where another process finds them: ``VAR_DIR/media``."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    field = Import._meta.get_field("file")
    before, field.storage = field.storage, storages["default"]
    yield tmp_path
    field.storage = before


def test_an_import_whose_worker_was_killed_goes_on_and_ends_whole(importer, merchant, stored_on_disk):
    lines = [f"K{number:05},Torchon {number},{number % 90 + 1}.90" for number in range(ROWS)]
    imported = importer.try_out("\n".join(["sku,title,price", *lines]), FIELDS)
    deciding.confirm(merchant_id=merchant.pk, import_id=imported.pk, by=importer.by, at=AT)
    job = Job.objects.latest("pk")

    worker = subprocess.Popen(
        [sys.executable, "-c", WORK.format(job=job.pk)],
        cwd=django_settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(stored_on_disk),
        },
    )
    deadline = time.monotonic() + 60
    while Product.objects.count() == 0 and time.monotonic() < deadline and worker.poll() is None:
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    written = Product.objects.count()
    assert 0 < written < ROWS
    # A chunk is whole or absent.
    assert Variant.objects.count() == ProductText.objects.count() == Price.objects.count() == written
    long = timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(sent_at=F("sent_at") - long, lease_until=F("lease_until") - long)
    jobs.sweep(at=timezone.now())
    assert jobs.run(job.pk)

    imported.refresh_from_db()
    assert imported.status == ImportStatus.COMPLETE
    assert counts(imported) == (ROWS, 0, 0, 0)
    assert (Product.objects.count(), Variant.objects.count(), Price.objects.count()) == (ROWS, ROWS, ROWS)
