"""The Celery application. A task carries the id of the request that caused it."""

import os
from typing import Any

from celery import Celery, signals

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

broker.install()
app = Celery("passerelle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.before_task_publish.connect
def _carry_request_id(headers: dict[str, Any], **_kwargs: Any) -> None:
    from core.logging import request_id

    headers.setdefault("request_id", request_id.get())


@signals.task_prerun.connect
def _take_request_id(task: Any, task_id: str, **_kwargs: Any) -> None:
    from core.logging import request_id

    request_id.set(getattr(task.request, "request_id", None) or task_id)


@signals.worker_process_init.connect
def _watch(**_kwargs: Any) -> None:
    # In each process that does the work: exporters have threads, which a fork loses.
    from config import observability

    observability.start("worker")


@signals.setup_logging.connect
def _keep_our_logging(**_kwargs: Any) -> None:
    """Being connected is enough: Celery then leaves the logging of settings.LOGGING alone."""


@signals.beat_init.connect
@signals.worker_init.connect
def _make_folders(**_kwargs: Any) -> None:
    make_folders()


def make_folders() -> None:
    """Create what the filesystem broker and beat write into."""
    from pathlib import Path

    from django.conf import settings

    options: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    folders = [options[name] for name in ("data_folder_in", "control_folder") if name in options]
    for folder in (*folders, Path(settings.CELERY_BEAT_SCHEDULE_FILENAME).parent):
        Path(folder).mkdir(parents=True, exist_ok=True)
