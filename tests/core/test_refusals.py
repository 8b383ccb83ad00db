"""Refusals."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal


class Closed(Refusal):
    code = "closed"
    status = 422


def test_carries_code_status_message_and_details():
    refusal = Closed("Too late.", until="18:00")

    assert (refusal.code, refusal.status, refusal.message) == ("closed", 422, "Too late.")
    assert refusal.details == {"until": "18:00"}
    assert str(refusal) == "Too late."


def test_says_something_when_nothing_was_said():
    assert Closed().message
    assert Closed().details == {}


def test_speaks_the_language_of_who_reads_it():
    refusal = Closed(_("Yes"))

    with translation.override("fr"):
        assert refusal.message == "Oui"
    with translation.override("en"):
        assert refusal.message == "Yes"
