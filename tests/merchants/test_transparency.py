"""Statements for the Commission's database: its attributes, and nothing personal."""

import json

import pytest

from merchants.enums import MeasureKind
from merchants.services import transparency
from tests.factories import make_merchant
from tests.factories.measures import FACTS, make_measure
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db


def told() -> list[dict[str, object]]:
    return [json.loads(line) for line in transparency.lines()]


def test_a_suspension_is_told_without_its_facts():
    measure = make_measure(make_merchant("Perdrelle"), at=AT, holds_payouts=True, automated_means="detection")

    [line] = told()

    assert FACTS not in str(line) and "Perdrelle" not in str(line)
    assert line.pop("territorial_scope") == list(transparency.EU) and len(transparency.EU) == 27
    assert line == {
        "puid": str(measure.public_id),
        "decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION",
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
        "decision_monetary": "DECISION_MONETARY_SUSPENSION",
        "account_type": "ACCOUNT_TYPE_BUSINESS",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "Seller agreement 2026-11, article 3",
        "incompatible_content_explanation": "Dangerous product",
        "content_type": ["CONTENT_TYPE_PRODUCT"],
        "category": "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
        "application_date": "2026-11-10",
        "decision_facts": "Dangerous product",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    }


def test_what_concerns_a_market_outside_the_union_is_left_out():
    make_measure(make_merchant(), MeasureKind.RESTRICTION, at=AT, capability="market", country="GB")
    make_measure(make_merchant(), MeasureKind.RESTRICTION, at=AT, capability="market", country="DE")

    assert [line["territorial_scope"] for line in told()] == [["DE"]]
