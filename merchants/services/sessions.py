"""The sessions of a person who acts for merchants: which merchant each is at, and ending them."""

from importlib import import_module
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings

#: Where a session keeps the public id of the merchant that was chosen.
CHOSEN: Final = "merchant"


def end(*, user_id: int, except_at: set[str] | None = None) -> int:
    """End a person's sessions at once; returns how many. Sessions at one of the merchants ``except_at``
    (public ids) go on.
    """
    ended = 0
    for session in UserSession.objects.filter(user_id=user_id).order_by("pk"):
        if except_at and _data(session.session_key).get(CHOSEN) in except_at:
            continue
        session.end()
        ended += 1
    return ended


def _data(session_key: str) -> dict[str, Any]:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return dict(store(session_key).load())
