"""How each state of the catalogue is shown: a shape and a word."""

from django.utils.translation import gettext_lazy as _

from catalog.enums import ImportStatus, ProductStatus, RowOutcome, TextStatus
from core.web.components.status import State

PRODUCT = {
    ProductStatus.DRAFT: State("todo", _("Draft")),
    ProductStatus.IN_REVIEW: State("us", _("In moderation")),
    ProductStatus.LIVE: State("done", _("Live")),
    ProductStatus.REFUSED: State("fix", _("Refused")),
    ProductStatus.ARCHIVED: State("off", _("Archived")),
}
TEXT = {
    TextStatus.MACHINE: State("machine", _("Machine")),
    TextStatus.HUMAN: State("done", _("Written")),
    TextStatus.REVIEWED: State("done", _("Reviewed")),
    TextStatus.OUTDATED: State("stale", _("Outdated")),
}
MISSING = State("missing", _("Missing"))
IMPORT = {
    ImportStatus.UPLOADED: State("todo", _("Columns to choose")),
    ImportStatus.ANALYSING: State("us", _("Dry run under way")),
    ImportStatus.READY: State("todo", _("Waiting for you")),
    ImportStatus.RUNNING: State("us", _("Under way")),
    ImportStatus.COMPLETE: State("done", _("Complete")),
    ImportStatus.PARTIAL: State("warn", _("Complete, with rows in error")),
    ImportStatus.FAILED: State("fix", _("Failed")),
    ImportStatus.CANCELLED: State("off", _("Cancelled")),
}
ROW = {
    RowOutcome.CREATE: State("plus", _("Creation")),
    RowOutcome.UPDATE: State("dot", _("Change")),
    RowOutcome.UNCHANGED: State("minus", _("Unchanged")),
    RowOutcome.ERROR: State("fix", _("Error")),
}
