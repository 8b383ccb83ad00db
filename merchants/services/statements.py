"""The statement of reasons of a measure: written once in the merchant's language, kept as it was sent.

What it must say: regulation (EU) 2022/2065 (DSA), article 17, paragraph 3; regulation (EU) 2019/1150
(P2B), articles 4, 9, 11 and 12.
"""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import sealed
from merchants.enums import AgreementKind
from merchants.models import AgreementAcceptance, AgreementText, Measure, Merchant, Statement
from merchants.services import agreements, reasoning

TEMPLATE: Final = Path(__file__).resolve().parent.parent / "papers" / "statement.typ"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part: paragraphs, then rows of a label and a value."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a statement says, in one language; what the page and the PDF are drawn from. ``day`` as
    ``2026-11-30``, ``written_on`` in words.
    """

    language: str
    title: str
    reference: str
    day: str
    written_on: str
    sender: list[str]
    addressee: list[str]
    sections: list[Section]
    signature: list[str]


def issue(measure: Measure, *, at: datetime) -> Statement:
    """Write, draw and keep the statement of a measure that was just confirmed; its row is locked.

    The PDF is PDF/A-2b (ISO 19005-2); the measure's facts stand in it as they were stated.
    """
    content = compose(measure, at=at)
    pdf = draw(content)
    statement = Statement(
        measure=measure,
        language=content.language,
        content=sealed.seal(measure.merchant.data_key_id, json.dumps(asdict(content), ensure_ascii=False)),
        sha256=hashlib.sha256(pdf).hexdigest(),
        created_at=at,
    )
    path = f"statements/{measure.merchant.public_id}/{uuid.uuid4().hex}.pdf"
    statement.file.save(path, ContentFile(pdf), save=True)
    return statement


def read(statement: Statement) -> Content | None:
    """Return a statement as it was sent; None once the merchant's data are erased."""
    text = sealed.unseal(statement.content)
    if isinstance(text, sealed.Erased):
        return None
    data: dict[str, Any] = json.loads(text)
    return Content(**{**data, "sections": [Section(**section) for section in data["sections"]]})


def compose(measure: Measure, *, at: datetime) -> Content:
    """Write what the statement says, in the merchant's language."""
    merchant = measure.merchant
    language = merchant.language[:2]
    with override(language):
        return Content(
            language=language,
            title=reasoning.title(measure),
            reference=_("Decision %(reference)s") % {"reference": measure.reference},
            day=timezone.localdate(at).isoformat(),
            written_on=date_format(timezone.localtime(at), reasoning.DAY),
            sender=[settings.OPERATOR["name"], settings.OPERATOR["address"], settings.OPERATOR["email"]],
            addressee=_addressee(merchant),
            sections=[
                Section(_("Our decision"), reasoning.decision(measure)),
                Section(
                    _("The facts and circumstances"),
                    [*sealed.unseal(measure.facts).split("\n\n"), *reasoning.origin(measure)],
                ),
                Section(_("The ground"), reasoning.ground(measure, clause_title(measure))),
                Section(_("Scope and duration"), [], reasoning.scope(measure)),
                Section(_("What remains open to you"), reasoning.remains(measure)),
                Section(
                    _("How to contest this decision"),
                    reasoning.redress(measure),
                    [[_("Mediators"), " ; ".join(settings.REDRESS["mediators"])]],
                ),
            ],
            signature=[settings.OPERATOR["name"], _("Trust and compliance team")],
        )


def draw(content: Content) -> bytes:
    """Return the PDF of a statement."""
    data = json.dumps(asdict(content), ensure_ascii=False)
    return bytes(
        typst.compile(TEMPLATE.read_bytes(), sys_inputs={"data": data}, format="pdf", pdf_standards=["a-2b"])
    )


def agreement_of(merchant: Merchant, at: datetime) -> AgreementText:
    """Return the agreement that binds the merchant: the last one accepted, else the one in force."""
    accepted = AgreementAcceptance.objects.for_merchant(merchant).filter(text__kind=AgreementKind.TERMS)
    latest = accepted.select_related("text").order_by("-accepted_at", "-pk").first()
    if latest is not None:
        text: AgreementText = latest.text
        return text
    return agreements.current(kind=AgreementKind.TERMS, language=merchant.language[:2], at=at)


def clauses(agreement: AgreementText) -> dict[str, str]:
    """Return the articles of an agreement: number to title."""
    headings = [line[3:] for line in agreement.body.splitlines() if line.startswith("## ")]
    return {number: title for number, _dot, title in (line.partition(". ") for line in headings)}


def clause_title(measure: Measure) -> str:
    """Return the title of the clause relied on, in the language of the statement where it was published."""
    agreement = measure.agreement
    if agreement is None:
        return ""
    same = AgreementText.objects.filter(kind=agreement.kind, version=agreement.version)
    found = same.filter(language=measure.merchant.language[:2]).first() or agreement
    return clauses(found).get(measure.clause, "")


def _addressee(merchant: Merchant) -> list[str]:
    company = getattr(merchant, "company", None)
    if company is None:
        return [merchant.store_name]
    lines = [
        company.legal_name,
        company.street,
        company.street2,
        f"{company.postcode} {company.city}".strip(),
    ]
    return [line for line in lines if line]
