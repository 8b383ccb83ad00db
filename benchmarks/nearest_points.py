"""How long the ten nearest of 40,000 pickup points take, with their opening hours, through HTTP.

Ours: ``GET /api/v1/pickup-points/`` at random places near towns, one after the other. The limit: an empty
authenticated endpoint (``/api/v1/me/``) and the bare index query of psycopg, prepared, one after the other.
Alternating rounds on a database of their own. ``BENCH_REQUESTS`` (300) and ``BENCH_ROUNDS`` (3) shorten it.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import psycopg

from benchmarks.orders_single import PORT, ROOT, scratch_database, server

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "300"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
POINTS, NEAREST = 40_000, 10
QUERY = """
SELECT p.public_id, p.code, p.name, p.kind, p.street, p.postcode, p.city, p.country, p.latitude, p.longitude,
    p.opening_hours, p.services, n.code, n.name
FROM orders_pickuppoint p JOIN orders_pickupnetwork n ON n.id = p.network_id
WHERE p.status = 'open' AND (p.capacity IS NULL OR p.load < p.capacity)
ORDER BY point(p.x, p.y) <-> point(%s, %s) LIMIT %s
"""


def load() -> tuple[str, str]:
    """Load the points; answers the client identifier and secret of a channel."""
    from django.utils import timezone

    from orders.adapters.points import invented
    from orders.services import networks, points
    from tests.api import issue, make_application

    networks.load()
    points.refresh(
        network_code=networks.DEMONSTRATION,
        drafts=invented.drafts(POINTS),
        source="benchmark",
        at=timezone.now(),
    )
    issued = issue(make_application())
    return issued.client_id, issued.secret


def places() -> list[tuple[float, float]]:
    from orders.adapters.points import invented

    chance = random.Random(11)
    towns = invented.read_towns()
    return [
        (town.latitude + chance.uniform(-0.05, 0.05), town.longitude + chance.uniform(-0.05, 0.05))
        for town in chance.choices(towns, k=REQUESTS)
    ]


def timed(act: Callable[[tuple[float, float]], None], where: list[tuple[float, float]]) -> list[float]:
    """Return how many milliseconds each took."""
    spent = []
    for place in where:
        start = time.perf_counter()
        act(place)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def measure(database: str, client_id: str, secret: str) -> dict[str, Any]:
    import requests

    from orders.adapters.points.geography import mercator

    token = requests.post(
        f"http://127.0.0.1:{PORT}/identity/o/api/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, secret),
        timeout=10,
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    http = HTTPConnection("127.0.0.1", PORT, timeout=30)
    bare = psycopg.connect(database, autocommit=True, prepare_threshold=1)
    bare.execute("ANALYZE orders_pickuppoint")

    def get(path: str) -> bytes:
        http.request("GET", path, headers=headers)
        answer = http.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {content[:300]!r}")
        return content

    def ours(place: tuple[float, float]) -> None:
        content = get(f"/api/v1/pickup-points/?latitude={place[0]}&longitude={place[1]}&limit={NEAREST}")
        if len(json.loads(content)["results"]) != NEAREST:
            raise RuntimeError("fewer than asked")

    def query(place: tuple[float, float]) -> None:
        bare.execute(QUERY, (*mercator(*place), NEAREST)).fetchall()

    where = places()
    timed(ours, where[:50])
    medians: dict[str, list[float]] = {"ours": [], "empty": [], "query": []}
    slow = []
    for _round in range(ROUNDS):
        took = timed(ours, where)
        slow.append(sorted(took)[int(len(took) * 0.99) - 1])
        medians["ours"].append(statistics.median(took))
        medians["empty"].append(statistics.median(timed(lambda _place: get("/api/v1/me/") and None, where)))
        medians["query"].append(statistics.median(timed(query, where)))
    figures = {name: statistics.median(values) for name, values in medians.items()}
    limit = figures["empty"] + figures["query"]
    return {
        "name": "nearest_points",
        "ours": round(figures["ours"], 3),
        "limit": round(limit, 3),
        "unit": "ms",
        "ratio": round(limit / figures["ours"], 3),
        "conditions": {
            "points": POINTS,
            "requests": REQUESTS,
            "rounds": ROUNDS,
            "empty_endpoint_ms": round(figures["empty"], 3),
            "bare_query_ms": round(figures["query"], 3),
            "p99_ms": round(statistics.median(slow), 3),
            "spread_ms": [round(min(medians["ours"]), 3), round(max(medians["ours"]), 3)],
        },
    }


def main() -> None:
    with scratch_database() as database:
        os.environ["DATABASE_URL"] = database
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=os.environ, check=True)
        import django

        django.setup()
        credentials = load()
        with server(database):
            print(json.dumps(measure(database, *credentials)))
        django.db.connections.close_all()


if __name__ == "__main__":
    main()
