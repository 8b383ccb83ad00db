"""VIES, the European Commission's exchange on VAT numbers (its REST service; no key).

It asks the Member State's own register, which is often away: then nothing is known, and nothing is *invalid*.
With our own number as requester it gives a consultation number, our proof of having asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import requests

from merchants.adapters import http
from merchants.adapters.registry import text_of
from merchants.enums import VatCheck

#: A minute. VIES publishes none, but refuses who asks much at once (MS_MAX_CONCURRENT_REQ).
LIMIT: Final = 60
#: What VIES writes where a Member State gives no name or address.
NOTHING: Final = "---"
#: Said beside ``valid: false`` when it was really looked up; any other word means that it was not.
LOOKED_UP: Final = frozenset({"", "VALID", "INVALID"})


@dataclass(frozen=True, slots=True)
class VatAnswer:
    """What VIES said of a number: ``VALID``, ``INVALID`` or ``UNVERIFIABLE``; ``raw`` is kept as evidence."""

    check: VatCheck
    name: str = ""
    address: str = ""
    consultation: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


class Vies:
    """Client of the service. ``session`` may carry another transport, as the embedded sample does."""

    def __init__(
        self,
        url: str,
        *,
        name: str = "vies",
        requester: str = "",
        session: requests.Session | None = None,
        timeout: float = 5.0,
        limit: int = LIMIT,
    ) -> None:
        self.name, self.requester = name, requester
        self.client = http.Client(
            name, url, timeout, limit, timedelta(minutes=1), session=session or requests.Session()
        )

    def check(self, number: str) -> VatAnswer:
        """Ask whether a VAT number, with the prefix of its country, exists. Never raises for the service's
        faults.
        """
        body = {"countryCode": number[:2], "vatNumber": number[2:]}
        if self.requester:
            body |= {
                "requesterMemberStateCode": self.requester[:2],
                "requesterNumber": self.requester[2:],
            }
        try:
            status, answer = self.client.ask("POST", "/check-vat-number", json=body)
        except http.Fault as fault:
            return VatAnswer(VatCheck.UNVERIFIABLE, raw={"error": str(fault)})
        if not isinstance(answer, dict) or status != 200:
            return VatAnswer(VatCheck.UNVERIFIABLE, raw={"status": status, "answer": _errors(answer)})
        return VatAnswer(
            _verdict(answer, number),
            name=_told(answer.get("name")),
            address=_told(answer.get("address")),
            consultation=text_of(answer.get("requestIdentifier"))[:40],
            raw={"status": status, "answer": answer},
        )


def _verdict(answer: Mapping[str, Any], number: str) -> VatCheck:
    is_ours = (answer.get("countryCode"), answer.get("vatNumber")) == (number[:2], number[2:])
    if not is_ours or answer.get("actionSucceed") is False or answer.get("errorWrappers"):
        return VatCheck.UNVERIFIABLE
    if answer.get("valid") is True:
        return VatCheck.VALID
    if answer.get("valid") is False and text_of(answer.get("userError")) in LOOKED_UP:
        return VatCheck.INVALID
    return VatCheck.UNVERIFIABLE


def _errors(answer: Any) -> Any:
    return answer.get("errorWrappers") if isinstance(answer, dict) else None


def _told(value: Any) -> str:
    text = text_of(value)
    return "" if text == NOTHING else text
