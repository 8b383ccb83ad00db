"""Registers that misbehave: whatever they send, the answer is "unavailable", soon, and can be kept."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import responses

from core.services import rates
from merchants.adapters import http
from merchants.adapters.recherche_entreprises import RechercheEntreprises
from merchants.enums import RegistryOutcome
from merchants.models import RegistryCheck
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db

URL = "https://register.example"
Behave = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def server() -> Iterator[Callable[[Behave], str]]:
    """A server that behaves as it is told; returns its address."""
    servers = []

    def start(behave: Behave) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with suppress(OSError):
                    behave(self)

            def log_message(self, *args: object) -> None:
                return None

        made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, daemon=True).start()
        servers.append(made)
        return f"http://127.0.0.1:{made.server_port}"

    yield start
    for made in servers:
        made.shutdown()
        made.server_close()


def begin(handler: BaseHTTPRequestHandler, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def stops_in_the_middle(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, Content_Length="1000")
    handler.wfile.write(b'{"results": [')
    handler.wfile.flush()
    time.sleep(2)


def drips(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    while True:
        handler.wfile.write(b" " * http.CHUNK)
        handler.wfile.flush()
        time.sleep(0.05)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, Content_Length="1000")
    handler.wfile.write(b'{"results"')


def never_ends(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    while True:
        handler.wfile.write(b"[" * http.CHUNK)


@pytest.mark.parametrize("behave", [stops_in_the_middle, drips, hangs_up, never_ends])
def test_a_body_that_does_not_end_well_is_left(server, behave):
    register = RechercheEntreprises(server(behave), timeout=0.3, limit=0)
    started = time.monotonic()

    answer = register.find("999980048")

    assert answer.outcome == RegistryOutcome.UNAVAILABLE
    assert time.monotonic() - started < 10


def test_a_redirect_into_our_own_network_is_not_followed(server):
    visited = []
    inside = server(lambda handler: visited.append(handler.path))
    moved = server(
        lambda handler: begin(handler, 302, Location=f"{inside}/latest/meta-data", Content_Length="0")
    )

    answer = RechercheEntreprises(moved, timeout=1, limit=0).find("999980048")

    assert (answer.outcome, answer.raw["error"], visited) == (RegistryOutcome.UNAVAILABLE, "HTTP 302", [])


@responses.activate
@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '"text"',
        "3",
        '{"results": null}',
        '{"results": {"siren": "999980048"}}',
        '{"results": [null]}',
        '{"results": ["999980048"]}',
        '{"results": [{"siren": "999980048", "complements": [1]}]}',
        '{"results": [{"siren": "999980048", "matching_etablissements": {"a": 1}}]}',
        '{"results": [{"siren": "999980048", "score": NaN}]}',
        "[" * 100_000,
        '{"results": [' + "9" * 6000 + "]}",
    ],
    ids=range(13),
)
def test_json_of_another_shape_is_unavailable(body):
    responses.get(f"{URL}/search", body=body)

    assert RechercheEntreprises(URL).find("999980048").outcome == RegistryOutcome.UNAVAILABLE


@responses.activate
def test_texts_of_the_wrong_type_are_read_as_nothing_and_what_is_kept_can_be_written(merchant):
    found = {
        "siren": "999980048",
        "nom_raison_sociale": ["SAVONNERIE"],
        "nom_complet": "SAVON\\u0000NERIE \\ud800 PERDRELLE",
        "nature_juridique": 5710,
        "date_creation": "2019-99-99",
        "etat_administratif": {"A": 1},
        "siege": {"siret": "99998004800014", "code_postal": True, "liste_enseignes": ["x" * 900]},
    }
    body = str({"results": [found]}).replace("'", '"').replace("True", "true").replace("\\\\", "\\")
    responses.get(f"{URL}/search", body=body)

    answer = RechercheEntreprises(URL).find("999980048", "99998004800014")

    company = answer.company
    assert (company.legal_name, company.legal_form_code, company.registered_on) == (
        "SAVONNERIE  PERDRELLE",
        "5710",
        None,
    )
    kept = RegistryCheck.objects.create(
        merchant=merchant, register="x", query="999980048", asked_at=AT, outcome="found", answer=answer.raw
    )
    kept.refresh_from_db()
    assert kept.answer["results"][0]["siren"] == "999980048"


def test_no_more_than_seven_a_second_leave_this_instance(monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr(http.time, "sleep", waited.append)
    monkeypatch.setattr(rates, "window_of", lambda at, length: (AT, 0.4))

    with responses.RequestsMock() as mock:
        mock.get(f"{URL}/search", json={"results": []})
        register = RechercheEntreprises(URL)
        outcomes = [register.find("999980048").outcome for _ in range(8)]

    assert outcomes == [RegistryOutcome.NOT_FOUND] * 7 + [RegistryOutcome.UNAVAILABLE]
    assert waited == [0.4] * 5


def test_a_window_counts_for_all_and_begins_anew():
    second = timedelta(seconds=1)
    moment = datetime(2026, 11, 10, 9, 30, 0, 250_000, UTC)

    waits = [rates.wait("test", limit=2, length=second, at=moment) for _ in range(3)]

    assert waits == [0.0, 0.0, pytest.approx(0.75)]
    assert rates.wait("test", limit=2, length=second, at=moment + second) == 0.0
