"""What is sold, and what the law asks for it: waste, safety, insurance."""

from datetime import datetime, time
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.enums import DocumentKind, DocumentState, EprState
from merchants.services.epr_registers import code_of, demanded, looks_right
from merchants.services.families import UNION, are_safety_regulated, need_insurance
from merchants.services.requirements.definitions.base import (
    TO_OPEN,
    Blocks,
    Check,
    Definition,
    Finding,
    Verified,
    done,
    to_do,
    with_us,
)
from merchants.services.requirements.facts import File

_UNION_EPR: Final = "Regulation (EU) 2025/40; (EU) 2023/1542; Directive 2012/19/EU"
PUBLICATION: Final = frozenset({Blocks.PUBLICATION})


def _plan(file: File) -> Finding:
    return done(file.plan.declared_at) if file.plan else to_do()


def _streams(file: File, country: str) -> list[str]:
    plan = file.plan
    return demanded(plan.families, country) if plan and country in plan.markets else []


def _epr(country: str) -> Check:
    here = frozenset({country})

    def check(file: File) -> Finding:
        held = {row.stream: row for row in file.epr if row.country == country}
        rows = [held[stream] for stream in _streams(file, country) if stream in held]
        if missing := [stream for stream in _streams(file, country) if stream not in held]:
            return to_do("epr_missing", markets=here, streams=", ".join(missing))
        for row in rows:
            if row.state == EprState.REFUSED:
                return to_do("epr_refused", markets=here, identifier=row.identifier, text=row.refusal_text)
            if row.valid_until is not None and row.valid_until < file.today:
                return to_do("epr_ended", markets=here, identifier=row.identifier, day=row.valid_until)
        since = max(row.declared_at for row in rows)
        odd = [
            row.identifier
            for row in rows
            if row.state == EprState.DECLARED and not looks_right(country, row.stream, row.identifier)
        ]
        if odd:
            return with_us(since, "epr_read", identifier=odd[0])
        ends = [row.valid_until for row in rows if row.valid_until]
        return done(since, valid_until=_end_of(min(ends)) if ends else None)

    return check


def _end_of(day: object) -> datetime:
    return datetime.combine(day, time.max, timezone.get_current_timezone())  # type: ignore[arg-type]


def _is_regulated(file: File) -> bool:
    plan = file.plan
    return bool(plan and are_safety_regulated(plan.families) and UNION.intersection(plan.markets))


def _safety(file: File) -> Finding:
    if file.safety is None:
        return to_do(markets=frozenset(UNION.intersection(file.plan.markets if file.plan else ())))
    return done(file.safety.declared_at)


def _insurance(file: File) -> Finding:
    document = file.document(DocumentKind.INSURANCE)
    if document is None:
        return to_do(
            "insurance_for", families=", ".join(str(f.label) for f in need_insurance(_families(file)))
        )
    if document.state == DocumentState.REFUSED:
        return to_do("document_refused", text=document.refusal_text)
    if document.expires_on is not None and document.expires_on < file.today:
        return to_do("insurance_ended", day=document.expires_on)
    if document.state == DocumentState.ACCEPTED:
        until = _end_of(document.expires_on) if document.expires_on else None
        return done(document.reviewed_at, valid_until=until)
    return with_us(document.created_at, "document_read")


def _families(file: File) -> list[str]:
    return file.plan.families if file.plan else []


def _epr_definition(country: str, title: object, source: str) -> Definition:
    return Definition(
        code=code_of(country),
        section="products",
        title=title,  # type: ignore[arg-type]
        url_name=f"merchants:{code_of(country)}",
        check=_epr(country),
        concerns="who sells there products of a stream that has a register",
        applies=lambda file: bool(_streams(file, country)),
        satisfied_by="an identifier for each stream, of a known shape or verified by a person",
        verified=Verified.PERSON,
        source=source,
        validity="until the date given with an identifier, or its refusal",
        notice=None,
        blocks=PUBLICATION,
    )


PRODUCTS: Final = (
    Definition(
        code="trade_plan",
        section="products",
        title=_("What you sell, and where"),
        url_name="merchants:trade_plan",
        check=_plan,
        satisfied_by="families of products, countries of sale and expected sales",
        verified=Verified.COMPUTED,
        blocks=TO_OPEN | PUBLICATION,
    ),
    _epr_definition("FR", _("EPR identifiers in France"), "Code de l'environnement, art. L541-10-13"),
    _epr_definition(
        "DE", _("EPR identifiers in Germany"), "VerpackG § 9; ElektroG § 6; Regulation (EU) 2025/40"
    ),
    _epr_definition("ES", _("EPR identifiers in Spain"), "Real Decreto 1055/2022; Regulation (EU) 2025/40"),
    _epr_definition("BE", _("EPR identifiers in Belgium"), _UNION_EPR),
    _epr_definition("IT", _("EPR identifiers in Italy"), _UNION_EPR),
    _epr_definition("PL", _("EPR identifiers in Poland"), _UNION_EPR),
    Definition(
        code="gpsr_contact",
        section="products",
        title=_("Product safety contact in the Union"),
        url_name="merchants:gpsr",
        check=_safety,
        concerns="who sells products other than food in the Union",
        applies=_is_regulated,
        satisfied_by="a manufacturer, importer, representative or fulfilment provider in the Union",
        verified=Verified.COMPUTED,
        source="Regulation (EU) 2023/988, art. 16 and 19",
        notice=None,
        blocks=PUBLICATION,
    ),
    Definition(
        code="insurance",
        section="products",
        title=_("Product liability insurance"),
        url_name="merchants:insurance",
        check=_insurance,
        concerns="who sells toys, baby goods, food supplements or electrical goods",
        applies=lambda file: bool(need_insurance(_families(file))),
        satisfied_by="a certificate accepted by a reviewer",
        verified=Verified.PERSON,
        source="Seller agreement",
        validity="until the date on the certificate",
        blocks=PUBLICATION,
    ),
)
