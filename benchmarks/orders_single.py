"""How many orders a second, against what the database itself can take.

Ours: ``POST /api/v1/orders/`` of two lines from two merchants, 8 at a time, to a real server with two
workers; token, scope, rate limit and idempotency on. The limit: psycopg with prepared statements that leaves
the same rows in the same tables (rate counter, history by triggers, outbox, idempotency included), one commit
an order, 8 connections, no reads. Alternating rounds on a database of their own, dropped at the end.

``BENCH_SECONDS`` (20) and ``BENCH_ROUNDS`` (3) shorten it.
"""

import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg.types.json import Jsonb

SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
AT_ONCE, WORKERS, OFFERS, TEMPLATES = 8, 2, 64, 32
ROOT = Path(__file__).resolve().parent.parent
PORT = 18_765
#: In the order of their foreign keys; what of each row is new is in ``Limit._new``.
TABLES = (
    "orders_order",
    "orders_merchantorder",
    "orders_orderline",
    "orders_allocation",
    "orders_buyer",
    "orders_payment",
    "orders_transition",
    "orders_entry",
    "orders_entryline",
    "core_event",
    "catalog_stockmovement",
    "core_idempotencykey",
)
OF_ORDER = {
    "orders_order": "id = %(order)s",
    "orders_merchantorder": "order_id = %(order)s",
    "orders_orderline": "merchant_order_id = ANY(%(parts)s)",
    "orders_allocation": (
        "line_id IN (SELECT id FROM orders_orderline WHERE merchant_order_id = ANY(%(parts)s))"
    ),
    "orders_buyer": "order_id = %(order)s",
    "orders_payment": "order_id = %(order)s",
    "orders_transition": "merchant_order_id = ANY(%(parts)s)",
    "orders_entry": "order_id = %(order)s",
    "orders_entryline": "entry_id IN (SELECT id FROM orders_entry WHERE order_id = %(order)s)",
    "core_event": "subject_id IN (SELECT public_id FROM orders_merchantorder WHERE order_id = %(order)s)",
    "catalog_stockmovement": "reference = (SELECT public_id FROM orders_order WHERE id = %(order)s)",
    "core_idempotencykey": "key = %(key)s",
}
#: Columns that point to a row written before, and the table it is in.
POINTS_TO = {
    "order_id": "orders_order",
    "merchant_order_id": "orders_merchantorder",
    "line_id": "orders_orderline",
    "entry_id": "orders_entry",
}


def beside(url: str, name: str) -> str:
    """Return the address of another database of the same server, which may be a socket's folder."""
    return re.sub(r"^(\w+://[^/]*)/[^?]*", rf"\1/{name}", url)


@contextmanager
def scratch_database() -> Iterator[str]:
    """Make a database beside the one that is configured, and drop it at the end."""
    given = os.environ["DATABASE_URL"]
    name = f"bench_{os.getpid()}"
    own = beside(given, name)
    with psycopg.connect(given, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield own
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def server(database: str) -> Iterator[None]:
    """Start the server as in production, with a limit of requests that does not bind."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "API_RATE_LIMITS": '{"default": 100000000, "orders": 100000000}',
        "LOG_LEVEL": "ERROR",
    }
    command = [
        str(Path(sys.executable).parent / "granian"),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT), "--workers", str(WORKERS)),
        *("--blocking-threads", "4", "--no-ws", "--log-level", "error", "config.wsgi:application"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _attempt in range(120):
            try:
                connection = HTTPConnection("127.0.0.1", PORT, timeout=2)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.25)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def world() -> tuple[list[tuple[str, str]], str, str, str]:
    """Make merchants with offers, a point and a channel; return offers, point, client id and secret."""
    from django.utils import timezone

    from partners.enums import SCOPES_OF_KIND, ApplicationKind
    from partners.services import credentials
    from tests.factories import make_channel, make_merchant, make_offer, make_point

    merchants = [make_merchant() for _ in range(8)]
    offers = []
    for index in range(OFFERS):
        merchant = merchants[index % len(merchants)]
        variant = make_offer(merchant, f"BENCH-{index}", stock=1_000_000)
        offers.append((str(merchant.public_id), variant.sku))
    channel = make_channel()
    issued = credentials.issue(
        application_id=channel.application_id,
        scopes=SCOPES_OF_KIND[ApplicationKind.CHANNEL],
        name="bench",
        by=None,
        at=timezone.now(),
    )
    return offers, str(make_point().public_id), issued.client_id, issued.secret


class Ours:
    """One client of eight: a connection kept open and a token."""

    def __init__(self, offers: list[tuple[str, str]], point: str, token: str) -> None:
        self.offers, self.point = offers, point
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.random = random.Random()

    def body(self) -> bytes:
        first = self.random.randrange(OFFERS)
        second = (first + 1 + 2 * self.random.randrange(3)) % OFFERS
        lines = [
            {"merchant": merchant, "sku": sku, "quantity": 1, "unit_price": "12.90"}
            for merchant, sku in (self.offers[first], self.offers[second])
        ]
        order = {
            "reference": str(uuid.uuid4()),
            "market": "FR",
            "currency": "EUR",
            "language": "fr",
            "lines": lines,
            "delivery": {"kind": "pickup", "pickup_point": self.point},
            "buyer": {"name": "Lotte Vermeulen", "email": "lotte@example.org"},
            "payment": {"status": "captured", "amount": "25.80"},
        }
        return json.dumps(order).encode()

    def place(self, key: str = "") -> dict[str, Any]:
        headers = {**self.headers, "Idempotency-Key": key or str(uuid.uuid4())}
        self.connection.request("POST", "/api/v1/orders/", self.body(), headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status != 201:
            raise RuntimeError(f"{response.status}: {content[:500]!r}")
        return json.loads(content)

    def empty(self) -> None:
        self.connection.request("GET", "/api/v1/me/", headers=self.headers)
        response = self.connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(str(response.status))


class Limit:
    """One connection of eight: writes the rows of a known order anew, under new identifiers."""

    def __init__(self, database: str, templates: list[dict[str, Any]]) -> None:
        self.connection = psycopg.connect(database, prepare_threshold=1, autocommit=True)
        self.templates = templates
        self.random = random.Random()

    def place(self) -> None:
        template = self.random.choice(self.templates)
        ids: dict[str, dict[int, int]] = {}
        public: dict[Any, Any] = {}
        # Counted on its own, as ours does, so that no two orders wait for each other's commit.
        self.connection.execute(
            "INSERT INTO core_ratecounter AS c (bucket, window_starts_at, used)"
            " VALUES ('bench', date_trunc('minute', now()), 1)"
            " ON CONFLICT (bucket) DO UPDATE SET used = c.used + 1"
        )
        with self.connection.transaction(), self.connection.cursor() as cursor:
            # Who acts, which the triggers of history keep in a row of its own.
            cursor.execute(
                "SELECT set_config('pghistory.context_id', %s, true),"
                " set_config('pghistory.context_metadata', %s, true)",
                [str(uuid.uuid4()), template["context"]],
            )
            for table in TABLES:
                columns, rows = template[table]
                values = [self._new(table, columns, row, ids, public) for row in rows]
                places = f"({', '.join(['%s'] * (len(columns) - 1))})"
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(columns[1:])})"
                    f" VALUES {', '.join([places] * len(rows))} RETURNING {columns[0]}",
                    [value for row in values for value in row],
                )
                new = [row[0] for row in cursor.fetchall()]
                ids[table] = dict(zip((row[0] for row in rows), new, strict=True))
            cursor.execute(
                "UPDATE catalog_stocklevel AS l SET reserved = l.reserved + 1, version = l.version + 1"
                " FROM (SELECT id FROM catalog_stocklevel WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE) AS c WHERE l.id = c.id",
                [template["levels"]],
            )

    def _new(
        self,
        table: str,
        columns: list[str],
        row: tuple[Any, ...],
        ids: dict[str, Any],
        public: dict[Any, Any],
    ) -> list[Any]:
        values = []
        for column, value in zip(columns[1:], row[1:], strict=True):
            if column == "public_id":
                value = public.setdefault(value, uuid.uuid4())
            elif column in ("subject_id",) or (table == "catalog_stockmovement" and column == "reference"):
                value = public[value]
            elif column in POINTS_TO and value is not None:
                value = ids[POINTS_TO[column]][value]
            elif column == "number":
                value = uuid.uuid4().hex[:20]
            elif (column == "reference" and table == "orders_order") or column == "key":
                value = str(uuid.uuid4())
            elif isinstance(value, dict | list):
                value = Jsonb(value)
            values.append(value)
        return values


def templates(database: str, client: Ours) -> list[dict[str, Any]]:
    """Place orders over HTTP and read back the rows that each left."""
    found = []
    with psycopg.connect(database) as connection:
        for _ in range(TEMPLATES):
            key = str(uuid.uuid4())
            placed = client.place(key)
            order = connection.execute(
                "SELECT id FROM orders_order WHERE public_id = %s", [placed["id"]]
            ).fetchone()[0]
            parts = connection.execute(
                "SELECT array_agg(id) FROM orders_merchantorder WHERE order_id = %s", [order]
            ).fetchone()[0]
            template: dict[str, Any] = {}
            for table in TABLES:
                cursor = connection.execute(
                    f"SELECT * FROM {table} WHERE {OF_ORDER[table]} ORDER BY 1",
                    {"order": order, "parts": parts, "key": key},
                )
                template[table] = ([column.name for column in cursor.description], cursor.fetchall())
                assert template[table][1], table
            context = connection.execute(
                "SELECT c.metadata FROM pghistory_context AS c JOIN orders_merchantorderevent AS e"
                " ON e.pgh_context_id = c.id WHERE e.order_id = %s LIMIT 1",
                [order],
            ).fetchone()
            template["context"] = json.dumps(context[0])
            columns, rows = template["orders_allocation"]
            template["levels"] = sorted(row[columns.index("level_id")] for row in rows)
            found.append(template)
    return found


def rate(acts: list[Callable[[], Any]]) -> float:
    """Run the acts side by side for the time of a round; return how many a second were done."""
    done, start = itertools.count(), threading.Barrier(len(acts) + 1)
    stop = threading.Event()
    failures: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            while not stop.is_set():
                act()
                next(done)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    stop.wait(SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return next(done) / (time.monotonic() - began)


def main() -> None:
    with scratch_database() as database, TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"], os.environ["VAR_DIR"] = database, folder
        for name in ("messages", "control"):
            (Path(folder) / "broker" / name).mkdir(parents=True)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        offers, point, client_id, secret = world()
        connections.close_all()
        with server(database):
            measure(database, offers, point, token(client_id, secret))


def token(client_id: str, secret: str) -> str:
    from base64 import b64encode

    connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()
    connection.request(
        "POST",
        "/identity/o/api/token",
        urlencode({"grant_type": "client_credentials"}),
        {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    return json.loads(connection.getresponse().read())["access_token"]


def measure(database: str, offers: list[tuple[str, str]], point: str, bearer: str) -> None:
    clients = [Ours(offers, point, bearer) for _ in range(AT_ONCE)]
    known = templates(database, clients[0])
    limits = [Limit(database, known) for _ in range(AT_ONCE)]
    ours, limit, empty = [], [], []
    for _ in range(ROUNDS):
        ours.append(rate([client.place for client in clients]))
        limit.append(rate([writer.place for writer in limits]))
        empty.append(rate([client.empty for client in clients]))
    for writer in limits:
        writer.connection.close()
    mine, bound = statistics.median(ours), statistics.median(limit)
    print(
        json.dumps(
            {
                "name": "orders_single",
                "ours": round(mine, 1),
                "limit": round(bound, 1),
                "unit": "orders/s",
                "ratio": round(mine / bound, 3),
                "conditions": {
                    "at_once": AT_ONCE,
                    "web_workers": WORKERS,
                    "rounds": ROUNDS,
                    "seconds": SECONDS,
                    "ours_spread": [round(min(ours), 1), round(max(ours), 1)],
                    "limit_spread": [round(min(limit), 1), round(max(limit), 1)],
                    "empty_endpoint": round(statistics.median(empty), 1),
                    "cores": os.cpu_count(),
                },
            }
        )
    )


if __name__ == "__main__":
    main()
