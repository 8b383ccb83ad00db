"""Measures against merchants."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.models import User
from merchants.enums import MeasureGround, MeasureKind, MeasureReason, RestrictedCapability
from merchants.models import Measure, Merchant
from merchants.services import measures
from tests.factories.merchants import make_user

FACTS = "Trois acheteurs sur cinq ont reçu un produit sans étiquette de sécurité."


def terms(kind: str = MeasureKind.SUSPENSION, **fields: Any) -> measures.Terms:
    """Return whole terms of a measure; a restriction is of publication unless told."""
    capability = RestrictedCapability.PUBLICATION if kind == MeasureKind.RESTRICTION else ""
    return measures.Terms(
        **{
            "kind": kind,
            "capability": capability,
            "reason": MeasureReason.UNSAFE_PRODUCT,
            "facts": FACTS,
            "ground": MeasureGround.TERMS,
            "clause": "3",
            **fields,
        }
    )


def make_measure(
    merchant: Merchant,
    kind: str = MeasureKind.SUSPENSION,
    *,
    at: datetime | None = None,
    maker: User | None = None,
    checker: User | None = None,
    **fields: Any,
) -> Measure:
    """Propose and confirm a measure, by two people."""
    at = at or timezone.now()
    maker, checker = maker or make_user(is_staff=True), checker or make_user(is_staff=True)
    proposed = measures.propose(merchant_id=merchant.pk, terms=terms(kind, **fields), by=maker, at=at)
    return measures.confirm(measure_id=proposed.pk, by=checker, at=at)
