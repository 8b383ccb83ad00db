"""The frame of the cases: what stands on the sheet, and what a step may do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import User
from merchants.models import Merchant
from merchants.services import requirements
from merchants.services.requirements import Item


@dataclass
class Sheet:
    """An empty file, who works on it, and the moment of which the requirements are asked."""

    merchant: Merchant
    owner: User
    maker: User
    checker: User
    at: datetime

    def wait(self, **delay: float) -> None:
        self.at += timedelta(**delay)

    def item(self, code: str) -> Item | None:
        return requirements.compute(merchant_id=self.merchant.pk, at=self.at).item(code)


Step = Callable[[Sheet], object]


def EVERY_MERCHANT(sheet: Sheet) -> None:  # noqa: N802 - read as a constant
    """Stand for ``does_not`` where the definition concerns every merchant."""


def NEVER(sheet: Sheet) -> None:  # noqa: N802 - read as a constant
    """Stand for ``expired`` where what satisfies the definition never ends."""


def nothing(sheet: Sheet) -> None:
    """Leave the empty file as it is."""


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The four cases of one requirement; see the package."""

    applies: Step = nothing
    does_not: Step = EVERY_MERCHANT
    satisfied: Step
    expired: Step = NEVER


CASES: dict[str, Cases] = {}
