"""Change only what the caller has seen: ``If-Match`` and its refusals."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal


class PreconditionFailed(Refusal):
    """The object is no longer as the caller saw it. Read it again, then decide anew."""

    code = "precondition_failed"
    status = 412


class PreconditionRequired(Refusal):
    """This change needs If-Match with the ETag of the object as the caller last read it."""

    code = "precondition_required"
    status = 428


def check_version(expected: Collection[str] | None, current: str) -> None:
    """Refuse with ``PreconditionFailed`` unless ``current`` is among the tags the caller has seen.

    A service calls it on the locked row. ``None`` means that the caller set no condition; ``{"*"}`` accepts
    any version.
    """
    if expected is None or "*" in expected or current in expected:
        return
    raise PreconditionFailed(
        _("The object has changed since it was read: read it again, then decide anew."), current=current
    )
