"""What a reviewer finds of each requirement, before deciding on the file."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import RequirementState, Verdict
from merchants.models import Application, RequirementCheck
from merchants.services import requirements
from merchants.services.requirements import Actor, Answer, Item
from merchants.services.review.base import lock_held, needed, renew


class UnknownRequirement(Refusal):
    code = "requirement_unknown"
    status = 422
    default_message = _("This file has no such requirement: look at it again.")


class ReasonNeeded(Refusal):
    code = "reason_needed"
    status = 422
    default_message = _("Choose the reason: the merchant reads it, and it is counted.")


class NothingLeft(Refusal):
    code = "nothing_left_to_check"
    default_message = _("Nothing is left to check: propose to approve, or ask for what is to be corrected.")


@transaction.atomic
def accept(*, application_id: int, codes: Sequence[str], by: User, at: datetime) -> int:
    """Accept requirements of a file that one reviews; returns how many. ``UnknownRequirement`` if none is."""
    application = lock_held(application_id, by)
    answer = requirements.compute(merchant_id=application.merchant_id, at=at)
    wanted = [item.code for item in answer.items if item.code in set(codes)]
    if not wanted:
        raise UnknownRequirement
    _keep(application, wanted, Verdict.ACCEPTED, "", "", by, at)
    return len(wanted)


@transaction.atomic
def accept_rest(*, application_id: int, by: User, at: datetime) -> int:
    """Accept all that a person must read and of which nothing was said yet. ``NothingLeft`` if none is."""
    application = lock_held(application_id, by)
    answer, found = requirements.compute(merchant_id=application.merchant_id, at=at), of(application)
    rest = [item.code for item in unfinished(answer, found) if item.code not in found]
    if not rest:
        raise NothingLeft
    _keep(application, rest, Verdict.ACCEPTED, "", "", by, at)
    return len(rest)


@transaction.atomic
def correct(*, application_id: int, code: str, reason: str, text: str, by: User, at: datetime) -> None:
    """Say what the merchant must correct of a requirement, in the words they will read.

    Nothing is sent before ``decisions.request_information``. Raises ``ReasonNeeded``, ``TextNeeded``,
    ``UnknownRequirement``, ``TakenBySomeone``, ``WrongState``.
    """
    application = lock_held(application_id, by)
    if requirements.compute(merchant_id=application.merchant_id, at=at).item(code) is None:
        raise UnknownRequirement
    if not reason:
        raise ReasonNeeded
    _keep(application, [code], Verdict.TO_CORRECT, reason, needed(text), by, at)


@transaction.atomic
def forget(*, application_id: int, code: str, by: User, at: datetime) -> None:
    """Take back what was found of a requirement: it is not checked yet."""
    application = lock_held(application_id, by)
    RequirementCheck.objects.filter(application=application, code=code).delete()
    renew(application, at)


def of(application: Application) -> dict[str, RequirementCheck]:
    """Return what was found, by requirement; one query."""
    return by_code(rows(application))


def rows(application: Application) -> QuerySet[RequirementCheck]:
    """Return what was found, to be read together with more."""
    return RequirementCheck.objects.filter(application=application).select_related("checked_by")


def by_code(found: Iterable[RequirementCheck]) -> dict[str, RequirementCheck]:
    return {row.code: row for row in found}


def unfinished(answer: Answer, found: dict[str, RequirementCheck]) -> list[Item]:
    """Return what keeps a file from being proposed: what a person must read and has not accepted, and what
    was found to be corrected. What waits for a third party holds nobody up.
    """
    return [item for item in answer.items if not _is_settled(item, found.get(item.code))]


def _is_settled(item: Item, check: RequirementCheck | None) -> bool:
    if check is not None:
        return check.verdict == Verdict.ACCEPTED
    return item.state != RequirementState.PENDING_VERIFICATION or item.finding.actor != Actor.PLATFORM


def _keep(
    application: Application,
    codes: Sequence[str],
    verdict: Verdict,
    reason: str,
    text: str,
    by: User,
    at: datetime,
) -> None:
    RequirementCheck.objects.bulk_create(
        [
            RequirementCheck(
                application=application,
                code=code,
                verdict=verdict,
                reason=reason,
                text=text,
                checked_by=by,
                checked_at=at,
            )
            for code in codes
        ],
        update_conflicts=True,
        unique_fields=["application", "code"],
        update_fields=["verdict", "reason", "text", "checked_by", "checked_at"],
    )
    renew(application, at)
    data = {"codes": list(codes), "verdict": str(verdict)}
    events.record("application.checked", application, merchant_id=application.merchant_id, by=by, data=data)
