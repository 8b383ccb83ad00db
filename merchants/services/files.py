"""Who may still change which part of a file: the lock and the check that every change begins with."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal
from merchants.enums import ApplicationStatus, RequirementState
from merchants.models import Application, Reopening, Requirement


class FileWithUs(Refusal):
    code = "file_with_us"
    default_message = _(
        "We are checking your file, so it cannot change now. If something is missing, we will ask you for it."
    )


class FileClosed(Refusal):
    code = "file_closed"
    default_message = _("Your file has been decided: this part no longer changes here.")


class NotAsked(Refusal):
    code = "requirement_not_asked"
    default_message = _("Only what we asked you to correct can change now.")


# What two people looked at before the store opened changes through processes of its own, with their checks.
DECIDED = frozenset({"company_identity", "company_active", "bank_account"})
#: What an open store may change of its own accord, as its people and papers do in life; a person reads it.
#: A bank proof comes with a change of account, which checks it.
AFTER_OPENING = frozenset(
    {
        *("legal_representative", "power_of_attorney", "beneficial_owners", "identity_documents"),
        *("insurance", "bank_proof"),
    }
)


def lock_for_change(*, merchant_id: int, code: str) -> Application:
    """Lock the merchant's application and check that the part ``code`` may change.

    A draft changes freely; when information was requested, only what was reopened; once the store is open,
    its people and insurance, and what is asked of it. Must run in a transaction.
    Raises ``FileWithUs``, ``FileClosed`` or ``NotAsked``.
    """
    application: Application = (
        Application.objects.select_for_update(of=["self"])
        .select_related("merchant")
        .get(merchant=merchant_id)
    )
    if (refusal := why_not(application, code, _open_codes(application))) is not None:
        raise refusal
    return application


def lock(*, merchant_id: int) -> None:
    """Lock the file. Who locks more of the merchant locks this first: so none waits in a ring."""
    Application.objects.select_for_update().filter(merchant=merchant_id).values_list("pk").first()


def lock_many(*, merchant_ids: Sequence[int]) -> None:
    """Lock several files, always in the same order."""
    rows = Application.objects.select_for_update().filter(merchant__in=merchant_ids).order_by("merchant")
    list(rows.values_list("pk"))


def why_not(application: Application, code: str, reopened: Iterable[str]) -> Refusal | None:
    """Return why the part may not change, or None when it may."""
    match application.status:
        case ApplicationStatus.DRAFT:
            return None
        case ApplicationStatus.INFORMATION_REQUESTED:
            return None if code in set(reopened) else NotAsked()
        case ApplicationStatus.APPROVED if code in (set(reopened) - DECIDED) | AFTER_OPENING:
            return None
        case ApplicationStatus.APPROVED | ApplicationStatus.REJECTED:
            return FileClosed(status=application.status)
        case _:
            return FileWithUs(status=application.status)


def answered(*, merchant_id: int, code: str, at: datetime) -> None:
    """Note that the merchant answered what a reviewer reopened; until it is sent again it may still
    change.
    """
    Reopening.objects.filter(merchant=merchant_id, code=code, answered_at=None).update(answered_at=at)


def _open_codes(application: Application) -> set[str]:
    if application.status not in {ApplicationStatus.INFORMATION_REQUESTED, ApplicationStatus.APPROVED}:
        return set()
    return set(reopened_codes(merchant_id=application.merchant_id))


def reopened_codes(*, merchant_id: int) -> list[str]:
    """Return the parts that the last request for information opened, answered or not, and those that are
    asked of an open store until they are satisfied.
    """
    asked = Requirement.objects.for_merchant(merchant_id).filter(asked_at__isnull=False)
    codes = list(asked.exclude(state=RequirementState.SATISFIED).values_list("code", flat=True))
    rows = Reopening.objects.for_merchant(merchant_id).order_by("-decision_id")
    latest = list(rows.values_list("decision_id", "code"))
    return codes + [code for decision, code in latest if decision == latest[0][0]]
