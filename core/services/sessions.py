"""Where a person is signed in, and ending it."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal


class SessionOver(Refusal):
    code = "session_over"
    status = 404
    default_message = _("This session is over already.")


class PresentSession(Refusal):
    """The session one is in is ended by signing out."""

    code = "present_session"
    default_message = _("This is the session you are in: sign out to end it.")


def live(user: User) -> list[UserSession]:
    """Return the person's sessions that still open something, last used first; two queries.

    A change of password ends sessions without removing their rows: those are left out.
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    keys = [row.session_key for row in rows]
    kept = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    hash_now = user.get_session_auth_hash()
    hashes = {one.session_key: str(one.get_decoded().get(HASH_SESSION_KEY, "")) for one in kept}
    return [row for row in rows if constant_time_compare(hashes.get(row.session_key, ""), hash_now)]


@transaction.atomic
def end(*, user_id: int, session_id: int, present_key: str | None) -> None:
    """End one of a person's sessions at once. ``present_key``: the one that asks, which is not ended here.

    Raises ``SessionOver`` for one that is over or somebody else's, ``PresentSession`` for the present one.
    """
    row = UserSession.objects.select_for_update().filter(user_id=user_id, pk=session_id).first()
    if row is None:
        raise SessionOver
    if row.session_key == present_key:
        raise PresentSession
    row.end()


@transaction.atomic
def end_others(*, user_id: int, present_key: str | None) -> int:
    """End all of a person's sessions but the one that asks; returns how many."""
    rows = UserSession.objects.select_for_update().filter(user_id=user_id).order_by("pk")
    others = [row for row in rows if row.session_key != present_key]
    for row in others:
        row.end()
    return len(others)
