"""Import 20,000 products with one text and one price, against bare ``COPY`` of the same rows.

Ours: the file from its bytes to the catalogue (received, mapped, tried, confirmed, written, made ready).
Limit: psycopg ``COPY`` of the rows that ours left in product, text, variant, price and listing, into the same
tables, with their foreign keys, indexes and history triggers. Everything happens in a transaction that is
rolled back, so nothing stays.
"""

import csv
import io
import json
import platform
import statistics
import time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

ROWS, REPETITIONS = 20_000, 3
STORE = "Benchmark import_rows"
# Each table, with the column that leads to the benchmark's products.
OWNER = {
    "catalog_product": "id",
    "catalog_variant": "product_id",
    "catalog_producttext": "product_id",
    "catalog_price": "merchant_id",
    "catalog_listing": "product_id",
}
TABLES = tuple(OWNER)
_MERCHANT = f"SELECT id FROM merchants_merchant WHERE store_name = '{STORE}'"
_PRODUCTS = f"SELECT id FROM catalog_product WHERE merchant_id IN ({_MERCHANT})"


class _Undo(Exception):
    pass


def _file() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["sku", "title", "description", "price"])
    for number in range(ROWS):
        writer.writerow(
            [
                f"BENCH-{number}",
                f"Produit {number} en lin lavé",
                "Lavable à 60 °C. " * 5,
                f"{number % 90 + 1},90",
            ]
        )
    return text.getvalue().encode()


def _merchant() -> tuple[Any, Any]:
    from catalog.services import reference
    from core import sealed
    from core.models import User
    from merchants.enums import MerchantStatus
    from merchants.models import Merchant

    reference.load()
    merchant = Merchant.objects.create(
        store_name=STORE,
        status=MerchantStatus.ACTIVE,
        opened_at=timezone.now(),
        data_key=sealed.new_key("merchant"),
    )
    return merchant, User.objects.create_user("benchmark-import-rows@example.org")


def _ours(content: bytes) -> float:
    """Import the file; answers the seconds."""
    from catalog.models import Product
    from catalog.services.imports import deciding, mapping, receiving, running

    merchant, user = _merchant()
    fields = {name: {"column": name} for name in ("sku", "title", "description", "price")}
    fields |= {"category": {"constant": "Linge de maison"}, "market": {"constant": "FR"}}
    started = time.perf_counter()
    imported = receiving.receive(
        merchant_id=merchant.pk, file=io.BytesIO(content), name="bench.csv", by=user, at=timezone.now()
    )
    try:
        imported = mapping.map_columns(
            merchant_id=merchant.pk, import_id=imported.pk, fields=fields, by=user, at=timezone.now()
        )
        running.analyse(
            import_id=imported.pk,
            mapping=mapping.mapping_hash(imported.fields),
            beat=lambda done, total: None,
        )
        deciding.confirm(merchant_id=merchant.pk, import_id=imported.pk, by=user, at=timezone.now())
        running.run(import_id=imported.pk, beat=lambda done, total: None, by=user)
        seconds = time.perf_counter() - started
    finally:
        imported.file.storage.delete(imported.file.name)
    count = Product.objects.for_merchant(merchant).count()
    if count != ROWS:
        raise RuntimeError(f"{count} products for {ROWS} rows")
    return seconds


def _dump() -> dict[str, tuple[list[str], bytes]]:
    """Take the rows that ours left, and their history away with them."""
    dumped = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            own = _MERCHANT if OWNER[table] == "merchant_id" else _PRODUCTS
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            columns = [column.name for column in cursor.description]
            source = f"SELECT * FROM {table} WHERE {OWNER[table]} IN ({own})"
            with cursor.cursor.copy(f"COPY ({source}) TO STDOUT") as copy:
                dumped[table] = (columns, b"".join(bytes(block) for block in copy))
    return dumped


def _limit(dumped: dict[str, tuple[list[str], bytes]]) -> float:
    """Copy the same rows into emptied tables; answers the seconds."""
    from catalog.models import Product

    Product.objects.filter(merchant__store_name=STORE).delete()
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for table, (columns, rows) in dumped.items():
            with cursor.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                copy.write(rows)
    return time.perf_counter() - started


def _round(content: bytes) -> tuple[float, float]:
    measured = (0.0, 0.0)
    try:
        with transaction.atomic():
            ours = _ours(content)
            measured = ours, _limit(_dump())
            raise _Undo
    except _Undo:
        return measured


def main() -> None:
    """Print the line."""
    import django

    django.setup()
    content = _file()
    rounds = [_round(content) for _ in range(REPETITIONS)]
    ours = [ROWS / seconds for seconds, _limit_seconds in rounds]
    limit = [ROWS / seconds for _ours_seconds, seconds in rounds]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    line = {
        "name": "import_rows",
        "ours": round(statistics.median(ours), 1),
        "limit": round(statistics.median(limit), 1),
        "unit": "rows/s",
        "ratio": round(statistics.median(ours) / statistics.median(limit), 3),
        "conditions": {
            "at_least": 0.05,
            "rows": ROWS,
            "tables": list(TABLES),
            "repetitions": REPETITIONS,
            "spread_ours": [round(min(ours), 1), round(max(ours), 1)],
            "spread_limit": [round(min(limit), 1), round(max(limit), 1)],
            "postgresql": server,
            "python": platform.python_version(),
            "ours_includes": "upload, dry run with its report rows, confirmation, run, readiness",
        },
    }
    print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
