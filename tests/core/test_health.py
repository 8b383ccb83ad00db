"""What a load balancer is told."""

import pytest
from django.db import connection
from django.test import Client

from core import health


@pytest.fixture(autouse=True)
def _ask_again():
    health._migrations.cache_clear()
    yield
    health._migrations.cache_clear()


def test_healthz_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["status"]) == (200, "alive")
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_names_each_check(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok"},
    }


@pytest.mark.django_db
def test_readyz_says_that_a_migration_waits(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'orders'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "failed", "broker": "ok"}


@pytest.mark.django_db
def test_readyz_says_that_the_broker_is_away(client: Client, settings, tmp_path) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == "failed"


def test_readyz_says_that_the_database_is_away(client: Client, caplog) -> None:
    # The test may not touch the database: the driver's refusal is the fault.
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert "database is not ready" in caplog.text


def test_a_health_check_only_reads(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
