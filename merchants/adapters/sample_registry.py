"""A register of invented companies inside the process, for machines without network.

It is a transport of ``requests``: the client above it, its parsing, its time-outs and its faults are those of
the real register. Some numbers answer a fault, to see what merchants see then (``faults`` of the JSON file).
"""

import json
import re
import time
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter

URL: Final = "https://registry.sample"
ASSOCIATION: Final = "identifiant_association"


@cache
def companies() -> dict[str, Any]:
    """Return the sample: ``companies`` in the published shape, ``faults`` and ``vat`` by SIREN."""
    sample: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return sample


def session() -> requests.Session:
    """Return a session whose requests to ``URL`` are answered from the sample."""
    made = requests.Session()
    made.mount(URL, SampleTransport())
    return made


class SampleTransport(BaseAdapter):
    """Answers ``/search?q=`` for a SIREN (no matching establishment), a SIRET (that one) or words (those of
    the companies that have them all), as the API does.
    """

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        asked = parse_qs(urlsplit(request.url or "").query).get("q", [""])[0]
        fault = companies()["faults"].get(asked[:9])
        if fault is None:
            return made_response(request, 200, json.dumps(search(asked)))
        patience = float(timeout[1] if isinstance(timeout, tuple) else timeout or 60)
        if fault.get("seconds", 0) > patience:
            time.sleep(patience)
            raise requests.ReadTimeout(f"no answer in {patience} s", request=request)
        return made_response(request, fault.get("status", 200), fault.get("body", ""))

    def close(self) -> None:
        return None


def search(asked: str) -> dict[str, Any]:
    is_number = asked.isdigit()
    found = [
        _as_asked(company, asked) if is_number else company
        for company in companies()["companies"]
        if (company["siren"] == asked[:9] if is_number else _has_words(company, asked))
    ][:10]
    return {
        "results": found,
        "total_results": len(found),
        "page": 1,
        "per_page": 10,
        "total_pages": min(1, len(found)),
    }


def _has_words(company: Mapping[str, Any], asked: str) -> bool:
    """Tell whether every word begins a word of the name, the town or the number of association."""
    own = (company["nom_complet"], company["siege"]["libelle_commune"])
    known = _words(" ".join(text or "" for text in (*own, company["complements"].get(ASSOCIATION))))
    return all(any(mine.startswith(word) for mine in known) for word in _words(asked)) and bool(asked.strip())


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return re.findall(r"[A-Z0-9]+", plain)


def _as_asked(company: Mapping[str, Any], asked: str) -> dict[str, Any]:
    establishments = [company["siege"], *company["matching_etablissements"]]
    return {**company, "matching_etablissements": [e for e in establishments if e["siret"] == asked]}


def made_response(request: requests.PreparedRequest, status: int, body: str) -> requests.Response:
    response = requests.Response()
    response.status_code, response.request, response.url = status, request, request.url or ""
    response.encoding, response._content = "utf-8", body.encode()
    response._content_consumed = True  # type: ignore[attr-defined]
    return response
