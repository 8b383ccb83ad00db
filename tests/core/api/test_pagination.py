"""Pages neither repeat nor hide rows, whatever happens between two of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import DataKey

KEYS = "/api/v1/try/keys/"


def make(*purposes):
    return [DataKey.objects.create(purpose=purpose, wrapped=b"x") for purpose in purposes]


def purposes(page):
    return [row["purpose"] for row in page["results"]]


def walk(api, url, link="next"):
    while url:
        page = api.get(url).json()
        yield page
        url = page[link]


def test_pages_follow_each_other_both_ways(api):
    make(*"aabbcde")

    pages = list(walk(api, f"{KEYS}?limit=3"))
    back = list(walk(api, pages[-1]["previous"], "previous"))

    assert [purposes(page) for page in pages] == [["a", "a", "b"], ["b", "c", "d"], ["e"]]
    assert [purposes(page) for page in back] == [["b", "c", "d"], ["a", "a", "b"]]
    assert pages[0]["previous"] is None
    assert pages[-1]["next"] is None
    assert back[-1]["next"]


def test_equal_values_come_once_each(api):
    made = {str(key.public_id) for key in make(*"a" * 7)}

    seen = [row["public_id"] for page in walk(api, f"{KEYS}?limit=2") for row in page["results"]]

    assert (set(seen), len(seen)) == (made, 7)


def test_rows_that_come_and_go_between_pages_move_nothing(api):
    _b, c, *_ = make("b", "c", "d", "e")
    first = api.get(f"{KEYS}?limit=2").json()

    make("a")
    c.delete()
    second = api.get(first["next"]).json()

    assert (purposes(first), purposes(second)) == (["b", "c"], ["d", "e"])


def test_the_links_keep_the_other_parameters(api):
    make("a", "b")

    assert "limit=1" in api.get(f"{KEYS}?limit=1&colour=blue").json()["next"]
    assert "colour=blue" in api.get(f"{KEYS}?limit=1&colour=blue").json()["next"]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "", "1.5", "²", "9" * 5000])
def test_a_limit_out_of_bounds_is_400_and_named(api, limit):
    response = api.get(KEYS, {"limit": limit})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert response.json()["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("cursor", ["", "x", "é", "eyJvIjoiIn0:1:x", "a" * 5000])
def test_a_cursor_that_is_not_ours_is_400_and_named(api, cursor):
    response = api.get(KEYS, {"cursor": cursor})

    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (400, "cursor")


def test_an_empty_list_has_no_links(api):
    assert api.get(KEYS).json() == {"next": None, "previous": None, "results": []}


def test_the_number_of_statements_does_not_grow(api):
    make("a")
    api.get(KEYS)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            api.get(KEYS)
        counts.append(len(queries))
        make("b", "c")

    assert counts == [3, 3]
