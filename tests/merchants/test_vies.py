"""VIES, by answers of its published shape: valid, invalid, and everything that is neither."""

import json

import pytest
import responses

from merchants.adapters import registries
from merchants.adapters.vies import Vies
from merchants.enums import VatCheck

pytestmark = pytest.mark.django_db

URL = "https://ec.europa.eu/taxation_customs/vies/rest-api"
ASKED = f"{URL}/check-vat-number"
NUMBER = "FR10999980048"
ANSWER = {
    "countryCode": "FR",
    "vatNumber": "10999980048",
    "requestDate": "2026-11-10T09:30:00.000Z",
    "valid": True,
    "requestIdentifier": "WAPIAAAAY1234567",
    "name": "SAS SAVONNERIE PERDRELLE",
    "address": "12 RUE DES TANNEURS\n04300 FORCALQUIER",
    "traderName": "---",
    "traderNameMatch": "NOT_PROCESSED",
}


@responses.activate
def test_a_valid_number_comes_with_its_consultation_number():
    responses.post(ASKED, json=ANSWER)

    said = Vies(URL, requester="FR65999980907").check(NUMBER)

    assert (said.check, said.consultation, said.name) == (
        VatCheck.VALID,
        "WAPIAAAAY1234567",
        "SAS SAVONNERIE PERDRELLE",
    )
    assert said.raw["answer"] == ANSWER
    assert json.loads(responses.calls[0].request.body) == {
        "countryCode": "FR",
        "vatNumber": "10999980048",
        "requesterMemberStateCode": "FR",
        "requesterNumber": "65999980907",
    }


@responses.activate
def test_a_number_that_was_looked_up_and_not_found_is_invalid():
    responses.post(ASKED, json={**ANSWER, "valid": False, "name": "---", "address": "---"})

    said = Vies(URL).check(NUMBER)

    assert (said.check, said.name, said.address) == (VatCheck.INVALID, "", "")


@responses.activate
@pytest.mark.parametrize(
    "fault",
    [
        {"json": {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}},
        {"json": {**ANSWER, "valid": False, "userError": "MS_UNAVAILABLE"}},
        {"json": {**ANSWER, "valid": False, "userError": "MS_MAX_CONCURRENT_REQ"}},
        {"json": {**ANSWER, "valid": False, "errorWrappers": [{"error": "TIMEOUT"}]}},
        {"json": {**ANSWER, "valid": False, "vatNumber": "44732829320"}},
        {"json": {**ANSWER, "valid": "false"}},
        {"json": {**ANSWER, "valid": None}},
        {"json": []},
        {"json": "no"},
        {
            "status": 500,
            "json": {"actionSucceed": False, "errorWrappers": [{"error": "SERVICE_UNAVAILABLE"}]},
        },
        {"status": 400, "json": {"errorWrappers": [{"error": "INVALID_REQUESTER_INFO"}]}},
        {"status": 429},
        {"status": 302, "headers": {"Location": "https://ec.europa.eu/sorry.html"}},
        {"body": "<html>maintenance</html>"},
        {"body": ""},
        {"body": TimeoutError()},
        {"body": ConnectionResetError()},
    ],
)
def test_whatever_else_it_answers_is_unverifiable_and_never_invalid(fault):
    responses.post(ASKED, **fault)

    assert Vies(URL).check(NUMBER).check == VatCheck.UNVERIFIABLE


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (NUMBER, VatCheck.VALID),
        ("FR40000099984", VatCheck.VALID),
        ("FR44732829320", VatCheck.INVALID),
        ("FR00999980402", VatCheck.INVALID),
        ("FR00999980410", VatCheck.UNVERIFIABLE),
    ],
)
def test_the_sample_answers_as_the_real_one(number, expected):
    assert registries.vies().check(number).check == expected
