"""Load what every installation starts from: markets, VAT rates and the starter category tree.

Sources: VAT rates in force as published by each country's tax authority (European Commission, "Taxes in
Europe" database, for the Union); EPR streams are the items of article L541-10-1 of the Code de
l'environnement.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from catalog.models import Category, ExchangeRate, Market, VatRate

FOLDER = Path(__file__).resolve().parent.parent / "reference"
VAT_KNOWN_FROM = date(2021, 1, 1)


@transaction.atomic
def load() -> None:
    """Create what is missing. What staff have changed since stays as it is."""
    for entry in _read("markets.json"):
        market, _created = Market.objects.get_or_create(
            country=entry["country"],
            defaults={key: entry[key] for key in ("currency", "languages", "time_zone", "in_union")},
        )
        VatRate.objects.bulk_create(
            [
                VatRate(market=market, vat_class=vat_class, rate=Decimal(rate), valid_from=VAT_KNOWN_FROM)
                for vat_class, rate in entry["vat"].items()
            ],
            ignore_conflicts=True,
        )
    for entry in _read("categories.json"):
        _load_category(entry)


@transaction.atomic
def write_rates(*, day: date, rates: dict[str, Decimal]) -> None:
    """Keep a day's exchange rates: how many units of each currency one euro buys."""
    ExchangeRate.objects.bulk_create(
        [ExchangeRate(currency=currency, day=day, rate=rate) for currency, rate in rates.items()],
        update_conflicts=True,
        unique_fields=["currency", "day"],
        update_fields=["rate"],
    )


def _load_category(entry: dict[str, Any]) -> None:
    parent = Category.objects.get(code=entry["parent"]) if entry["parent"] else None
    Category.objects.get_or_create(
        code=entry["code"],
        defaults={
            "parent": parent,
            "path": f"{parent.path if parent else ''}{entry['code']}/",
            "depth": parent.depth + 1 if parent else 0,
            "names": entry["names"],
            "vat_class": entry["vat_class"],
            "commission_rate": Decimal(entry["commission_rate"]),
            "epr_streams": entry["epr_streams"],
            "is_moderated": entry.get("is_moderated", False),
            "closed_countries": entry.get("closed_countries", []),
        },
    )


def _read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return entries
