"""Who reviews which file: taking, giving, releasing, taking over. Staff only; the caller has checked that."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle
from typing import Final

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import ApplicationStatus
from merchants.models import Application
from merchants.services import requirements
from merchants.services.review.base import (
    HELD,
    TakenBySomeone,
    hold,
    let_go,
    lock,
    lock_held,
    must_be,
    needed,
    taken,
)
from merchants.services.review.notes import write as write_note

#: Files are counted up to here: what a page costs does not grow with the queue.
COUNTED: Final = 1000
WAITS: Final = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW)


class QueueEmpty(Refusal):
    code = "queue_empty"
    default_message = _("No file waits for a reviewer: all are in hand.")


class NotReviewer(Refusal):
    code = "not_a_reviewer"
    status = 422


@transaction.atomic
def take(*, application_id: int, by: User, at: datetime) -> Application:
    """Begin to review a submitted file, or one whose reviewer let the hold run out.

    One that a colleague holds, or that was given to a colleague, raises ``TakenBySomeone``; one's own,
    nothing.
    """
    application = lock(application_id)
    if application.status == ApplicationStatus.IN_REVIEW and application.assigned_to_id == by.pk:
        return application
    if application.status == ApplicationStatus.IN_REVIEW and not is_stale(application, at):
        raise taken(application)
    must_be(application, *WAITS)
    if application.status == ApplicationStatus.SUBMITTED and application.assigned_to_id not in (None, by.pk):
        raise TakenBySomeone(
            _("This file was given to %(person)s: a lead reviewer may give it to you.")
            % {"person": application.assigned_to}
        )
    return _begin(application, by, at)


@transaction.atomic
def take_next(*, by: User, at: datetime) -> Application:
    """Take the submitted file that is due first, one's own before those of nobody. ``QueueEmpty`` if none.

    Two reviewers who ask at once get two files: a file that is locked is passed over.
    """
    open_to_them = Q(assigned_to=by) | Q(assigned_to=None)
    application = (
        Application.objects.select_for_update(of=["self"], skip_locked=True)
        .select_related("merchant")
        .filter(open_to_them, status=ApplicationStatus.SUBMITTED)
        .order_by(F("assigned_to").asc(nulls_last=True), F("due_at").asc(nulls_last=True), "pk")
        .first()
    )
    if application is None:
        raise QueueEmpty
    return _begin(application, by, at)


@transaction.atomic
def release(*, application_id: int, by: User, at: datetime) -> Application:
    """Put a file that one reviews back into the queue, for anybody. What was checked stays."""
    application = lock_held(application_id, by)
    application.status, application.assigned_to = ApplicationStatus.SUBMITTED, None
    let_go(application)
    application.save(update_fields=["status", *HELD])
    events.record("application.released", application, merchant_id=application.merchant_id, by=by)
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return application


@transaction.atomic
def take_over(*, application_id: int, reason: str, by: User, at: datetime) -> Application:
    """Take a file that a colleague reviews, for a reason that stays among the notes. For a lead reviewer.

    Raises ``TextNeeded`` without a reason, ``WrongState`` when nobody reviews it.
    """
    application = lock(application_id)
    must_be(application, ApplicationStatus.IN_REVIEW)
    if application.assigned_to_id == by.pk:
        return application
    before = application.assigned_to
    write_note(application_id=application.pk, text=needed(reason), by=by, at=at)
    hold(application, by, at)
    application.save(update_fields=HELD)
    data = {"from": str(before.public_id) if before else ""}
    _record("application.taken_over", application, by, data)
    return application


@transaction.atomic
def assign(*, application_id: int, to: User, by: User, at: datetime) -> Application:
    """Give a file that waits or is in review to a colleague, who holds it from now on if it is in review."""
    application = lock(application_id)
    must_be(application, *WAITS)
    _give(application, to, by, at)
    return application


@transaction.atomic
def deal(*, application_ids: Sequence[int], to: Sequence[User], by: User, at: datetime) -> int:
    """Give files to reviewers in turn, the earliest due first; returns how many were given.

    Files that are no longer waiting are passed over. ``NotReviewer`` names who may not review.
    """
    for person in to:
        if not person.is_active or not person.has_perm("merchants.review_application"):
            raise NotReviewer(_("%(person)s does not review files.") % {"person": person})
    if not to:
        raise NotReviewer(_("Choose at least one reviewer."))
    rows = Application.objects.select_for_update(of=["self"]).select_related("merchant").order_by("pk")
    found = list(rows.filter(pk__in=application_ids, status__in=WAITS))
    turns = cycle(to)
    for application in sorted(found, key=lambda one: (one.due_at is None, one.due_at or at, one.pk)):
        _give(application, next(turns), by, at)
    return len(found)


def reviewers() -> QuerySet[User]:
    """Return who reviews files, by name."""
    permission = Permission.objects.filter(content_type__app_label="merchants", codename="review_application")
    may = Q(is_superuser=True) | Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    return User.objects.filter(may, is_staff=True, is_active=True).distinct().order_by("full_name", "pk")


def is_stale(application: Application, at: datetime) -> bool:
    """Tell whether the reviewer of a file let their hold run out."""
    return application.held_until is None or application.held_until <= at


def _begin(application: Application, by: User, at: datetime) -> Application:
    before = application.assigned_to if application.status == ApplicationStatus.IN_REVIEW else None
    application.status = ApplicationStatus.IN_REVIEW
    hold(application, by, at)
    application.save(update_fields=["status", *HELD])
    _record("application.taken", application, by, {"from": str(before.public_id)} if before else {})
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return application


def _give(application: Application, to: User, by: User, at: datetime) -> None:
    if application.status == ApplicationStatus.IN_REVIEW:
        hold(application, to, at)
    else:
        application.assigned_to = to
    application.save(update_fields=HELD)
    _record("application.assigned", application, by, {"to": str(to.public_id)})


def _record(event: str, application: Application, by: User, data: dict[str, str]) -> None:
    events.record(event, application, merchant_id=application.merchant_id, by=by, data=data)
