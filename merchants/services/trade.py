"""What a merchant plans to sell, and where: families, markets, expected sales, EORI number."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.enums import TurnoverBand
from merchants.models import Company, TradePlan
from merchants.services import stores
from merchants.services.families import FAMILIES, MARKETS, UNION

PLAN, EORI = "trade_plan", "eori"


class WrongPlan(Refusal):
    """``field`` names what is missing or unknown."""

    code = "wrong_trade_plan"
    status = 422


class PlanFirst(Refusal):
    code = "trade_plan_first"
    default_message = _("Say first what you plan to sell and where: this question follows from it.")


class WrongEori(Refusal):
    code = "wrong_eori"
    status = 422


@transaction.atomic
def declare_plan(
    *,
    merchant_id: int,
    families: Sequence[str],
    markets: Sequence[str],
    turnover: str,
    ships_from_outside: bool = False,
    by: User,
    at: datetime,
) -> TradePlan:
    """Write what the merchant plans. What is asked next follows from it. May change at any time.

    ``WrongPlan`` for an empty list, a family, a market or a band that does not exist.
    """
    merchant = stores.lock(merchant_id)
    _check("families", families, FAMILIES, _("Tick at least one family of products."))
    _check("markets", markets, MARKETS, _("Tick at least one country."))
    if turnover not in TurnoverBand:
        raise WrongPlan(_("Choose one of the answers."), field="turnover")
    known = TradePlan.objects.for_merchant(merchant_id).first()
    plan: TradePlan = known or TradePlan(merchant=merchant)
    plan.families = [code for code in FAMILIES if code in families]
    plan.markets = [country for country in MARKETS if country in markets]
    plan.turnover, plan.ships_from_outside, plan.declared_at = turnover, ships_from_outside, at
    plan.save()
    stores.changed(merchant, PLAN, by=by, at=at, event="trade.changed")
    return plan


@transaction.atomic
def set_eori(*, merchant_id: int, number: str, by: User, at: datetime) -> TradePlan:
    """Keep the number under which customs know the merchant. ``WrongEori`` says what is wrong with it.

    Since 2026-01-01 a French EORI number is FR and the SIREN (9 digits), no longer the SIRET.
    """
    merchant = stores.lock(merchant_id)
    plan: TradePlan | None = TradePlan.objects.for_merchant(merchant_id).first()
    if plan is None:
        raise PlanFirst
    company = Company.objects.for_merchant(merchant_id).first()
    plan.eori = read_eori(number, company.siren if company else "")
    plan.save(update_fields=["eori"])
    stores.changed(merchant, EORI, by=by, at=at, event="trade.changed")
    return plan


def read_eori(typed: str, siren: str) -> str:
    """Return an EORI number without spaces (Regulation (EU) 2015/2446, annex B: a country, then up to 15)."""
    number = re.sub(r"[\s.\-]", "", typed).upper()
    if number[:2] == "FR":
        if re.fullmatch(r"FR\d{14}", number):
            raise WrongEori(
                _(
                    "This is the former French number, made of a SIRET. Since 1 January 2026 it is FR and "
                    "your SIREN: %(number)s."
                )
                % {"number": f"FR{siren or number[2:11]}"}
            )
        if not re.fullmatch(r"FR\d{9}", number) or (siren and number[2:] != siren):
            raise WrongEori(
                _("A French EORI number is FR and the SIREN of your company: %(number)s.")
                % {"number": f"FR{siren or '123456789'}"}
            )
    elif number[:2] not in UNION or not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{1,15}", number):
        raise WrongEori(
            _("An EORI number is the code of a member state and up to 15 letters and digits, as FR123456789.")
        )
    return number


def _check(field: str, given: Sequence[str], known: object, empty: object) -> None:
    if not given:
        raise WrongPlan(str(empty), field=field)
    unknown = [code for code in given if code not in known]  # type: ignore[operator]
    if unknown:
        raise WrongPlan(_("“%(code)s” is not among the answers.") % {"code": unknown[0][:20]}, field=field)
