"""What is sold, and what the law asks for it."""

from collections.abc import Callable
from datetime import timedelta

from merchants.enums import DocumentKind, DocumentState
from merchants.models import Document
from merchants.services import documents, epr, safety
from merchants.services.addresses import PostalAddress
from merchants.services.epr_registers import REGISTERS
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet
from tests.merchants.requirements.tax import plans

IDENTIFIERS = {
    "FR": {"01": "FR194628_01ZVJG", "12": "FR194628_12ZVJG"},
    "DE": {"01": "DE1234567890123"},
    "ES": {"01": "ENV/2026/000012345"},
    "BE": {"01": "no known form"},
    "IT": {"01": "no known form"},
    "PL": {"01": "000123456"},
}


def registers(country: str) -> Callable[[Sheet], None]:
    def step(sheet: Sheet) -> None:
        until = sheet.at.date() + timedelta(days=90)
        entries = [
            epr.Entry(stream, text, valid_until=until) for stream, text in IDENTIFIERS[country].items()
        ]
        who = {"by": sheet.owner, "at": sheet.at}
        for row in epr.declare(merchant_id=sheet.merchant.pk, country=country, entries=entries, **who):
            if REGISTERS[country][row.stream].pattern is None:
                epr.verify(identifier_id=row.pk, identifier=row.identifier, by=sheet.maker, at=sheet.at)

    return step


def is_insured(sheet: Sheet) -> None:
    documents.receive(
        merchant_id=sheet.merchant.pk,
        kind=DocumentKind.INSURANCE,
        file=steps.pdf(),
        name="assurance.pdf",
        expires_on=sheet.at.date() + timedelta(days=90),
        by=sheet.owner,
        at=sheet.at,
    )
    Document.objects.for_merchant(sheet.merchant).update(
        state=DocumentState.ACCEPTED, reviewed_by=sheet.checker, reviewed_at=sheet.at
    )


def names_safety_contact(sheet: Sheet) -> None:
    safety.set_contact(
        merchant_id=sheet.merchant.pk,
        role="manufacturer",
        address=PostalAddress("Perdrelle", "3 rue des Lavandes", "04300", "Forcalquier"),
        email="securite@perdrelle.example",
        by=sheet.owner,
        at=sheet.at,
    )


CASES["trade_plan"] = Cases(satisfied=plans())
for country in IDENTIFIERS:
    CASES[epr.code_of(country)] = Cases(
        applies=plans(families=["toys"], markets=[country]),
        does_not=plans(families=["toys"], markets=["CN"]),
        satisfied=registers(country),
        expired=lambda sheet: sheet.wait(days=91),
    )
CASES["gpsr_contact"] = Cases(
    applies=plans(families=["food", "linen"]), does_not=plans(), satisfied=names_safety_contact
)
CASES["insurance"] = Cases(
    applies=plans(families=["toys"]),
    does_not=plans(families=["linen"]),
    satisfied=is_insured,
    expired=lambda sheet: sheet.wait(days=91),
)
