"""What registers say later of a company that sells already: asked again on schedule, compared, settled.

A difference is found between the answer that the company's facts were last agreed with (``register_check``)
and a newer one; it stays open until the merchant takes it over or the register says as before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events, jobs
from merchants.adapters.registry import Establishment, RegisteredCompany
from merchants.enums import (
    CompanyState,
    RegisterChangeKind,
    RegisterChangeOutcome,
    RegistryOutcome,
    VatCheck,
)
from merchants.models import Company, RegisterChange, RegistryCheck
from merchants.services import company as companies
from merchants.services import files, requirements, vat_numbers

CHECK_JOB: Final = "merchants.check_register"
CHECK_ATTEMPTS: Final = 60
#: How many are asked about at once: with a round every ten minutes, 14,400 a day.
BATCH: Final = 100
#: How long a merchant has to settle a change; a company that has ceased, none.
NOTICE: Final = timedelta(days=30)
#: What the merchant may take over; the rest is for the register to mend, or for another company.
TAKEN: Final = frozenset(
    {
        RegisterChangeKind.NAME,
        RegisterChangeKind.ADDRESS,
        RegisterChangeKind.LEGAL_FORM,
        RegisterChangeKind.OFFICERS,
        RegisterChangeKind.CLOSED,
    }
)

CHOOSE_DUE = """
UPDATE merchants_company c SET check_again_at = %(next)s - make_interval(hours => (c.id %% 72)::int)
WHERE c.id IN (
    SELECT d.id FROM merchants_company d JOIN merchants_merchant m ON m.id = d.merchant_id
    WHERE d.siren <> '' AND (d.check_again_at IS NULL OR d.check_again_at <= %(now)s)
      AND m.status IN ('active', 'restricted', 'suspended')
    ORDER BY d.check_again_at NULLS FIRST, d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
) RETURNING c.merchant_id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A change with its words; both empty where the kind says all."""

    change: RegisterChange
    before: str
    now: str

    @property
    def can_be_taken(self) -> bool:
        return self.change.kind in TAKEN


class NothingToTake(Refusal):
    code = "no_register_change"
    default_message = _("Nothing in the register waits for you.")


class NotForYou(Refusal):
    code = "register_change_not_taken_over"
    default_message = _(
        "What the register says cannot be taken over: if it is wrong, have INSEE correct it, then have it "
        "asked again."
    )


@transaction.atomic
def ask_about_due(*, at: datetime) -> int:
    """Have the registers asked about the stores that were not checked for long; returns how many.

    One statement chooses them and sets their next day, spread over three days: two calls at once never
    choose the same.
    """
    with connection.cursor() as cursor:
        wanted: dict[str, datetime | int] = {
            "now": at,
            "next": at + settings.REGISTERS.check_again_after,
            "limit": BATCH,
        }
        cursor.execute(CHOOSE_DUE, wanted)
        due = [merchant_id for (merchant_id,) in cursor.fetchall()]
    jobs.enqueue_many(
        CHECK_JOB, [{"merchant_id": merchant_id} for merchant_id in due], max_attempts=CHECK_ATTEMPTS
    )
    return len(due)


def ask_again(*, merchant_id: int, by: User) -> None:
    """Have the registers asked now, as the merchant wishes after a correction there."""
    jobs.enqueue(
        CHECK_JOB,
        key=f"asked:{merchant_id}",
        by=by,
        max_attempts=CHECK_ATTEMPTS,
        merchant_id=merchant_id,
    )


def check(*, merchant_id: int, at: datetime) -> None:
    """Ask the registers about a company, open what changed and close what is as before. Idempotent.

    Raises ``companies.RegisterSilent`` to be tried again.
    """
    company = Company.objects.for_merchant(merchant_id).exclude(siren="").first()
    if company is None:
        return
    result = companies.look_up(merchant_id=merchant_id, number=company.siret, at=at)
    if result.outcome == RegistryOutcome.UNAVAILABLE:
        raise companies.RegisterSilent(result.check.query)
    with transaction.atomic():
        files.lock(merchant_id=merchant_id)
        company = (
            Company.objects.select_for_update(of=["self"])
            .select_related("register_check")
            .for_merchant(merchant_id)
            .get()
        )
        if company.siret != result.check.query:
            return
        _settle_differences(company, result.check, result.company, at)
        vat_numbers.ask_later(company, by=None)
        vat_numbers.ask_abroad_later(merchant_id, by=None)
        requirements.refresh(merchant_id=merchant_id, at=at)


@transaction.atomic
def take_over(*, merchant_id: int, by: User, at: datetime) -> Company:
    """Write what the register says now in the place of what we knew, and settle the changes.

    A closed establishment gives way to the head office. Raises ``NothingToTake``; ``NotForYou`` for a company
    that has ceased or is no longer known.
    """
    files.lock(merchant_id=merchant_id)
    company: Company | None = Company.objects.select_for_update().for_merchant(merchant_id).first()
    open_ = list(
        RegisterChange.objects.select_for_update(of=["self"])
        .select_related("check_seen")
        .for_merchant(merchant_id)
        .filter(outcome=RegisterChangeOutcome.OPEN)
    )
    if company is None or not open_:
        raise NothingToTake
    if any(change.kind not in TAKEN for change in open_):
        raise NotForYou
    seen = max((change.check_seen for change in open_), key=lambda one: (one.asked_at, one.pk))
    found = companies.found_by(seen)
    place = _place(found, company.siret) if found else None
    if found is None or place is None:
        raise NotForYou
    _write(company, found, place, seen)
    for change in open_:
        _settle(change, RegisterChangeOutcome.TAKEN, by, at)
    events.record("company.changed", company, merchant_id=merchant_id, by=by)
    vat_numbers.ask_later(company, by=by)
    requirements.refresh(merchant_id=merchant_id, at=at)
    return company


def shown(*, merchant_id: int) -> list[Difference]:
    """Return the changes that are open, as known before and as registered now."""
    company = Company.objects.select_related("register_check").for_merchant(merchant_id).first()
    rows = RegisterChange.objects.select_related("check_seen").for_merchant(merchant_id)
    open_ = list(rows.filter(outcome=RegisterChangeOutcome.OPEN).order_by("pk"))
    if company is None or not open_:
        return []
    before = companies.found_by(company.register_check) if company.register_check else None
    return [
        Difference(
            change,
            _told(change.kind, before, company.siret),
            _told(change.kind, companies.found_by(change.check_seen), company.siret),
        )
        for change in open_
    ]


def _told(kind: str, found: RegisteredCompany | None, siret: str) -> str:
    place = found.establishment(siret) if found else None
    if found is None:
        return ""
    match kind:
        case RegisterChangeKind.NAME:
            return found.legal_name
        case RegisterChangeKind.LEGAL_FORM:
            return found.legal_form_code
        case RegisterChangeKind.OFFICERS:
            return ", ".join(f"{o.first_names} {o.last_name}".strip() for o in found.officers)
        case RegisterChangeKind.ADDRESS | RegisterChangeKind.CLOSED:
            head = place if place and place.is_open else _place(found, siret) or place
            return f"{head.siret}, {_address(head)}" if head else ""
        case _:
            return ""


def differences(
    before: RegisteredCompany | None, now: RegisteredCompany | None, siret: str
) -> set[RegisterChangeKind]:
    """Return what a newer answer says otherwise than the one before, about one establishment.

    Officers are compared only where both registers know them: Sirene knows none.
    """
    if now is None:
        return {RegisterChangeKind.UNKNOWN}
    found = set()
    if now.state == CompanyState.CEASED:
        found.add(RegisterChangeKind.CEASED)
    place = now.establishment(siret)
    if place is not None and not place.is_open:
        found.add(RegisterChangeKind.CLOSED)
    if before is None:
        return found
    old_place = before.establishment(siret)
    if _differ(before.legal_name, now.legal_name):
        found.add(RegisterChangeKind.NAME)
    if old_place and place and _differ(_address(old_place), _address(place)):
        found.add(RegisterChangeKind.ADDRESS)
    if now.legal_form_code and before.legal_form_code != now.legal_form_code:
        found.add(RegisterChangeKind.LEGAL_FORM)
    if before.officers and now.officers and _officers(before) != _officers(now):
        found.add(RegisterChangeKind.OFFICERS)
    return found


def _settle_differences(
    company: Company, seen: RegistryCheck, found: RegisteredCompany | None, at: datetime
) -> None:
    """Open a change for each difference, renew those still open, close those that are no more."""
    before = companies.found_by(company.register_check) if company.register_check else None
    kinds = differences(before, found, company.siret)
    known = {
        change.kind: change
        for change in RegisterChange.objects.select_for_update()
        .for_merchant(company.merchant_id)
        .filter(outcome=RegisterChangeOutcome.OPEN)
    }
    for kind in sorted(kinds):
        if kind in known:
            known[kind].check_seen = seen
            known[kind].save(update_fields=["check_seen"])
            continue
        change = RegisterChange.objects.create(
            merchant_id=company.merchant_id,
            kind=kind,
            check_seen=seen,
            found_at=at,
            due_at=at if kind == RegisterChangeKind.CEASED else at + NOTICE,
            created_at=at,
        )
        events.record(
            "company.register_changed", change, merchant_id=company.merchant_id, data={"kind": kind}
        )
    for kind in known.keys() - kinds:
        _settle(known[kind], RegisterChangeOutcome.GONE, None, at)
    if found is not None:
        company.state = found.state
        company.naf_code, company.naf25_code = found.naf_code or company.naf_code, found.naf25_code
    if not kinds and found is not None:
        company.verified_at, company.register_check = seen.asked_at, seen
    company.save()


def _settle(change: RegisterChange, outcome: RegisterChangeOutcome, by: User | None, at: datetime) -> None:
    change.outcome, change.settled_at, change.settled_by = outcome, at, by
    change.save(update_fields=["outcome", "settled_at", "settled_by"])


def _place(found: RegisteredCompany, siret: str) -> Establishment | None:
    """The establishment, or the head office where it was closed."""
    return next((p for p in (found.establishment(siret), found.head) if p and p.is_open), None)


def _write(company: Company, found: RegisteredCompany, place: Establishment, seen: RegistryCheck) -> None:
    """Take the register's words; what it hides stays as it was typed."""
    company.siret = place.siret
    company.legal_name = found.legal_name or company.legal_name
    if place.street:
        company.street, company.street2 = place.street, place.street2
        company.postcode, company.city = place.postcode, place.city
    if company.country != place.country:
        company.country = place.country
        company.vat_number = vat_numbers.of(company.siren, company.country)
        company.vat_check, company.vat_checked_at = VatCheck.UNCHECKED, None
    company.legal_form_code = found.legal_form_code or company.legal_form_code
    company.is_disclosed = found.is_disclosed and place.is_disclosed
    company.verified_at, company.register_check = seen.asked_at, seen
    company.save()


def _differ(before: str, now: str) -> bool:
    """Tell whether a text changed; what the register begins to hide is no change."""
    return bool(now) and companies.folded(before) != companies.folded(now)


def _address(place: Establishment) -> str:
    return f"{place.street} {place.postcode} {place.city}" if place.street else ""


def _officers(found: RegisteredCompany) -> set[str]:
    return {
        officer.siren or companies.folded(f"{officer.first_names} {officer.last_name}")
        for officer in found.officers
    }
