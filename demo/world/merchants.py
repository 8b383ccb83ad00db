"""The merchants of the demonstration world: each file filled in and decided as its people would do it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone
from schwifty import IBAN

from core import dates
from core.models import User
from demo import people as sign_ins
from demo.world import trade
from demo.world.cast import CAST, TEAM, Part, Stage
from demo.world.moments import ago, then
from demo.world.papers import certificate
from merchants.adapters import registries
from merchants.enums import AgreementKind, Control, DecisionReason, DocumentKind, Ownership
from merchants.models import Application, EprIdentifier, Merchant, Person
from merchants.services import (
    agreements,
    application,
    bank,
    company,
    documents,
    epr,
    people,
    requirements,
    review,
    signup,
    stores,
    team,
)
from merchants.services.epr_registers import looks_right

EARLIER_VERSION, EARLIER_ON = "2025-01", date(2025, 1, 15)
ADDRESS = "192.0.2.{}"
# Who has not read the new agreement yet.
LATE_READERS = frozenset({"99998021200016", "99998028700018"})
ILLEGIBLE = (
    "Le certificat envoyé est illisible : le bas de la page est coupé et la date n’apparaît pas. "
    "Envoyez un extrait de moins de trois mois, entier, au format PDF."
)
IMPERSONATED = (
    "Le SIRET indiqué est celui d’une entreprise que vous ne représentez pas : aucun dirigeant du "
    "registre ne porte votre nom, et le certificat joint a été modifié. Vous pouvez contester "
    "cette décision sous six mois."
)
HOLDING = (
    "L’activité inscrite au registre est la gestion de participations : demander au marchand quelle société "
    "vend."
)


@dataclass(slots=True)
class Opened:
    """A merchant of the world, with who is who."""

    part: Part
    merchant: Merchant
    owner: User


@dataclass(slots=True)
class Desk:
    """The reviewers: one proposes, another confirms."""

    maker: User = field(default_factory=lambda: User.objects.get(email="claire.moreau@passerelle.example"))
    checker: User = field(default_factory=lambda: User.objects.get(email="hugo.lambert@passerelle.example"))


def load(*, count: int, now: datetime) -> list[Opened]:
    """Open the files of the first ``count`` of the cast; return those, whatever became of each."""
    publish_earlier_agreements()
    desk = Desk()
    return [_open(part, number, desk, now) for number, part in enumerate(CAST[:count], start=1)]


def _join(opened: Opened, now: datetime) -> None:
    """Invite the rest of a merchant's team; each accepts by the link of the mail."""
    at = min(opened.merchant.created_at + timedelta(days=4), now)
    for member in TEAM:
        if member.siret != opened.part.siret:
            continue
        user = sign_ins.load_person(member.email, member.name, language=member.language, joined_at=at)
        invitation = then(
            at,
            team.invite,
            merchant_id=opened.merchant.pk,
            email=user.email,
            role=member.role,
            by=opened.owner,
        )
        renewed = then(at, team.renew_token, invitation_id=invitation.pk)
        assert renewed is not None
        then(at, team.accept, token=renewed[1], by=user)


def publish_earlier_agreements() -> None:
    """Publish the texts that merchants accepted before those in force."""
    for source in agreements.SOURCES:
        body = Path(source.path).read_text(encoding="utf-8")
        agreements.publish(
            kind=source.kind,
            version=EARLIER_VERSION,
            language=source.language,
            body=body.replace("novembre 2026", "janvier 2025").replace("November 2026", "January 2025"),
            effective_on=EARLIER_ON,
        )


def _open(part: Part, number: int, desk: Desk, now: datetime) -> Opened:
    opened = ago(now, part.age, f"{8 + number % 3:02}:{7 * number % 60:02}" if part.age >= 1 else "")
    owner = sign_ins.load_person(part.owner_email, " ".join(part.owner), joined_at=opened)
    merchant = then(opened, signup.open_file, user_id=owner.pk)
    file = File(Opened(part, merchant, owner), number, opened, desk, now)
    file.fill_in()
    if part.stage not in {Stage.OPENED, Stage.CEASED, Stage.REGISTER_DOWN}:
        file.decide()
    file.bring_up_to_date()
    merchant.refresh_from_db()
    _join(file.of, now)
    return file.of


class File:
    """One file, and the steps its people take. Each step is a minute or a day after the one before."""

    def __init__(self, of: Opened, number: int, opened: datetime, desk: Desk, now: datetime) -> None:
        self.of, self.number, self.desk, self.now = of, number, desk, now
        self.at = opened
        self.pk = of.merchant.pk

    def later(self, **delay: float) -> datetime:
        """Let time pass, never beyond now."""
        self.at = min(self.at + timedelta(**delay), self.now)
        return self.at

    def next_working_day(self) -> datetime:
        """Let a night pass, and the days off after it, never beyond now."""
        self.at += timedelta(days=1)
        while not dates.is_working_day(timezone.localdate(self.at)):
            self.at += timedelta(days=1)
        return self.later()

    def fill_in(self) -> None:
        """Answer what the stage asks for."""
        part = self.of.part
        if part.stage == Stage.OPENED:
            return
        self.give_company()
        self.name_store()
        if part.stage in {Stage.CEASED, Stage.REGISTER_DOWN}:
            return
        self.add_people_and_bank()
        self.give_papers()
        self.answer_trade()
        for kind in AgreementKind:
            self.accept(kind)

    def give_company(self) -> None:
        part, by = self.of.part, self.of.owner
        found = company.look_up(merchant_id=self.pk, number=part.siret, at=self.later(minutes=4))
        typed = company.Declared(part.store, "18 rue des Postes", "59000", "Lille")
        if part.stage == Stage.REGISTER_DOWN:
            typed = company.Declared(part.store, "3 chemin du Verger", "29000", "Quimper")
            then(self.at, company.declare, merchant_id=self.pk, number=part.siret, declared=typed, by=by)
            return
        then(
            self.at,
            company.choose,
            merchant_id=self.pk,
            check_id=found.check.pk,
            siret=part.siret,
            by=by,
            declared=typed,
        )

    def name_store(self) -> None:
        part, by = self.of.part, self.of.owner
        then(self.later(minutes=3), stores.name_store, merchant_id=self.pk, name=part.store, by=by)
        then(
            self.later(minutes=2),
            stores.set_contact,
            merchant_id=self.pk,
            email=f"bonjour@{part.domain}",
            phone=f"04 65 71 {self.number:02} 10",
            by=by,
        )

    def add_people_and_bank(self) -> None:
        part, by = self.of.part, self.of.owner
        first, last = part.owner
        data = people.PersonalData(first, last, date.fromisoformat(part.born), "FR", "")
        person = then(
            self.later(minutes=5),
            people.add_representative,
            merchant_id=self.pk,
            data=data,
            by=by,
            signs=True,
        )
        self.name_owner(person)
        until = timezone.localdate(self.at) + timedelta(days=900 + 90 * self.number)
        self.give(DocumentKind.IDENTITY, "PASSEPORT", person_id=person.pk, expires_on=until)
        # One account for both companies of one owner: a reviewer is shown that.
        number = 9 if part.owner == ("Arnaud", "Rouveyre") else self.number
        iban = IBAN.generate(
            "FR", bank_code="30006", branch_code="00001", account_code=f"{99_000_000 + number:011}"
        )
        holder = self.of.merchant.company.legal_name if part.siret else " ".join(part.owner)
        then(self.later(minutes=4), bank.add, merchant_id=self.pk, iban=str(iban), holder=holder, by=by)
        self.give(DocumentKind.BANK_PROOF, "RELEVÉ D’IDENTITÉ BANCAIRE")

    def name_owner(self, person: Person) -> None:
        """Declare the representative the owner; of an association, nobody is."""
        company = self.of.merchant.company
        if company.is_sole_trader:
            return
        who = {"merchant_id": self.pk, "by": self.of.owner}
        ownership = Ownership.NOBODY
        if not company.legal_form_code.startswith("9"):
            share = people.Share(Control.DIRECT, Decimal(100))
            then(self.later(minutes=2), people.set_share, person_id=person.pk, share=share, **who)
            ownership = Ownership.LISTED
        then(self.later(minutes=1), people.declare_owners, ownership=ownership, **who)

    def give_papers(self) -> None:
        """Send what the company's form asks for: certificate, articles or proof of address."""
        self.later(hours=2)
        issued = timezone.localdate(self.at) - timedelta(days=12)
        self.give(DocumentKind.REGISTRATION, "EXTRAIT D’IMMATRICULATION", issued_on=issued)
        if self.of.merchant.company.is_sole_trader:
            self.give(DocumentKind.ADDRESS_PROOF, "FACTURE D’ÉLECTRICITÉ", issued_on=issued)
        else:
            self.give(DocumentKind.STATUTES, "STATUTS")

    def give(self, kind: DocumentKind, title: str, **facts: Any) -> None:
        company = self.of.merchant.company
        day = facts.get("issued_on") or timezone.localdate(self.at)
        paper = certificate(
            company=company.legal_name,
            siret=self.of.part.siret,
            place=company.city,
            issued_on=f"{day:%d/%m/%Y}",
            title=title,
        )
        then(
            self.at,
            documents.receive,
            merchant_id=self.pk,
            kind=kind,
            file=paper,
            name=f"{title.split()[0].lower()}.pdf",
            by=self.of.owner,
            **facts,
        )

    def answer_trade(self) -> None:
        part = self.of.part
        first, last = part.owner
        trade.answer(
            part,
            company=self.of.merchant.company,
            number=self.number,
            born=people.PersonalData(first, last, date.fromisoformat(part.born), "FR"),
            by=self.of.owner,
            later=self.later,
        )

    def accept(self, kind: AgreementKind) -> None:
        at = self.later(minutes=6)
        text = agreements.current(kind=kind, language="fr", at=at)
        address = ADDRESS.format(self.number)
        then(
            at,
            agreements.accept,
            merchant_id=self.pk,
            kind=kind,
            language=text.language,
            text_id=text.pk,
            by=self.of.owner,
            address=address,
        )

    def decide(self) -> None:
        """Send the file, and let the reviewers take it as far as its stage says."""
        stage, maker, checker = self.of.part.stage, self.desk.maker, self.desk.checker
        then(self.later(minutes=5), application.submit, merchant_id=self.pk, by=self.of.owner)
        pk = Application.objects.values_list("pk", flat=True).get(merchant=self.pk)
        if stage == Stage.SUBMITTED:
            return
        then(self.next_working_day(), review.take, application_id=pk, by=maker)
        match stage:
            case Stage.INFORMATION_REQUESTED:
                then(
                    self.later(hours=1),
                    review.request_information,
                    application_id=pk,
                    codes=["registration_document"],
                    reason=DecisionReason.DOCUMENT_UNREADABLE,
                    text=ILLEGIBLE,
                    by=maker,
                )
            case Stage.REJECTED:
                reason = DecisionReason.FRAUD_SUSPECTED
                at = self.later(hours=3)
                then(at, review.reject, application_id=pk, reason=reason, text=IMPERSONATED, by=maker)
            case Stage.PROPOSED | Stage.SENT_BACK | Stage.APPROVED:
                self.look_up_identifiers(maker)
                note = "Registre, certificat et compte concordent."
                read = [item.code for item in requirements.compute(merchant_id=self.pk, at=self.at).items]
                then(self.later(hours=1), review.accept, application_id=pk, codes=read, by=maker)
                then(self.later(hours=2), review.propose, application_id=pk, by=maker, note=note)
        if stage == Stage.SENT_BACK:
            then(self.later(hours=1), review.send_back, application_id=pk, text=HOLDING, by=checker)
        elif stage == Stage.APPROVED:
            then(self.later(hours=5), review.confirm, application_id=pk, by=checker)

    def look_up_identifiers(self, by: User) -> None:
        """Find in their register the EPR identifiers that have no known form."""
        for row in EprIdentifier.objects.filter(merchant=self.pk).order_by("pk"):
            if not looks_right(row.country, row.stream, row.identifier):
                then(self.at, epr.verify, identifier_id=row.pk, identifier=row.identifier, by=by)

    def bring_up_to_date(self) -> None:
        """Accept what has been published since, as most have, and compute the file as of now."""
        if self.of.part.stage == Stage.APPROVED and self.of.part.siret not in LATE_READERS:
            self.at = max(self.at, ago(self.now, 3 + self.number % 4))
            for kind in AgreementKind:
                self.accept(kind)
        requirements.refresh(merchant_id=self.pk, at=self.now)


def sample_register_is_used() -> bool:
    """Whether the register is the embedded one: the invented companies are in no other."""
    return registries.registry().name == "sample"
