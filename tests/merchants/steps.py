"""The steps of a file, as a merchant and two reviewers take them."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal

from pypdf import PdfWriter

from core.models import User
from merchants.enums import AgreementKind, Control, DocumentKind, Ownership
from merchants.models import Application, Merchant, Person
from merchants.services import (
    addresses,
    agreements,
    application,
    bank,
    company,
    documents,
    epr,
    people,
    requirements,
    review,
    stores,
    support,
    trade,
    vat,
)

PERDRELLE = "99998004800014"
IBAN = "FR7630006000011234567890189"
CLAIRE = people.PersonalData("Claire", "Montbrun", date(1984, 5, 12), "FR", "12 rue des Tanneurs")


def pdf(pages: int = 1, password: str = "") -> io.BytesIO:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return io.BytesIO(out.getvalue())


def give_company(merchant: Merchant, by: User, at: datetime, number: str = PERDRELLE) -> None:
    found = company.look_up(merchant_id=merchant.pk, number=number, at=at)
    company.choose(merchant_id=merchant.pk, check_id=found.check.pk, siret=number, by=by, at=at)


def give_registration(merchant: Merchant, by: User, at: datetime, issued_on: date | None = None):
    return documents.receive(
        merchant_id=merchant.pk,
        kind=DocumentKind.REGISTRATION,
        file=pdf(),
        name="kbis.pdf",
        issued_on=issued_on or at.date(),
        by=by,
        at=at,
    )


def give(
    merchant: Merchant,
    kind: DocumentKind,
    by: User,
    at: datetime,
    person: Person | None = None,
    **dates: date,
):
    return documents.receive(
        merchant_id=merchant.pk,
        kind=kind,
        file=pdf(),
        name=f"{kind}.pdf",
        person_id=person.pk if person else None,
        by=by,
        at=at,
        **dates,
    )


def give_people(merchant: Merchant, by: User, at: datetime) -> Person:
    """Claire represents the company and owns it, with her identity document."""
    claire = people.add_representative(merchant_id=merchant.pk, data=CLAIRE, by=by, at=at, signs=True)
    who = {"merchant_id": merchant.pk, "by": by, "at": at}
    people.set_share(person_id=claire.pk, share=people.Share(Control.DIRECT, Decimal(80)), **who)
    people.declare_owners(ownership=Ownership.LISTED, **who)
    until = at.date() + timedelta(days=1500)
    give(merchant, DocumentKind.IDENTITY, by, at, claire, expires_on=until)
    return claire


def accept(merchant: Merchant, kind: AgreementKind, by: User, at: datetime, address: str = "192.0.2.7"):
    text = agreements.current(kind=kind, language="fr", at=at)
    return agreements.accept(
        merchant_id=merchant.pk, kind=kind, language="fr", text_id=text.pk, by=by, at=at, address=address
    )


def give_trade(merchant: Merchant, by: User, at: datetime) -> None:
    """Sell food in France, exempt of VAT: every question about trade answered."""
    who = {"merchant_id": merchant.pk, "by": by, "at": at}
    trade.declare_plan(families=["food"], markets=["FR"], turnover="small", **who)
    vat.set_scheme(scheme="exempt", **who)
    epr.declare(country="FR", entries=[epr.Entry("01", "FR194628_01ZVJG")], **who)
    support.set_support(languages=["fr"], hours="Mo-Fr 09:00-17:00; PH off", **who)
    shop = addresses.PostalAddress("Savonnerie Perdrelle", "3 rue des Lavandes", "04300", "Forcalquier")
    addresses.set_returns(zone="default", address=shop, **who)


def complete(merchant: Merchant, by: User, at: datetime) -> None:
    """Answer every requirement."""
    give_company(merchant, by, at)
    give_people(merchant, by, at)
    give(merchant, DocumentKind.STATUTES, by, at)
    bank.add(merchant_id=merchant.pk, iban=IBAN, holder="Savonnerie Perdrelle SAS", by=by, at=at)
    give(merchant, DocumentKind.BANK_PROOF, by, at)
    give_registration(merchant, by, at)
    stores.name_store(merchant_id=merchant.pk, name=f"Perdrelle {merchant.pk}", by=by, at=at)
    stores.set_contact(
        merchant_id=merchant.pk, email="bonjour@perdrelle.example", phone="04 92 75 00 00", by=by, at=at
    )
    give_trade(merchant, by, at)
    for kind in AgreementKind:
        accept(merchant, kind, by, at)


def submit(merchant: Merchant, by: User, at: datetime) -> Application:
    complete(merchant, by, at)
    return application.submit(merchant_id=merchant.pk, by=by, at=at)


def take(merchant: Merchant, by: User, at: datetime) -> Application:
    return review.take(application_id=merchant.application.pk, by=by, at=at)


def accept_all(merchant: Merchant, by: User, at: datetime) -> None:
    """Find nothing to say against any requirement."""
    codes = [item.code for item in requirements.compute(merchant_id=merchant.pk, at=at).items]
    review.accept(application_id=merchant.application.pk, codes=codes, by=by, at=at)


def approve(merchant: Merchant, maker: User, checker: User, at: datetime) -> Application:
    """From submitted to approved."""
    take(merchant, maker, at)
    accept_all(merchant, maker, at)
    review.propose(application_id=merchant.application.pk, by=maker, at=at)
    return review.confirm(application_id=merchant.application.pk, by=checker, at=at)
