"""Each code has a page, made from the code that answers it."""

from django.urls import reverse

from core.api import problem_types
from tests.api import ApiClient


def test_every_code_has_a_page_that_explains_it(client, db):
    kinds = problem_types.catalogue()

    assert {"insufficient_scope", "idempotency_key_reused", "scope_not_allowed", "not_found"} <= set(kinds)
    for code, meanings in kinds.items():
        page = client.get(reverse("problem", args=[code]))
        assert page.status_code == 200
        assert code in page.content.decode()
        assert all(str(kind.meaning) for kind in meanings), code


def test_the_type_of_a_problem_leads_to_its_page(client, db):
    found = ApiClient().get("/api/v1/me/").json()

    assert client.get(found["type"]).status_code == 200
    assert client.get("/problems/never_heard_of/").status_code == 404


def test_the_list_names_every_code(client, db):
    page = client.get("/problems/").content.decode()

    assert all(f"/problems/{code}/" in page for code in problem_types.catalogue())
