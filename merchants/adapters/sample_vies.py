"""VIES of invented numbers inside the process: numbers of the sample register's companies are valid.

So are those of other member states. ``vat`` of the sample's file says which answer otherwise: ``invalid``,
``unavailable``, ``busy``, ``slow``, ``page`` (HTML in the place of JSON), or the ``name`` and ``address`` of
a company without SIREN (Monaco).
"""

import json
import time
from typing import Any, Final

import requests
from requests.adapters import BaseAdapter

from merchants.adapters import sample_registry
from merchants.adapters.sample_registry import made_response

URL: Final = "https://vies.sample"
REQUESTER: Final = "FR65999980907"
REQUEST_DATE: Final = "2026-11-02T08:00:00.000Z"


def session() -> requests.Session:
    made = requests.Session()
    made.mount(URL, SampleTransport())
    return made


class SampleTransport(BaseAdapter):
    """Answers ``POST /check-vat-number`` in the published shape."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        asked = json.loads(request.body or b"{}")
        number = str(asked.get("vatNumber", ""))
        is_french = asked.get("countryCode") == "FR"
        known = sample_registry.companies()["vat"].get(number[2:] if is_french else number, {})
        match known.get("answer"):
            case "slow":
                patience = float(timeout[1] if isinstance(timeout, tuple) else timeout or 60)
                time.sleep(min(patience, known["seconds"]))
                raise requests.ReadTimeout(request=request)
            case "page":
                return made_response(request, 200, "<html>Service unavailable</html>")
            case "unavailable":
                return made_response(request, 200, json.dumps(_error("MS_UNAVAILABLE")))
            case "busy":
                return made_response(request, 200, json.dumps(_error("MS_MAX_CONCURRENT_REQ")))
        return made_response(request, 200, json.dumps(_verdict(asked, known)))

    def close(self) -> None:
        return None


def _error(code: str) -> dict[str, Any]:
    return {"actionSucceed": False, "errorWrappers": [{"error": code}]}


def _verdict(asked: dict[str, str], known: dict[str, Any]) -> dict[str, Any]:
    siren = asked.get("vatNumber", "")[2:]
    company = next((c for c in sample_registry.companies()["companies"] if c["siren"] == siren), None)
    # Other member states know every number but those that the file names.
    is_known = company is not None or "name" in known or asked.get("countryCode") != "FR"
    is_valid = known.get("answer") != "invalid" and is_known
    name = known.get("name") or (company["nom_complet"] if company else "---")
    address = known.get("address") or (company["siege"]["adresse"] if company else "---")
    return {
        "countryCode": asked.get("countryCode"),
        "vatNumber": asked.get("vatNumber"),
        "requestDate": REQUEST_DATE,
        "valid": is_valid,
        "requestIdentifier": f"WAPIAAAA{siren}" if is_valid else "",
        "name": name if is_valid else "---",
        "address": address if is_valid else "---",
        "traderName": "---",
        "traderStreet": "---",
        "traderPostalCode": "---",
        "traderCity": "---",
        "traderCompanyType": "---",
        "traderNameMatch": "NOT_PROCESSED",
        "traderStreetMatch": "NOT_PROCESSED",
        "traderPostalCodeMatch": "NOT_PROCESSED",
        "traderCityMatch": "NOT_PROCESSED",
        "traderCompanyTypeMatch": "NOT_PROCESSED",
    }
