"""The trade families of merchants and the catalogue's reference say the same of each category."""

import json

from catalog.services import reference
from merchants.services.families import FAMILIES, MARKETS, STREAMS, UNION


def read(name: str) -> list[dict]:
    return json.loads((reference.FOLDER / name).read_text(encoding="utf-8"))


def test_each_category_belongs_to_one_family_and_touches_its_streams() -> None:
    categories = read("categories.json")
    parents = {category["parent"] for category in categories}

    for category in categories:
        if category["code"] in parents:
            continue
        [family] = [f for f in FAMILIES.values() if category["code"] in f.categories]
        assert set(category["epr_streams"]) == family.streams, category["code"]


def test_families_name_categories_and_streams_that_exist() -> None:
    codes = {category["code"] for category in read("categories.json")}

    assert {code for family in FAMILIES.values() for code in family.categories} <= codes
    assert {stream for family in FAMILIES.values() for stream in family.streams} <= STREAMS.keys()


def test_merchants_plan_for_the_markets_there_are() -> None:
    markets = read("markets.json")

    assert tuple(market["country"] for market in markets) == MARKETS
    assert {market["country"] for market in markets if market["in_union"]} == UNION & set(MARKETS)
