"""A merchant's French VAT number: which it has, and what VIES says of it.

The French VAT territory is mainland France, Monaco, Guadeloupe, Martinique and Réunion. In French Guiana and
Mayotte VAT is not applied (CGI, art. 294), the other territories have taxes of their own: no number follows
from a SIREN there, whoever has one types it.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events, jobs
from merchants.adapters import registries
from merchants.adapters.vies import VatAnswer
from merchants.enums import RegistryOutcome, VatCheck
from merchants.models import Company, RegistryCheck, VatRegistration
from merchants.models.trade import VAT_IN_UNION
from merchants.services import evidence, files, numbers, requirements

CODE: Final = "vat_number"
CHECK_JOB: Final = "merchants.check_vat"
ABROAD_JOB: Final = "merchants.check_vat_abroad"
#: With the pauses of core.services.backoff, an hour at most, about a week of silence.
CHECK_ATTEMPTS: Final = 180
TERRITORY: Final = frozenset({"FR", "MC", "GP", "MQ", "RE"})
OUTCOMES: Final = {
    VatCheck.VALID: RegistryOutcome.FOUND,
    VatCheck.INVALID: RegistryOutcome.NOT_FOUND,
    VatCheck.UNVERIFIABLE: RegistryOutcome.UNAVAILABLE,
}


class OtherCompany(Refusal):
    code = "vat_number_of_another_company"
    status = 422
    default_message = _("The last 9 digits of this VAT number are not your SIREN. Copy your own number.")


class CompanyNeeded(Refusal):
    code = "company_needed"
    default_message = _("Name your company first: its VAT number follows from it.")


class ViesSilent(Exception):
    """VIES did not answer, or the number changed meanwhile: the job is tried again later."""


def of(siren: str, country: str) -> str:
    """Return the VAT number that follows from a SIREN, empty where French VAT is not applied."""
    return numbers.CompanyNumber(siren).vat_number if siren and country in TERRITORY else ""


def ask(*, merchant_id: int, number: str, at: datetime) -> tuple[VatAnswer, RegistryCheck]:
    """Ask VIES about a number and keep the answer as evidence. Not in a transaction: it waits."""
    vies = registries.vies()
    answer = vies.check(number)
    kept = evidence.keep(
        merchant_id=merchant_id,
        register=vies.name,
        query=number,
        outcome=OUTCOMES[answer.check],
        answer=answer.raw,
        at=at,
    )
    return answer, kept


def ask_later(company: Company, *, by: User | None) -> None:
    """Have VIES asked by a job; whoever waits for nothing is blocked by nothing."""
    if company.vat_number:
        jobs.enqueue(
            CHECK_JOB,
            key=f"merchant:{company.merchant_id}",
            by=by,
            max_attempts=CHECK_ATTEMPTS,
            merchant_id=company.merchant_id,
        )


def ask_abroad_later(merchant_id: int, *, by: User | None) -> None:
    """Have VIES asked by a job about the numbers for sales to other member states, where there are any."""
    if _abroad(merchant_id).exists():
        jobs.enqueue(
            ABROAD_JOB,
            key=f"merchant:{merchant_id}",
            by=by,
            max_attempts=CHECK_ATTEMPTS,
            merchant_id=merchant_id,
        )


def check_abroad(*, merchant_id: int, at: datetime) -> None:
    """Ask VIES about each number for sales to other member states and keep its verdicts. Idempotent.

    As ``check``: a verdict stays while VIES is silent. Raises ``ViesSilent`` to be tried again.
    """
    silent = []
    for row in _abroad(merchant_id):
        answer, kept = ask(merchant_id=merchant_id, number=row.number, at=at)
        if answer.check == VatCheck.UNVERIFIABLE:
            silent.append(row.number)
        with transaction.atomic():
            files.lock(merchant_id=merchant_id)
            rows = _abroad(merchant_id).filter(pk=row.pk, number=row.number)
            if answer.check == VatCheck.UNVERIFIABLE:
                rows.filter(vat_check=VatCheck.UNCHECKED).update(vat_check=VatCheck.UNVERIFIABLE)
            else:
                rows.update(vat_check=answer.check, vat_checked_at=kept.asked_at)
            requirements.refresh(merchant_id=merchant_id, at=at)
    if silent:
        raise ViesSilent(", ".join(silent))


def _abroad(merchant_id: int) -> QuerySet[VatRegistration]:
    rows: QuerySet[VatRegistration] = VatRegistration.objects.for_merchant(merchant_id)
    return rows.filter(scheme__in=VAT_IN_UNION).exclude(number="").order_by("pk")


@transaction.atomic
def change(*, merchant_id: int, number: str, by: User, at: datetime) -> Company:
    """Write the number as the merchant has it, then have VIES asked.

    Raises ``numbers.WrongNumber``, ``OtherCompany`` when it is not of this SIREN, ``CompanyNeeded``. Possible
    while the store is open too: a number is checked against a register, not believed.
    """
    files.lock(merchant_id=merchant_id)
    company: Company | None = Company.objects.select_for_update().for_merchant(merchant_id).first()
    if company is None:
        raise CompanyNeeded
    asked = numbers.parse(number)
    if asked.siren != company.siren or (not asked.siren and asked.vat != company.vat_number):
        raise OtherCompany
    company.vat_number = asked.vat_number
    company.vat_check, company.vat_checked_at = VatCheck.UNCHECKED, None
    company.save()
    events.record("company.changed", company, merchant_id=merchant_id, by=by)
    ask_later(company, by=by)
    requirements.refresh(merchant_id=merchant_id, at=at)
    return company


def check(*, merchant_id: int, at: datetime) -> None:
    """Ask VIES about the merchant's number and keep its verdict. Idempotent.

    A verdict stays while VIES is silent: what was valid is not doubted. Raises ``ViesSilent`` to be tried
    again.
    """
    company = Company.objects.for_merchant(merchant_id).first()
    if company is None or not company.vat_number:
        return
    number = company.vat_number
    answer, kept = ask(merchant_id=merchant_id, number=number, at=at)
    with transaction.atomic():
        files.lock(merchant_id=merchant_id)
        company = Company.objects.select_for_update().for_merchant(merchant_id).get()
        is_same = company.vat_number == number
        if is_same:
            _keep_verdict(company, answer, kept, at)
    if not is_same or answer.check == VatCheck.UNVERIFIABLE:
        raise ViesSilent(kept.query)


def _keep_verdict(company: Company, answer: VatAnswer, kept: RegistryCheck, at: datetime) -> None:
    before = company.vat_check
    if answer.check != VatCheck.UNVERIFIABLE:
        company.vat_check, company.vat_checked_at = answer.check, kept.asked_at
    elif company.vat_check == VatCheck.UNCHECKED:
        company.vat_check = VatCheck.UNVERIFIABLE
    company.save(update_fields=["vat_check", "vat_checked_at"])
    if company.vat_check != before:
        data = {"check": company.vat_check}
        events.record("company.vat_checked", company, merchant_id=company.merchant_id, data=data)
    requirements.refresh(merchant_id=company.merchant_id, at=at)
