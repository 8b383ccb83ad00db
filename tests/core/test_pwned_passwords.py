"""Breached passwords, against answers of the published shape."""

import logging

import pytest
import requests
import responses
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from core.adapters import pwned_passwords
from core.models import User

URL = "https://passwords.example/range/5BAA6"
#: SHA-1 of “password” is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
ANSWER = (
    "1D2DA4053E34E76F6576ED1DA63134B5E2A:2\r\n"
    "1E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004\r\n"
    "1F2B668E8AABEF1C59E9EC6F82E3F3CD786:0\r\n"
)


@pytest.fixture(autouse=True)
def service(settings):
    settings.PWNED_PASSWORDS_URL = "https://passwords.example/"


@responses.activate
def test_a_leaked_password_is_found_and_only_five_digits_leave():
    responses.get(URL, body=ANSWER)

    assert pwned_passwords.is_breached("password")
    [call] = responses.calls
    assert call.request.url == URL
    assert call.request.headers["Add-Padding"] == "true"


@responses.activate
def test_padding_and_other_suffixes_are_no_hits():
    responses.get(URL, body=ANSWER.replace("10434004", "0"))
    assert not pwned_passwords.is_breached("password")
    responses.replace("GET", URL, body="1D2DA4053E34E76F6576ED1DA63134B5E2A:2\r\n")
    assert not pwned_passwords.is_breached("password")


@pytest.mark.parametrize(
    "answer",
    [{"status": 503}, {"status": 302}, {"body": requests.ConnectTimeout()}, {"body": "<html>oops</html>"}],
    ids=["unavailable", "redirected", "too slow", "nonsense"],
)
@responses.activate
def test_a_service_in_trouble_blocks_nobody_and_the_log_tells_no_digest(answer, caplog):
    responses.get(URL, **answer)

    with caplog.at_level(logging.WARNING):
        assert not pwned_passwords.is_breached("password")
    assert "5BAA6" not in caplog.text


@responses.activate
def test_nobody_is_asked_where_no_service_is_set(settings):
    settings.PWNED_PASSWORDS_URL = ""

    assert not pwned_passwords.is_breached("password")
    assert len(responses.calls) == 0


@responses.activate
def test_signing_up_with_a_leaked_password_is_refused_with_its_reason(db, monkeypatch):
    monkeypatch.setattr(pwned_passwords, "is_breached", lambda password: True)
    form = {"full_name": "Claire", "email": "claire@example.org", "language": "fr"}

    page = Client().post("/accounts/signup/", {**form, "password1": "une-phrase-assez-longue"})

    assert "fuite" in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("weak", ["court", "password1234", "123456789012"], ids=["short", "common", "digits"])
def test_weak_and_common_passwords_are_refused(weak, settings):
    settings.PWNED_PASSWORDS_URL = ""

    with pytest.raises(ValidationError):
        validate_password(weak)
