"""Keep what the engine answers in the database, for lists, queues and other apps, and tell what moved.

Any number of merchants costs the same number of statements.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core.services import events
from merchants.enums import MerchantStatus
from merchants.models import Capability, Merchant, Requirement
from merchants.services import files
from merchants.services.requirements import capabilities, facts
from merchants.services.requirements.answer import Answer, Item
from merchants.services.requirements.compute import compute_of
from merchants.services.requirements.life import HELD

BATCH = 200
_FIELDS = (
    *("state", "reason", "due_at", "since", "asked_at", "markets"),
    *("publication_held_from", "payout_held_from", "changes_at", "reminded_days"),
)


def refresh(*, merchant_id: int, at: datetime) -> Answer:
    """Compute and keep the snapshot of one merchant; see ``refresh_many``."""
    return refresh_many(merchant_ids=[merchant_id], at=at)[0]


@transaction.atomic
def refresh_many(*, merchant_ids: Sequence[int], at: datetime) -> list[Answer]:
    """Compute and keep the snapshots; only what moved is written. ``since`` moves only when the state does.

    The files are locked first, in order: of two changes at once, the later keeps a snapshot that has seen
    both. Records ``requirement.changed`` and ``capability.changed``.
    """
    files.lock_many(merchant_ids=merchant_ids)
    answers = [compute_of(file) for file in facts.load_many(merchant_ids=merchant_ids, at=at)]
    news = [*_keep_requirements(answers, at), *_keep_capabilities(answers, at)]
    if news:
        events.record_many(news)
    return answers


def refresh_due(*, at: datetime) -> int:
    """Refresh the merchants whose answer changes by time alone; returns how many. Beat calls it."""
    due = Requirement.objects.filter(changes_at__lte=at).values_list("merchant_id", flat=True).distinct()
    return _refresh_batches(sorted(due), at)


def refresh_all(*, at: datetime) -> int:
    """Refresh every merchant who is not closed: what the facts alone do not announce. Beat calls it."""
    known = Merchant.objects.exclude(status=MerchantStatus.CLOSED).filter(application__isnull=False)
    return _refresh_batches(sorted(known.values_list("pk", flat=True)), at)


def _refresh_batches(merchant_ids: Sequence[int], at: datetime) -> int:
    for start in range(0, len(merchant_ids), BATCH):
        refresh_many(merchant_ids=merchant_ids[start : start + BATCH], at=at)
    return len(merchant_ids)


def _keep_requirements(answers: list[Answer], at: datetime) -> list[events.NewEvent]:
    """Write the requirements that moved; return what to tell."""
    moved, gone, news = [], [], []
    for answer in answers:
        known = {row.code: row for row in answer.file.snapshot}
        for item in answer.items:
            before, row = known.pop(item.code, None), _row(item, answer.file.known(item.code), answer, at)
            if before is None or any(getattr(row, name) != getattr(before, name) for name in _FIELDS):
                moved.append(row)
            is_news = before.state != item.state if before is not None else answer.file.was_opened
            if is_news:
                news.append(_told(answer, item, before, at))
        gone += [row.pk for row in known.values()]
    Requirement.objects.bulk_create(
        moved, update_conflicts=True, unique_fields=["merchant", "code"], update_fields=_FIELDS
    )
    if gone:
        Requirement.objects.filter(pk__in=gone).delete()
    return news


def _row(item: Item, known: Requirement | None, answer: Answer, at: datetime) -> Requirement:
    finding = item.finding
    is_same = known is not None and known.state == item.state
    is_same_deadline = known is not None and known.due_at == finding.due_at
    return Requirement(
        merchant_id=answer.file.merchant.pk,
        code=item.code,
        state=item.state,
        reason=finding.reason,
        due_at=finding.due_at,
        since=known.since if is_same and known else finding.since or at,
        asked_at=item.asked_at,
        markets=sorted(finding.markets),
        changes_at=item.changes_at,
        reminded_days=known.reminded_days if known is not None and is_same_deadline else None,
        **{name: item.held_from.get(what) for what, name in HELD.items()},
    )


def _told(answer: Answer, item: Item, before: Requirement | None, at: datetime) -> events.NewEvent:
    data = {
        "requirement": item.code,
        "from": before.state if before is not None else "",
        "to": str(item.state),
        "due_at": item.finding.due_at.isoformat() if item.finding.due_at else None,
        "is_open_store": _was_opened_before(answer, at),
    }
    merchant = answer.file.merchant
    return events.NewEvent("requirement.changed", "merchant", merchant.public_id, merchant.pk, data)


def _was_opened_before(answer: Answer, at: datetime) -> bool:
    """Whether the store was open before this moment: what moves with the opening is told as the opening."""
    opened = answer.file.merchant.opened_at
    return opened is not None and opened < at


def _keep_capabilities(answers: list[Answer], at: datetime) -> list[events.NewEvent]:
    """Write the capabilities that moved; return what to tell."""
    moved, news = [], []
    rows = Capability.objects.filter(merchant__in=[answer.file.merchant.pk for answer in answers])
    known = {(row.merchant_id, row.code, row.market): row for row in rows}
    for answer in answers:
        merchant = answer.file.merchant
        for one in capabilities.of(answer):
            before = known.pop((merchant.pk, one.code, one.market), None)
            if before is not None and before.status == one.status:
                continue
            moved.append(
                Capability(merchant=merchant, code=one.code, market=one.market, status=one.status, since=at)
            )
            if before is not None:
                news.append(_told_capability(answer, one, before, at))
    Capability.objects.bulk_create(
        moved,
        update_conflicts=True,
        unique_fields=["merchant", "code", "market"],
        update_fields=["status", "since"],
    )
    if known:
        Capability.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    return news


def _told_capability(
    answer: Answer, one: capabilities.Capability, before: Capability, at: datetime
) -> events.NewEvent:
    data = {
        "capability": str(one.code),
        "market": one.market,
        "from": before.status,
        "to": str(one.status),
        "requirements": [item.code for item in one.held_by],
        "is_open_store": _was_opened_before(answer, at),
    }
    merchant = answer.file.merchant
    return events.NewEvent("capability.changed", "merchant", merchant.public_id, merchant.pk, data)
