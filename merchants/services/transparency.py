"""Statements of reasons for the Commission's database (regulation (EU) 2022/2065, article 24(5)).

One JSON object a statement, in the attributes of its API ``/api/v1/statement``. No personal data: the facts
as stated to the merchant stay here, the reason's own words stand for them. What concerns a market outside the
Union alone is not in it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import override
from stdnum.eu.vat import MEMBER_STATES

from merchants.enums import (
    AutomatedMeans,
    MeasureGround,
    MeasureKind,
    MeasureReason,
    MeasureSource,
    RestrictedCapability,
)
from merchants.models import Measure

#: Member states; VAT has one more, XI, for Northern Ireland.
EU: Final = tuple(sorted(code.upper() for code in MEMBER_STATES if code != "xi"))
SCOPE_OF_SERVICE: Final = "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE"
UNSAFE: Final = "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS"
CATEGORY: Final = {
    MeasureReason.ILLEGAL_PRODUCT: UNSAFE,
    MeasureReason.UNSAFE_PRODUCT: UNSAFE,
    MeasureReason.COUNTERFEIT: "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    MeasureReason.FRAUD: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    MeasureReason.INFORMATION_FALSE: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    MeasureReason.CONSUMER_RIGHTS: "STATEMENT_CATEGORY_CONSUMER_INFORMATION",
}
SOURCE: Final = {
    MeasureSource.OWN_INITIATIVE: "SOURCE_VOLUNTARY",
    MeasureSource.NOTICE: "SOURCE_ARTICLE_16",
    MeasureSource.TRUSTED_FLAGGER: "SOURCE_TRUSTED_FLAGGER",
    MeasureSource.AUTHORITY: "SOURCE_TYPE_OTHER_NOTIFICATION",
}
DECISION: Final = {
    MeasureKind.SUSPENSION: {
        "decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION",
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    },
    MeasureKind.TERMINATION: {
        "decision_provision": "DECISION_PROVISION_TOTAL_TERMINATION",
        "decision_account": "DECISION_ACCOUNT_TERMINATED",
    },
    MeasureKind.RESTRICTION: {"decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION"},
    # A store that was never opened had no service to suspend.
    MeasureKind.REFUSAL: {"decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION"},
}


def lines(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """Yield the statements told in that time, oldest first, each as a line of JSON."""
    found = Measure.objects.told().select_related("agreement").order_by("confirmed_at", "pk")
    if since is not None:
        found = found.filter(confirmed_at__gte=since)
    if until is not None:
        found = found.filter(confirmed_at__lt=until)
    for measure in found.exclude(~Q(country=""), ~Q(country__in=EU)).iterator(chunk_size=500):
        yield json.dumps(statement(measure), ensure_ascii=False) + "\n"


def statement(measure: Measure) -> dict[str, Any]:
    """Return one statement; ``puid`` names it for us and cannot be guessed."""
    with override("en"):
        reason = str(MeasureReason(measure.reason).label)
        told: dict[str, Any] = {
            "puid": str(measure.public_id),
            **DECISION[MeasureKind(measure.kind)],
            "account_type": "ACCOUNT_TYPE_BUSINESS",
            **_ground(measure, reason),
            "content_type": ["CONTENT_TYPE_PRODUCT"],
            "category": CATEGORY.get(MeasureReason(measure.reason), SCOPE_OF_SERVICE),
            "territorial_scope": [measure.country] if measure.country else list(EU),
            "application_date": f"{measure.starts_at:%Y-%m-%d}",
            "decision_facts": reason,
            "source_type": SOURCE[MeasureSource(measure.source)],
            "automated_detection": "Yes" if measure.automated_means == AutomatedMeans.DETECTION else "No",
            "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        }
    if measure.holds_payouts or measure.capability == RestrictedCapability.PAYOUTS:
        told["decision_monetary"] = "DECISION_MONETARY_SUSPENSION"
    if measure.ends_at is not None:
        told["end_date_service_restriction"] = f"{measure.ends_at:%Y-%m-%d}"
    return told


def _ground(measure: Measure, reason: str) -> dict[str, str]:
    if measure.ground == MeasureGround.LAW:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": measure.legal_reference,
            "illegal_content_explanation": reason,
        }
    version = measure.agreement.version if measure.agreement else ""
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": f"Seller agreement {version}, article {measure.clause}",
        "incompatible_content_explanation": reason,
    }
