"""What stands beside a file on the desk: what was found, decided, written and noted, and who is like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from core.models import Job, User
from core.web.components.status import status
from merchants.enums import DocumentState
from merchants.models import (
    Application,
    Decision,
    FreezeList,
    Letter,
    NameMatch,
    Note,
    ReasonText,
    RequirementCheck,
    Trait,
)
from merchants.services import duplicates, letters, outages, risk, screening
from merchants.services.requirements import File
from merchants.services.review import checks, notes

PEOPLE = "merchants.view_person"


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows, to be read in one round trip; of those that a person may not see there are none."""

    found: QuerySet[RequirementCheck]
    decisions: QuerySet[Decision]
    notes: QuerySet[Note]
    letters: QuerySet[Letter]
    traits: QuerySet[Trait]
    matches: QuerySet[NameMatch]
    lists: QuerySet[FreezeList]
    texts: QuerySet[ReasonText]
    unsent: QuerySet[Job]

    def querysets(self) -> list[QuerySet[Any]]:
        return [getattr(self, name) for name in self.__slots__]

    @property
    def checks(self) -> dict[str, RequirementCheck]:
        return checks.by_code(self.found)


def rows(application: Application, user: User) -> Beside:
    """Return all that stands beside a file and that this person may see, not read yet."""
    merchant_id = application.merchant_id
    may = {"merchants.view_note": notes.rows(merchant_id), "merchants.view_letter": _letters(merchant_id)}
    noted, written = (found if user.has_perm(name) else found.none() for name, found in may.items())
    matches = screening.rows(merchant_id)
    return Beside(
        found=checks.rows(application),
        decisions=Decision.objects.filter(application=application)
        .select_related("decided_by")
        .order_by("-pk"),
        notes=noted,
        letters=written,
        traits=duplicates.rows(merchant_id),
        matches=matches if user.has_perm(PEOPLE) else matches.none(),
        lists=FreezeList.objects.order_by("-pk")[:1],
        texts=ReasonText.objects.filter(language=application.merchant.language[:2]),
        unsent=outages.unsent(merchant_id),
    )


def context(beside: Beside, file: File) -> Mapping[str, Any]:
    """Return what the page shows of it."""
    found = duplicates.among(beside.traits)
    assessment = risk.assess(file, found)
    return {
        "decisions": beside.decisions,
        "notes": notes.read(beside.notes),
        "letters": letters.read(list(beside.letters)),
        "duplicates": found,
        "assessment": assessment,
        "risk": risk_of(assessment.points),
        "matches": screening.read(beside.matches),
        "freeze_list": next(iter(beside.lists), None),
        "outages": outages.of(file, beside.unsent),
        "infected": [d for d in file.documents if d.state == DocumentState.INFECTED],
    }


def risk_of(points: int) -> SafeString:
    """Return the level of risk, with its points."""
    level = risk.level_of(points)
    word = f"{risk.LEVELS[level]} ({points})"
    return status(
        {"ordinary": "done", "raised": "soon", "high": "late"}[level], word, plain=level == "ordinary"
    )


def _letters(merchant_id: int) -> QuerySet[Letter]:
    rows: QuerySet[Letter] = Letter.objects.for_merchant(merchant_id).select_related("recipient")
    return rows.order_by("-created_at", "-pk")[:20]
