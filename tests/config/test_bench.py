"""``make bench``: where its database is."""

import subprocess
from types import SimpleNamespace

import psycopg
import pytest

from benchmarks.orders_single import beside
from config import bench


def test_benchmarks_use_the_embedded_database_unless_told_otherwise(monkeypatch):
    given = []
    monkeypatch.setattr(
        subprocess, "run", lambda command, env, **rest: given.append(env) or SimpleNamespace(returncode=0)
    )
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert bench.main(["import_rows"]) == 0
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/passerelle")
    assert bench.main(["import_rows"]) == 0

    assert psycopg.conninfo.conninfo_to_dict(given[0]["DATABASE_URL"])["dbname"] == "passerelle"
    assert given[1]["DATABASE_URL"] == "postgres://elsewhere/passerelle"


@pytest.mark.parametrize(
    "url",
    [
        "postgres:///passerelle?host=%2Fproject%2Fvar%2Fpg&user=postgres",
        "postgres://user:secret@db.internal:5433/passerelle",
    ],
)
def test_a_scratch_database_stands_on_the_same_server(url):
    ours = psycopg.conninfo.conninfo_to_dict(beside(url, "bench_1"))
    assert ours.pop("dbname") == "bench_1"
    given = psycopg.conninfo.conninfo_to_dict(url)
    assert given.pop("dbname") == "passerelle"
    assert ours == given


def test_an_unknown_benchmark_is_named(capsys):
    assert bench.main(["orders_double"]) == 2
    assert "orders_double" in capsys.readouterr().err
