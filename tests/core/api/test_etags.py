"""Versions: what is unchanged is not sent again, what has changed is not overwritten."""

import pytest

from core.models import DataKey

KEY = "/api/v1/try/keys/order/"


@pytest.fixture(autouse=True)
def _key(db):
    DataKey.objects.create(purpose="order", wrapped=b"x")


def test_an_answer_carries_its_version_and_is_not_sent_twice(api):
    tag = api.get(KEY).headers["ETag"]

    unchanged = api.get(KEY, headers={"if-none-match": f'"other", W/{tag}'})

    assert (unchanged.status_code, unchanged.content, unchanged.headers["ETag"]) == (304, b"", tag)
    assert "Content-Type" not in unchanged.headers
    assert api.get(KEY, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_view_without_version_of_its_own_has_that_of_its_bytes(api):
    first, second = (api.get("/api/v1/") for _ in range(2))

    assert first.headers["ETag"] == second.headers["ETag"]
    assert api.get("/api/v1/", headers={"if-none-match": first.headers["ETag"]}).status_code == 304


def test_a_change_needs_the_version_that_was_read(api):
    tag = api.get(KEY).headers["ETag"]

    answers = [
        api.send(KEY, {}, method="PUT"),
        api.send(KEY, {}, method="PUT", if_match='"other"'),
        api.send(KEY, {}, method="PUT", if_match=f"W/{tag}"),
        api.send(KEY, {}, method="PUT", if_match=f'"other", {tag}'),
        api.send(KEY, {}, method="PUT", if_match="*"),
    ]

    assert [answer.status_code for answer in answers] == [428, 412, 412, 200, 200]
    assert [answer.json().get("code") for answer in answers[:2]] == [
        "precondition_required",
        "precondition_failed",
    ]
    assert answers[1].json()["details"] == {"current": tag}
