"""Decide after the dry run: write it, or leave it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.enums import ImportStatus
from catalog.models import Import, ImportIssue
from core.models import User
from core.refusals import Refusal
from core.services import events, jobs

# Warnings that a person must have seen before anything is written.
GUARDS = ("price_drop",)


class NotReady(Refusal):
    """Only an import whose dry run is over can be confirmed, once."""

    code = "import_not_ready"


class NothingToWrite(Refusal):
    """No row creates or changes anything."""

    code = "nothing_to_import"


class GuardsNotAccepted(Refusal):
    """The file holds changes that look like slips; ``count`` of them must be accepted knowingly."""

    code = "guards_not_accepted"


class CannotCancel(Refusal):
    """The import is over."""

    code = "import_over"


@transaction.atomic
def confirm(
    *, merchant_id: int, import_id: int, by: User, at: datetime, accepts_guards: bool = False
) -> Import:
    """Start writing what the dry run showed. Raises ``NotReady``, ``NothingToWrite`` or
    ``GuardsNotAccepted``.
    """
    imported: Import = Import.objects.for_merchant(merchant_id).select_for_update().get(pk=import_id)
    if imported.status != ImportStatus.READY:
        raise NotReady(_("This import is not waiting for a decision."), status=imported.status)
    if not imported.rows_created + imported.rows_updated:
        raise NothingToWrite(_("No row would create or change anything."))
    guarded = count_guards(imported)
    if guarded and not accepts_guards:
        raise GuardsNotAccepted(
            _("Confirm first that you have checked the large price drops."), count=guarded
        )
    imported.status, imported.confirmed_at, imported.next_line = ImportStatus.RUNNING, at, 0
    # From here on they count what is written, not what would be.
    imported.rows_created = imported.rows_updated = 0
    imported.save(
        update_fields=["status", "confirmed_at", "next_line", "rows_created", "rows_updated"],
    )
    events.record("import.confirmed", imported, merchant_id=merchant_id, by=by)
    jobs.enqueue("catalog.run_import", by=by, import_id=imported.pk)
    return imported


def count_guards(imported: Import) -> int:
    """Count the changes that must be accepted knowingly."""
    return ImportIssue.objects.filter(imported=imported, code__in=GUARDS).count()


@transaction.atomic
def cancel(*, merchant_id: int, import_id: int, by: User, at: datetime) -> Import:
    """Leave an import. One under way stops after its current chunk; what is written stays, and is told."""
    imported: Import = Import.objects.for_merchant(merchant_id).select_for_update().get(pk=import_id)
    if imported.finished_at is not None:
        raise CannotCancel(_("This import is over."), status=imported.status)
    imported.status, imported.finished_at = ImportStatus.CANCELLED, at
    imported.save(update_fields=["status", "finished_at"])
    events.record("import.cancelled", imported, merchant_id=merchant_id, by=by)
    return imported
