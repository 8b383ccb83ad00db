"""What registers answered, kept as it came: who may say later what we knew, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from merchants.enums import RegistryOutcome
from merchants.models import RegistryCheck


def keep(
    *,
    merchant_id: int,
    register: str,
    query: str,
    outcome: RegistryOutcome,
    answer: Mapping[str, Any],
    at: datetime,
) -> RegistryCheck:
    """Keep an answer. Of a silence that goes on, the first row is returned: it says since when."""
    if outcome == RegistryOutcome.UNAVAILABLE:
        asked = RegistryCheck.objects.for_merchant(merchant_id).filter(register=register, query=query)
        last: RegistryCheck | None = asked.order_by("-asked_at", "-pk").first()
        if last is not None and last.outcome == outcome:
            return last
    check: RegistryCheck = RegistryCheck.objects.create(
        merchant_id=merchant_id,
        register=register,
        query=query,
        asked_at=at,
        outcome=outcome,
        answer=dict(answer),
        created_at=at,
    )
    return check
