"""What the merchant accepts."""

from datetime import timedelta

from merchants.enums import AgreementKind
from merchants.services import agreements
from tests.merchants import steps
from tests.merchants.requirements.cases import CASES, Cases, Sheet, Step


def accept(kind: AgreementKind) -> Step:
    return lambda sheet: steps.accept(sheet.merchant, kind, sheet.owner, sheet.at)


def replace(kind: AgreementKind) -> Step:
    def publish(sheet: Sheet) -> None:
        agreements.publish(
            kind=kind,
            version="2027-01",
            language="fr",
            body="Une autre version.",
            effective_on=sheet.at.date() + timedelta(days=30),
        )
        sheet.wait(days=31)

    return publish


CASES["self_certification"] = Cases(
    satisfied=accept(AgreementKind.SELF_CERTIFICATION), expired=replace(AgreementKind.SELF_CERTIFICATION)
)
CASES["agreement"] = Cases(satisfied=accept(AgreementKind.TERMS), expired=replace(AgreementKind.TERMS))
