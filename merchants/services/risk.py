"""Points that tell a reviewer where to look more closely. They never decide anything alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import sealed
from merchants.enums import (
    ApplicationStatus,
    CompanySource,
    DocumentState,
    RegistryOutcome,
    TraitKind,
)
from merchants.models import RiskAssessment
from merchants.services import bank, duplicates, people, requirements
from merchants.services.requirements import File

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

YOUNG: Final = timedelta(days=180)
RAISED, HIGH = 20, 50
LEVELS: Final = {"ordinary": _("Ordinary"), "raised": _("Raised"), "high": _("High")}
FREE_MAIL: Final = frozenset(
    [
        *("gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr"),
        *("yahoo.com", "yahoo.fr", "icloud.com", "me.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr"),
        *("laposte.net", "bbox.fr", "gmx.fr", "gmx.com", "proton.me", "protonmail.com"),
    ]
)
#: Activities (NAF rev. 2) whose goods are counterfeited, regulated or easily turned into money.
RISKY_NAF: Final = ("25.40", "20.51", "46.48", "47.77", "47.75", "46.45", "64.", "66.", "92.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at."""

    file: File
    duplicates: Sequence[duplicates.Duplicate]

    def shares(self, *kinds: TraitKind) -> bool:
        return any(kind in one.kinds for one in self.duplicates for kind in kinds)


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason to look closely: its points, the sentence that says it, and when it holds."""

    code: str
    points: int
    sentence: "_StrPromise"
    holds: Callable[[Facts], bool]


def _is_young(facts: Facts) -> bool:
    company = facts.file.company
    return bool(company and company.registered_on and facts.file.today - company.registered_on < YOUNG)


def _is_unknown(facts: Facts) -> bool:
    check = facts.file.last_check
    return check is not None and check.outcome == RegistryOutcome.NOT_FOUND


def _differs(facts: Facts) -> bool:
    company, check = facts.file.company, facts.file.last_check
    found = check is not None and check.outcome == RegistryOutcome.FOUND
    return bool(company and company.source == CompanySource.DECLARED and found)


def _has_free_mail(facts: Facts) -> bool:
    return facts.file.merchant.support_email.rpartition("@")[2].lower() in FREE_MAIL


def _has_foreign_account(facts: Facts) -> bool:
    account = facts.file.account()
    return account is not None and account.iban_hint[:2] not in {"FR", "MC"}


def _holder_differs(facts: Facts) -> bool:
    account, company = facts.file.account(), facts.file.company
    if account is None or company is None:
        return False
    holder = sealed.unseal(account.holder)
    names = [company.legal_name, facts.file.merchant.store_name]
    if company.is_sole_trader:
        owners = [people.read(person) for person in facts.file.representatives]
        names += [f"{one.first_names} {one.last_name}" for one in owners]
    return holder is not sealed.ERASED and bank.holder_differs(holder, *names)


def _has_infected_file(facts: Facts) -> bool:
    return any(document.state == DocumentState.INFECTED for document in facts.file.documents)


def _is_risky(facts: Facts) -> bool:
    company = facts.file.company
    return company is not None and company.naf_code.startswith(RISKY_NAF)


def _was_refused(facts: Facts) -> bool:
    return any(
        getattr(one.merchant, "application", None)
        and one.merchant.application.status == ApplicationStatus.REJECTED
        for one in facts.duplicates
    )


RULES: Final = (
    Rule(
        "same_company", 30, _("Another merchant has the same company."), lambda f: f.shares(TraitKind.COMPANY)
    ),
    Rule(
        "same_account",
        30,
        _("Another merchant is paid to the same account."),
        lambda f: f.shares(TraitKind.IBAN),
    ),
    Rule("prior_refusal", 25, _("A merchant with something equal was refused."), _was_refused),
    Rule("not_in_register", 20, _("The register does not know the company."), _is_unknown),
    Rule("holder_differs", 20, _("The account is not in the company’s name."), _holder_differs),
    Rule(
        "same_device",
        20,
        _("Another merchant signs in from the same device."),
        lambda f: f.shares(TraitKind.DEVICE),
    ),
    Rule("young_company", 15, _("The company is less than six months old."), _is_young),
    Rule(
        "same_officer",
        15,
        _("Somebody of the company is also another merchant’s."),
        lambda f: f.shares(TraitKind.OFFICER),
    ),
    Rule("foreign_account", 15, _("The account is held abroad."), _has_foreign_account),
    Rule("risky_activity", 15, _("Its goods are often counterfeited or regulated."), _is_risky),
    Rule("differs_from_register", 10, _("What was declared differs from the register."), _differs),
    Rule(
        "not_disclosed",
        10,
        _("The register does not disclose the company."),
        lambda f: bool(f.file.company and not f.file.company.is_disclosed),
    ),
    Rule(
        "address_shared",
        10,
        _("Another merchant has the same address."),
        lambda f: f.shares(TraitKind.ADDRESS),
    ),
    Rule(
        "contact_shared",
        10,
        _("Another merchant has the same telephone or e-mail."),
        lambda f: f.shares(TraitKind.PHONE, TraitKind.EMAIL),
    ),
    Rule("infected_file", 25, _("Malware was found in a file that was sent."), _has_infected_file),
    Rule("free_mail", 5, _("The contact is at a free mail provider."), _has_free_mail),
)
CODES: Final = {rule.code: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The rules that hold; ``level`` is ordinary, raised or high."""

    rules: list[Rule]

    @property
    def points(self) -> int:
        return sum(rule.points for rule in self.rules)

    @property
    def level(self) -> str:
        return level_of(self.points)


def level_of(points: int) -> str:
    return "high" if points >= HIGH else "raised" if points >= RAISED else "ordinary"


def assess(file: File, found: Sequence[duplicates.Duplicate]) -> Assessment:
    """Return the rules that hold of a file. Reads nothing that is not in it, save one sealed name."""
    facts = Facts(file, found)
    return Assessment([rule for rule in RULES if rule.holds(facts)])


@transaction.atomic
def refresh(*, merchant_id: int, at: datetime) -> Assessment:
    """Compare the merchant anew and keep its points, for the queue. Idempotent."""
    duplicates.refresh(merchant_id=merchant_id)
    file = requirements.compute(merchant_id=merchant_id, at=at).file
    assessment = assess(file, duplicates.of(merchant_id))
    kept = {"points": assessment.points, "codes": [rule.code for rule in assessment.rules], "assessed_at": at}
    RiskAssessment.objects.update_or_create(merchant_id=merchant_id, defaults=kept)
    return assessment
