"""The company behind a merchant: looked up in the register, chosen or declared, checked again later."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events, jobs
from merchants.adapters.registries import registry
from merchants.adapters.registry import Establishment, RegisteredCompany
from merchants.enums import CompanySource, CompanyState, Ownership, RegistryOutcome
from merchants.models import Company, RegistryCheck
from merchants.services import files, numbers, requirements

CODE = "company_identity"
CHECK_JOB = "merchants.check_company"
# With the pauses of core.services.backoff, an hour at most, about a week of a silent register.
CHECK_ATTEMPTS = 180


class EstablishmentClosed(Refusal):
    code = "establishment_closed"
    status = 422


class NotInAnswer(Refusal):
    code = "establishment_not_in_answer"
    status = 422
    default_message = _("The register did not name this establishment. Look your number up again.")


class NameNeeded(Refusal):
    code = "undisclosed_needs_name"
    status = 422
    default_message = _(
        "The register does not disclose your name and address: type them, a reviewer compares them with your "
        "registration document."
    )


class RegisterSilent(Exception):
    """The register did not answer: the job is tried again later."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a merchant types when the register cannot tell."""

    legal_name: str
    street: str
    postcode: str
    city: str
    country: str = "FR"
    street2: str = ""
    legal_form_code: str = ""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What came of a look-up, and the evidence it left."""

    number: numbers.CompanyNumber
    check: RegistryCheck
    company: RegisteredCompany | None

    @property
    def outcome(self) -> str:
        return self.check.outcome


def look_up(*, merchant_id: int, number: str, at: datetime) -> LookUp:
    """Ask the register for a SIREN, SIRET or VAT number and keep the answer as evidence.

    Raises ``numbers.WrongNumber``. A register that is down is an outcome (``UNAVAILABLE``), not an error.
    Not in a transaction of its own while it waits: call it outside of one.
    """
    asked = numbers.parse(number)
    answer = registry().find(asked.siren, asked.siret)
    check = RegistryCheck.objects.create(
        merchant_id=merchant_id,
        register=registry().name,
        query=asked.siret or asked.siren,
        asked_at=at,
        outcome=answer.outcome,
        answer=dict(answer.raw),
        created_at=at,
    )
    return LookUp(asked, check, answer.company)


def found_by(check: RegistryCheck) -> RegisteredCompany | None:
    """Read again what a check found; None when it found nothing."""
    return registry().read(check.answer, check.query[:9])


@transaction.atomic
def choose(
    *,
    merchant_id: int,
    check_id: int,
    siret: str,
    by: User,
    at: datetime,
    declared: Declared | None = None,
) -> Company:
    """Take the company that a look-up of this merchant found, with one of its establishments.

    What is written comes from the kept answer, not from the browser. A company that the register does not
    disclose needs ``declared`` for its name and address (``NameNeeded``). A closed establishment is
    refused; a
    ceased company is taken, and its requirement says so.
    """
    files.lock_for_change(merchant_id=merchant_id, code=CODE)
    check = RegistryCheck.objects.for_merchant(merchant_id).get(pk=check_id)
    found = found_by(check)
    place = found.establishment(siret) if found else None
    if found is None or place is None:
        raise NotInAnswer(siret=siret)
    if not place.is_open and found.state != CompanyState.CEASED:
        raise EstablishmentClosed(
            _(
                "Establishment %(siret)s is closed since %(day)s. Choose one that is open, or your head "
                "office."
            )
            % {"siret": numbers.spaced(siret), "day": place.closed_on or "–"},
            siret=siret,
        )
    if not found.is_disclosed and not (found.legal_name and place.street) and declared is None:
        raise NameNeeded

    company = _write(merchant_id, siret, _facts(found, place, declared), at)
    company.source, company.verified_at = CompanySource.REGISTER, check.asked_at
    company.save()
    _changed(company, by, at)
    return company


@transaction.atomic
def declare(*, merchant_id: int, number: str, declared: Declared, by: User, at: datetime) -> Company:
    """Write what the merchant types, when the register is silent or does not know the number.

    A SIRET is needed; ``numbers.WrongNumber`` otherwise. The register is asked again by a job until it
    answers:
    nobody waits for it.
    """
    files.lock_for_change(merchant_id=merchant_id, code=CODE)
    asked = numbers.parse(number)
    if not asked.siret:
        raise numbers.WrongNumber(
            _("Type the SIRET, 14 digits: it names the establishment whose address you give."), found="length"
        )
    facts = {name: getattr(declared, name) for name in Declared.__slots__}
    company = _write(merchant_id, asked.siret, facts, at)
    company.source, company.verified_at, company.state = CompanySource.DECLARED, None, CompanyState.UNKNOWN
    company.naf_code = company.naf_nomenclature = ""
    company.registered_on, company.is_sole_trader, company.is_disclosed = None, False, True
    company.save()
    jobs.enqueue(
        CHECK_JOB, key=f"merchant:{merchant_id}", by=by, max_attempts=CHECK_ATTEMPTS, merchant_id=merchant_id
    )
    _changed(company, by, at)
    return company


def check_again(*, merchant_id: int, at: datetime) -> None:
    """Ask the register about a declared company; fill in what it says, or keep the differences to be seen.

    Raises ``RegisterSilent`` when it does not answer, so that the job is tried again. Idempotent.
    """
    company = Company.objects.for_merchant(merchant_id).filter(source=CompanySource.DECLARED).first()
    if company is None:
        return
    result = look_up(merchant_id=merchant_id, number=company.siret, at=at)
    if result.outcome == RegistryOutcome.UNAVAILABLE:
        requirements.refresh(merchant_id=merchant_id, at=at)
        raise RegisterSilent(result.check.query)
    with transaction.atomic():
        files.lock(merchant_id=merchant_id)
        company = Company.objects.select_for_update().for_merchant(merchant_id).get()
        if company.siret == result.check.query and company.source == CompanySource.DECLARED:
            _compare_and_keep(company, result, at)
        requirements.refresh(merchant_id=merchant_id, at=at)


def differences(company: Company, found: RegisteredCompany) -> list[str]:
    """Return the names of the fields whose declared value differs from the register's."""
    place = found.establishment(company.siret)
    registered = {
        "legal_name": found.legal_name,
        "street": place.street if place else "",
        "postcode": place.postcode if place else "",
        "city": place.city if place else "",
    }
    return [
        name
        for name, value in registered.items()
        if value and folded(value) != folded(getattr(company, name))
    ]


def folded(text: str) -> str:
    """Return the text without accents, case, punctuation, so that ``Forcalquier`` equals ``FORCALQUIER``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def _compare_and_keep(company: Company, result: LookUp, at: datetime) -> None:
    found = result.company
    if found is None:
        return
    company.state = found.state
    company.is_disclosed, company.is_sole_trader = found.is_disclosed, found.is_sole_trader
    company.legal_form_code = found.legal_form_code
    company.naf_code, company.naf_nomenclature = found.naf_code, found.naf_nomenclature
    company.registered_on, company.verified_at = found.registered_on, at
    if found.establishment(company.siret) is not None and not differences(company, found):
        company.source = CompanySource.REGISTER
    company.save()
    events.record("company.checked", company, merchant_id=company.merchant_id)


def _facts(found: RegisteredCompany, place: Establishment, declared: Declared | None) -> dict[str, object]:
    typed = declared if not found.is_disclosed else None
    return {
        "legal_name": found.legal_name or (typed.legal_name if typed else ""),
        "street": place.street or (typed.street if typed else ""),
        "street2": place.street2,
        "postcode": place.postcode or (typed.postcode if typed else ""),
        "city": place.city or (typed.city if typed else ""),
        "country": place.country,
        "legal_form_code": found.legal_form_code,
        "naf_code": found.naf_code,
        "naf_nomenclature": found.naf_nomenclature,
        "registered_on": found.registered_on,
        "state": found.state,
        "is_sole_trader": found.is_sole_trader,
        "is_disclosed": found.is_disclosed,
    }


def _write(merchant_id: int, siret: str, facts: dict[str, object], at: datetime) -> Company:
    company = Company.objects.select_for_update().for_merchant(merchant_id).first()
    company = company or Company(merchant_id=merchant_id, created_at=at)
    if company.siren != siret[:9]:
        # Another company has other owners.
        company.ownership, company.ownership_declared_at = Ownership.UNSAID, None
    company.siren, company.siret = siret[:9], siret
    company.vat_number = numbers.CompanyNumber(siret[:9]).vat_number
    for name, value in facts.items():
        setattr(company, name, value)
    return company


def _changed(company: Company, by: User, at: datetime) -> None:
    files.answered(merchant_id=company.merchant_id, code=CODE, at=at)
    events.record("company.changed", company, merchant_id=company.merchant_id, by=by)
    requirements.refresh(merchant_id=company.merchant_id, at=at)
