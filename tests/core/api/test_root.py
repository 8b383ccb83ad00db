from tests.api import ApiClient


def test_the_front_page_leads_to_what_exists(api):
    links = ApiClient().get("/api/v1/").json()

    assert links["me"] == "http://testserver/api/v1/me/"
    assert {"rate_limits", "schema", "docs", "reference"} <= set(links)
    for link in links.values():
        # Some ask for parameters, for another scope, or to be sent something: all are there.
        assert api.get(link, headers={"accept": "*/*"}).status_code in (200, 400, 403, 405), link
