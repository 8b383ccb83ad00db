"""All that is stored about a merchant's file, read once with a fixed number of queries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Final

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from core.services import reading
from merchants.adapters import registries
from merchants.adapters.registry import RegisteredCompany
from merchants.enums import (
    AgreementKind,
    ApplicationStatus,
    DecisionKind,
    DocumentKind,
    PersonRole,
    RegisterChangeOutcome,
)
from merchants.models import (
    AgreementAcceptance,
    AgreementText,
    Application,
    BankAccount,
    Company,
    Decision,
    Document,
    EprIdentifier,
    Merchant,
    Person,
    RegisterChange,
    RegistryCheck,
    Reopening,
    Requirement,
    ReturnsAddress,
    SafetyContact,
    StorePage,
    TaxIdentity,
    TradePlan,
    VatRegistration,
)

# Terms change with notice: 15 days at least (P2B, Regulation (EU) 2019/1150, article 3).
AGREEMENT_NOTICE: Final = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an agreement. ``due_at``: when who accepted an older one must have accepted it."""

    name: str
    is_in_force: bool
    due_at: datetime


@dataclass(frozen=True)
class File:
    """A merchant's file at a moment. Lists are in the order of ``LISTS``, most of them newest first."""

    at: datetime
    merchant: Merchant
    application: Application
    company: Company | None
    checks: list[RegistryCheck]
    people: list[Person]
    accounts: list[BankAccount]
    documents: list[Document]
    acceptances: list[AgreementAcceptance]
    versions: Mapping[str, list[Version]]
    reopenings: list[Reopening]
    register_changes: list[RegisterChange]
    snapshot: list[Requirement]
    provided: Mapping[str, Any]
    vat: list[VatRegistration]
    epr: list[EprIdentifier]
    returns: list[ReturnsAddress]

    @property
    def plan(self) -> TradePlan | None:
        """What the merchant sells, and where; None until it was said."""
        return getattr(self.merchant, "trade_plan", None)

    @property
    def safety(self) -> SafetyContact | None:
        return getattr(self.merchant, "safety_contact", None)

    @property
    def tax_identity(self) -> TaxIdentity | None:
        return getattr(self.merchant, "tax_identity", None)

    @property
    def page(self) -> StorePage | None:
        return getattr(self.merchant, "page", None)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def was_opened(self) -> bool:
        """Whether the store is or was open: requirements then come with a notice."""
        return self.merchant.opened_at is not None

    def sales(self, year: int) -> tuple[int, Decimal]:
        """What a sole trader whose tax data are not known sold in a year: how many, and what was due."""
        by_year: Mapping[int, tuple[int, Decimal]] = self.provided.get("sales") or {}
        return by_year.get(year, (0, Decimal(0)))

    @property
    def markets(self) -> Sequence[str]:
        """The countries in which anybody may publish, as the catalogue says."""
        return self.provided.get("markets") or ()

    def known(self, code: str) -> Requirement | None:
        """What the snapshot says of a requirement: since when it is asked, until when."""
        return next((row for row in self.snapshot if row.code == code), None)

    @property
    def is_sent(self) -> bool:
        """Whether the file is with the reviewers, or was."""
        return self.application.status != ApplicationStatus.DRAFT

    @property
    def representatives(self) -> list[Person]:
        return [p for p in self.people if p.role == PersonRole.LEGAL_REPRESENTATIVE]

    @cached_property
    def last_check(self) -> RegistryCheck | None:
        """The last answer about this company's number."""
        if self.company is None:
            return None
        wanted = {self.company.siret, self.company.siren}
        return next((check for check in self.checks if check.query in wanted), None)

    @cached_property
    def registered(self) -> RegisteredCompany | None:
        """What the register last said of the company; None when it never answered."""
        if self.company is None:
            return None
        for check in self.checks:
            if check.query[:9] == self.company.siren and check.outcome == "found":
                found = registries.read(check.register, check.answer, self.company.siren)
                if found is not None:
                    return found
        return None

    def account(self) -> BankAccount | None:
        """The account that counts: what waits before what was confirmed, what was refused last."""
        order = {"pending": 0, "confirmed": 1, "refused": 2}
        live = [a for a in self.accounts if a.state in order]
        return min(live, key=lambda a: (order[a.state], -a.pk), default=None)

    @property
    def attorneys(self) -> list[Person]:
        return [p for p in self.people if p.role == PersonRole.ATTORNEY]

    @property
    def owners(self) -> list[Person]:
        """Those who were listed as beneficial owners."""
        return [p for p in self.people if p.is_owner]

    def document(self, kind: DocumentKind, person: Person | None = None) -> Document | None:
        """The last document of a kind that was not replaced; about one person, where one is given."""
        return next(
            (
                d
                for d in self.documents
                if d.kind == kind and d.state != "replaced" and (person is None or d.person_id == person.pk)
            ),
            None,
        )

    def accepted(self, kind: AgreementKind) -> AgreementAcceptance | None:
        """The acceptance of the version in force, in whatever language."""
        version = self.version_in_force(kind)
        return self.accepted_version(kind, version) if version is not None else None

    def accepted_version(self, kind: AgreementKind, version: Version) -> AgreementAcceptance | None:
        found = (a for a in self.acceptances if a.text.kind == kind and a.text.version == version.name)
        return next(found, None)

    def version_in_force(self, kind: AgreementKind) -> Version | None:
        return next((v for v in reversed(self.versions.get(kind, [])) if v.is_in_force), None)

    def version_to_come(self, kind: AgreementKind) -> Version | None:
        return next((v for v in reversed(self.versions.get(kind, [])) if not v.is_in_force), None)

    def reopening(self, code: str) -> Reopening | None:
        """The question of a reviewer that waits for an answer."""
        return next((r for r in self.reopenings if r.code == code and r.answered_at is None), None)


# What a merchant has one of, read with it.
ONE_TO_ONE: Final = ("application", "company", "trade_plan", "safety_contact", "tax_identity", "page")
# A list of the file above: its rows in their order, and how many of them count. A new list is a field of
# ``File`` and a line here; all are read in one round trip, however many merchants together.
LISTS: Final[Mapping[str, tuple[Callable[[], QuerySet[Any]], int]]] = {
    "checks": (lambda: RegistryCheck.objects.order_by("-asked_at", "-pk"), 20),
    "people": (lambda: Person.objects.filter(ended_at=None).order_by("pk"), 50),
    "accounts": (lambda: BankAccount.objects.order_by("-pk"), 20),
    "documents": (
        lambda: Document.objects.exclude(state="replaced").order_by("-pk"),
        100,
    ),
    "acceptances": (
        lambda: AgreementAcceptance.objects.select_related("text").defer("text__body").order_by("-pk"),
        50,
    ),
    "vat": (lambda: VatRegistration.objects.order_by("country", "pk"), 60),
    "epr": (lambda: EprIdentifier.objects.order_by("country", "stream"), 100),
    "returns": (lambda: ReturnsAddress.objects.order_by("zone"), 10),
    "register_changes": (
        lambda: RegisterChange.objects.filter(outcome=RegisterChangeOutcome.OPEN).order_by("pk"),
        10,
    ),
    "reopenings": (lambda: Reopening.objects.select_related("decision").order_by("-pk"), 50),
    "snapshot": (lambda: Requirement.objects.order_by("pk"), 200),
}

# What apps above know of merchants: a name, and a function from keys of merchants to facts.
Provider = Callable[[Sequence[int]], Mapping[int, Any]]
_providers: dict[str, Provider] = {}


def provide(name: str, provider: Provider) -> None:
    """Let an app above add a fact, read as ``file.provided[name]``; None for who is not in the answer.

    It costs the queries that ``provider`` makes, a fixed number for any merchants. Called in ``ready()``.
    """
    _providers[name] = provider


def load(*, merchant_id: int, at: datetime, also: Sequence[QuerySet[Any]] = ()) -> File:
    """Read a merchant's file, and ``also`` other querysets: a fixed number of queries, however full it is."""
    for file in load_many(merchant_ids=[merchant_id], at=at, also=also):
        return file
    raise Merchant.DoesNotExist(merchant_id)


def load_many(*, merchant_ids: Sequence[int], at: datetime, also: Sequence[QuerySet[Any]] = ()) -> list[File]:
    """Read the files of several merchants with the same number of queries as for one."""
    wanted = list(merchant_ids)
    merchants, texts = _merchants.bind(merchants=wanted), _texts.bind()
    rows = {name: query.bind(merchants=wanted) for name, query in _lists.items()}
    reading.fetch(merchants, texts, *rows.values(), *also)
    versions = _versions(texts.rows, at)
    lists = {name: _grouped(found.rows) for name, found in rows.items()}
    provided = {name: provider(merchant_ids) for name, provider in _providers.items()}
    return [
        File(
            at=at,
            merchant=merchant,
            application=merchant.application,
            company=getattr(merchant, "company", None),
            versions=versions,
            provided={name: facts.get(merchant.pk) for name, facts in provided.items()},
            **{name: found.get(merchant.pk, []) for name, found in lists.items()},
        )
        for merchant in merchants.rows
    ]


def _first(build: Callable[[], QuerySet[Any]], most: int) -> QuerySet[Any]:
    """Return each merchant's first rows. Rows past ``most`` are not read."""
    rows = build()
    ranked: QuerySet[Any] = rows.filter(reading.one_of("merchant_id", "merchants")).annotate(
        rank=Window(
            RowNumber(), partition_by="merchant_id", order_by=[str(name) for name in rows.query.order_by]
        )
    )
    return ranked.filter(rank__lte=most)


_merchants = reading.Prepared(
    lambda: (
        Merchant.objects.select_related(*ONE_TO_ONE).filter(reading.one_of("pk", "merchants")).order_by("pk")
    )
)
_texts = reading.Prepared(
    lambda: AgreementText.objects.order_by("effective_on", "version", "created_at").defer("body")
)
_lists: Final = {name: reading.Prepared(partial(_first, rows, most)) for name, (rows, most) in LISTS.items()}


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.merchant_id, []).append(row)
    return found


def _versions(texts: Iterable[AgreementText], at: datetime) -> dict[str, list[Version]]:
    """Return the versions of each agreement, those to come last."""
    found: dict[str, dict[str, Version]] = {}
    for text in texts:
        starts = timezone.make_aware(datetime.combine(text.effective_on, time.min))
        due = max(starts, text.created_at + AGREEMENT_NOTICE)
        found.setdefault(text.kind, {}).setdefault(text.version, Version(text.version, starts <= at, due))
    return {kind: list(versions.values()) for kind, versions in found.items()}


def last_request(application: Application) -> Decision | None:
    """Return the last request for information."""
    return (
        Decision.objects.filter(application=application, kind=DecisionKind.REQUEST_INFORMATION)
        .order_by("-pk")
        .first()
    )
