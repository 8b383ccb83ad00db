"""The company behind a merchant: looked up in the register, chosen or declared, checked again later."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events, jobs, rates
from merchants.adapters import registries
from merchants.adapters.registry import Establishment, RegisteredCompany, Suggestions
from merchants.adapters.vies import VatAnswer
from merchants.enums import CompanySource, CompanyState, Ownership, RegistryOutcome, VatCheck
from merchants.models import Company, RegistryCheck
from merchants.services import evidence, files, numbers, requirements, vat_numbers

CODE = "company_identity"
CHECK_JOB = "merchants.check_company"
# With the pauses of core.services.backoff, an hour at most, about a week of a silent register.
CHECK_ATTEMPTS = 180
SUGGESTIONS = 40


class EstablishmentClosed(Refusal):
    code = "establishment_closed"
    status = 422


class EstablishmentAbroad(Refusal):
    code = "establishment_abroad"
    status = 422
    default_message = _(
        "This establishment is outside France. Choose one in France or Monaco: the store is opened for it."
    )


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
    vat: VatAnswer | None = None

    @property
    def outcome(self) -> str:
        return self.check.outcome


def look_up(*, merchant_id: int, number: str, at: datetime) -> LookUp:
    """Ask the registers in their order, until one answers, and keep each answer as evidence.

    About a company of Monaco without SIREN, VIES is asked instead: ``vat`` is its answer.

    Raises ``numbers.WrongNumber``. A register that is down is an outcome (``UNAVAILABLE``), not an error.
    Not in a transaction of its own while it waits: call it outside of one.
    """
    asked = numbers.parse(number)
    if not asked.siren:
        said, kept = vat_numbers.ask(merchant_id=merchant_id, number=asked.vat, at=at)
        return LookUp(asked, kept, None, said)
    for register in registries.registries():
        answer = register.find(asked.siren, asked.siret)
        check = evidence.keep(
            merchant_id=merchant_id,
            register=register.name,
            query=asked.asked,
            outcome=answer.outcome,
            answer=answer.raw,
            at=at,
        )
        if answer.outcome != RegistryOutcome.UNAVAILABLE:
            break
    return LookUp(asked, check, answer.company)


def suggest(*, text: str, user_id: int, at: datetime) -> Suggestions:
    """Find companies by name while somebody types; nothing is kept of it. At most ``SUGGESTIONS`` a minute
    for one person: beyond, as when the register is silent, the outcome is ``UNAVAILABLE``.
    """
    wanted = " ".join(text.split())[:100]
    key = f"suggest:{hashlib.sha256(wanted.casefold().encode()).hexdigest()}"
    known: Suggestions | None = cache.get(key)
    if known is not None:
        return known
    if rates.wait(f"suggest:{user_id}", limit=SUGGESTIONS, length=timedelta(minutes=1), at=at):
        return Suggestions(RegistryOutcome.UNAVAILABLE)
    answer = registries.registry().search(wanted)
    if answer.outcome == RegistryOutcome.FOUND:
        cache.set(key, answer, timeout=300)
    return answer


def needs_name(found: RegisteredCompany, place: Establishment) -> bool:
    """Tell whether the register hides the name or the street, so that they must be typed."""
    return not (found.legal_name and place.street)


def found_by(check: RegistryCheck) -> RegisteredCompany | None:
    """Read again what a check found; None when it found nothing."""
    return registries.read(check.register, check.answer, check.query[:9])


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
    disclose, wholly or in part, needs ``declared`` for its name and address (``NameNeeded``). A closed
    establishment and one abroad are refused; a ceased company is taken, and its requirement says so.
    """
    files.lock_for_change(merchant_id=merchant_id, code=CODE)
    check = RegistryCheck.objects.for_merchant(merchant_id).get(pk=check_id)
    found = found_by(check)
    place = found.establishment(siret) if found else None
    if found is None or place is None:
        raise NotInAnswer(siret=siret)
    if place.is_abroad:
        raise EstablishmentAbroad(siret=siret)
    if not place.is_open and found.state != CompanyState.CEASED:
        raise EstablishmentClosed(
            _(
                "Establishment %(siret)s is closed since %(day)s. Choose one that is open, or your head "
                "office."
            )
            % {"siret": numbers.spaced(siret), "day": place.closed_on or "–"},
            siret=siret,
        )
    if needs_name(found, place) and declared is None:
        raise NameNeeded

    company = _write(merchant_id, siret, _facts(found, place, declared), at)
    company.source, company.verified_at = CompanySource.REGISTER, check.asked_at
    company.register_check = check
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
    if not asked.siret and asked.siren:
        raise numbers.WrongNumber(
            _("Type the SIRET, 14 digits: it names the establishment whose address you give."), found="length"
        )
    facts = {name: getattr(declared, name) for name in Declared.__slots__}
    if not asked.siren:
        facts["country"] = "MC"
    company = _write(merchant_id, asked.siret, facts, at)
    company.source, company.verified_at, company.state = CompanySource.DECLARED, None, CompanyState.UNKNOWN
    company.vat_number = asked.vat or company.vat_number
    company.register_check = None
    company.naf_code = company.naf_nomenclature = ""
    company.registered_on, company.is_sole_trader, company.is_disclosed = None, False, True
    company.save()
    if company.siren:
        jobs.enqueue(
            CHECK_JOB,
            key=f"merchant:{merchant_id}",
            by=by,
            max_attempts=CHECK_ATTEMPTS,
            merchant_id=merchant_id,
        )
    _changed(company, by, at)
    return company


def check_again(*, merchant_id: int, at: datetime) -> None:
    """Ask the register about a declared company; fill in what it says, or keep the differences to be seen.

    Raises ``RegisterSilent`` when it does not answer, so that the job is tried again. Idempotent.
    """
    company = Company.objects.for_merchant(merchant_id).filter(source=CompanySource.DECLARED).first()
    if company is None or not company.siren:
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
        company.source, company.register_check = CompanySource.REGISTER, result.check
    company.save()
    events.record("company.checked", company, merchant_id=company.merchant_id)


def _facts(found: RegisteredCompany, place: Establishment, declared: Declared | None) -> dict[str, object]:
    typed = declared if needs_name(found, place) else None
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
        "naf25_code": found.naf25_code,
        "rna_number": found.rna_number,
        "registered_on": found.registered_on,
        "state": found.state,
        "is_sole_trader": found.is_sole_trader,
        "is_disclosed": found.is_disclosed and place.is_disclosed,
    }


def _write(merchant_id: int, siret: str, facts: dict[str, object], at: datetime) -> Company:
    company = Company.objects.select_for_update().for_merchant(merchant_id).first()
    company = company or Company(merchant_id=merchant_id, created_at=at)
    if company.siren != siret[:9]:
        # Another company has other owners.
        company.ownership, company.ownership_declared_at = Ownership.UNSAID, None
    company.siren, company.siret = siret[:9], siret
    company.naf25_code = company.rna_number = ""
    for name, value in facts.items():
        setattr(company, name, value)
    company.vat_number = vat_numbers.of(company.siren, company.country)
    company.vat_check, company.vat_checked_at = VatCheck.UNCHECKED, None
    return company


def _changed(company: Company, by: User, at: datetime) -> None:
    files.answered(merchant_id=company.merchant_id, code=CODE, at=at)
    events.record("company.changed", company, merchant_id=company.merchant_id, by=by)
    vat_numbers.ask_later(company, by=by)
    requirements.refresh(merchant_id=company.merchant_id, at=at)
